package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientPauseMode;
import redis.clients.jedis.params.ClientKillParams;

@SuppressWarnings("try") // a SinkWriter's close() may throw anything, says its interface
class AtLeastOnceWriterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    @TempDir private Path folder;
    private final RecordedMetrics metrics = new RecordedMetrics();
    private final TestProcessingTimeService time = new TestProcessingTimeService();
    EmbeddedRedis redis;

    /** Also tested against another, in a class of its own. */
    TestedServer server() {
        return TestedServer.REDIS;
    }

    @BeforeEach
    void startRedis() throws IOException {
        redis = EmbeddedRedis.start(server(), folder);
    }

    @AfterEach
    void stopRedis() throws IOException {
        redis.close();
    }

    @Test
    void writesWhatIsOldEnoughWithoutACheckpoint() throws Exception {
        try (var writer = writer(settings().flushInterval(Duration.ofMillis(50)));
                Jedis client = redis.client()) {
            writer.write("a=1", null);
            writer.write("b=1", null);
            assertThat(client.keys("*")).isEmpty();
            assertThat(time.getNumActiveTimers()).isEqualTo(1);

            time.advance(50);

            assertThat(client.keys("*")).containsExactlyInAnyOrder("test:a", "test:b");
            assertThat(time.getNumActiveTimers()).isZero();
            assertThat(metrics.gauge("redisBuffered")).isEqualTo(0L);
            assertThat(metrics.count("numRecordsSend")).isEqualTo(2);
            assertThat(metrics.count("numBytesSend")).isPositive();
        }
    }

    @Test
    void writesAFullBatchAtOnce() throws Exception {
        try (var writer = writer(settings().batchSize(2));
                Jedis client = redis.client()) {
            writer.write("a=1", null);
            writer.write("b=1", null);
            writer.write("c=1", null);

            assertThat(client.keys("*")).containsExactlyInAnyOrder("test:a", "test:b");
            assertThat(metrics.gauge("redisBuffered")).isEqualTo(1L);
        }
    }

    @Test
    void hasWrittenAllWhenACheckpointIsTaken() throws Exception {
        try (var writer = writer(settings().batchSize(5000));
                Jedis client = redis.client()) {
            String kilobyte = "x".repeat(1024);
            for (int i = 0; i < 4000; i++) {
                writer.write("key" + i + "=" + kilobyte, null);
            }

            writer.flush(false);

            assertThat(client.dbSize()).isEqualTo(4000);
            assertThat(client.get("test:key3999")).isEqualTo(kilobyte);
        }
    }

    @Test
    void losesNothingWhenRedisRestarts() throws Exception {
        try (var writer =
                writer(
                        settings()
                                .batchSize(10)
                                .attempts(1000)
                                .backoff(Duration.ofMillis(10), Duration.ofMillis(50)))) {
            for (int i = 0; i < 500; i++) {
                writer.write("key" + i + "=" + i, null);
            }
            redis.stop();
            var writing =
                    CompletableFuture.runAsync(
                            () -> {
                                for (int i = 500; i < 1000; i++) {
                                    write(writer, "key" + i + "=" + i);
                                }
                                flush(writer);
                            });
            await().atMost(PATIENCE).until(() -> metrics.count("redisRetries") > 2);
            assertThat(writing).isNotDone();

            redis.restart();

            writing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            try (Jedis client = redis.client()) {
                assertThat(client.dbSize()).isEqualTo(1000);
                assertThat(client.get("test:key999")).isEqualTo("999");
            }
            assertThat(metrics.count("redisReconnects")).isPositive();
        }
    }

    @Test
    void survivesAKilledConnection() throws Exception {
        try (var writer = writer(settings());
                Jedis client = redis.client()) {
            writer.write("a=1", null);
            writer.flush(false);
            client.clientKill(new ClientKillParams().skipMe(ClientKillParams.SkipMe.YES));
            writer.write("a=2", null);
            writer.flush(false);

            assertThat(client.get("test:a")).isEqualTo("2");
            assertThat(metrics.count("redisRetries")).isEqualTo(1);
            assertThat(metrics.count("redisReconnects")).isEqualTo(1);
        }
    }

    @Test
    void waitsForAServerThatHangs() throws Exception {
        try (var writer =
                        writer(
                                settings()
                                        .timeout(Duration.ofMillis(100))
                                        .attempts(1000)
                                        .backoff(Duration.ofMillis(10), Duration.ofMillis(50)));
                Jedis client = redis.client()) {
            client.clientPause(PATIENCE.toMillis() * 10, ClientPauseMode.WRITE);
            writer.write("a=1", null);
            var flushing = CompletableFuture.runAsync(() -> flush(writer));
            await().atMost(PATIENCE).until(() -> metrics.count("redisRetries") > 2);
            assertThat(flushing).isNotDone();

            client.clientUnpause();

            flushing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.get("test:a")).isEqualTo("1");
        }
    }

    @Test
    void keepsTheOrderWhenAPartOfABatchIsRefusedForNow() throws Exception {
        try (var writer =
                        writer(
                                settings()
                                        .attempts(1000)
                                        .backoff(Duration.ofMillis(10), Duration.ofMillis(10)));
                Jedis client = redis.client()) {
            client.configSet("maxmemory", "1");
            writer.write("a=1", null);
            writer.write("DEL b", null); // allowed without memory
            writer.write("a=2", null);
            var flushing = CompletableFuture.runAsync(() -> flush(writer));
            await().atMost(PATIENCE).until(() -> metrics.count("redisRetries") > 2);

            client.configSet("maxmemory", "0");

            flushing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.get("test:a")).isEqualTo("2");
            assertThat(metrics.count("numRecordsSend")).isEqualTo(3);
        }
    }

    @Test
    void failsTheJobAfterItsAttempts() throws Exception {
        try (var writer =
                writer(
                        settings()
                                .attempts(2)
                                .backoff(Duration.ofMillis(1), Duration.ofMillis(1)))) {
            redis.stop();
            writer.write("a=1", null);

            assertThatThrownBy(() -> writer.flush(false))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "Redis at "
                                    + redis.uri()
                                    + "/0 took no commands in 2 attempts, 1 wait: ")
                    .hasCauseInstanceOf(Exception.class);
        }
    }

    @Test
    void startsWhileRedisIsAway() throws Exception {
        redis.stop();
        try (var writer =
                writer(
                        settings()
                                .attempts(1000)
                                .backoff(Duration.ofMillis(10), Duration.ofMillis(50)))) {
            writer.write("a=1", null);
            redis.restart();

            writer.flush(false);

            try (Jedis client = redis.client()) {
                assertThat(client.get("test:a")).isEqualTo("1");
            }
        }
    }

    @Test
    void refusesToStartWithAWrongPassword() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "wrong");
        try (Jedis client = redis.client()) {
            client.configSet("requirepass", "right");
        }

        assertThatThrownBy(() -> writer(settings().passwordFile(password.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "Redis at " + redis.uri() + "/0 refuses this sink: WRONGPASS")
                .hasMessageNotContaining("right");
    }

    @Test
    void saysThatAPasswordIsMissing() throws Exception {
        try (Jedis client = redis.client()) {
            client.configSet("requirepass", "right");
        }

        assertThatThrownBy(() -> writer(settings()))
                .hasMessageContaining("refuses this sink: NOAUTH")
                .hasMessageEndingWith(
                        "(check the user in the uri and the password file or variable)");
    }

    @Test
    void writesAsAUserAndSaysWhatThatOneMayNot() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        try (Jedis client = redis.client()) {
            client.aclSetUser("job", "on", ">secret", "~test:*", "+set");
        }
        var asUser =
                settings()
                        .uri(redis.uri().replace("redis://", "redis://job@"))
                        .passwordFile(password.toString());

        try (var writer = writer(asUser)) {
            writer.write("a=1", null);
            writer.flush(false);
            writer.write("DEL a", null);

            assertThatThrownBy(() -> writer.flush(false))
                    .hasMessageContaining("job@127.0.0.1")
                    .hasMessageContaining("refuses DEL test:a: NOPERM");
        }
        try (Jedis client = redis.client()) {
            assertThat(client.get("test:a")).isEqualTo("1");
        }
    }

    @Test
    void failsTheJobWithACommandThatRedisDoesNotKnow() throws Exception {
        try (var writer = writer(settings())) {
            writer.write("NOSUCH a", null);

            assertThatThrownBy(() -> writer.flush(false))
                    .hasMessageContaining("refuses NOSUCH test:a: ERR unknown command");
        }
    }

    @Test
    void dropsAndCountsWhatCanNeverWork() throws Exception {
        try (var writer = writer(settings());
                Jedis client = redis.client()) {
            client.hset("test:list", Map.of("f", "v"));
            writer.write("a=1", null);
            writer.write("LPUSH list", null);
            writer.write("SADD list", null);
            writer.write("b=1", null);

            writer.flush(false);

            assertThat(client.mget("test:a", "test:b")).containsExactly("1", "1");
            assertThat(metrics.count("redisDropped.poison")).isEqualTo(2);
            assertThat(metrics.count("numRecordsSendErrors")).isEqualTo(2);
            assertThat(metrics.count("numRecordsSend")).isEqualTo(2);
            assertThat(metrics.count("redisRetries")).isZero();
        }
    }

    private RedisSink.Builder<String> settings() {
        return RedisSink.<String>builder()
                .uri(redis.uri())
                .keyPrefix("test:")
                .mode(DeliveryMode.AT_LEAST_ONCE)
                // a slow machine is no reason to try again
                .connectTimeout(PATIENCE)
                .timeout(PATIENCE)
                .commands(AtLeastOnceWriterIT::commands);
    }

    private SinkWriter<String> writer(RedisSink.Builder<String> settings) throws IOException {
        return settings.build().createWriter(new WriterContext(metrics, time));
    }

    /** {@code key=value} is set; {@code COMMAND key} is sent as it is. */
    private static List<RedisCommand> commands(String text) {
        int equals = text.indexOf('=');
        if (equals > 0) {
            return List.of(RedisCommand.set(text.substring(0, equals), text.substring(equals + 1)));
        }
        String[] words = text.split(" ");
        return words[0].equals("DEL")
                ? List.of(RedisCommand.del(words[1]))
                : List.of(RedisCommand.of(words[0], words[1], "member"));
    }

    private static void write(SinkWriter<String> writer, String text) {
        try {
            writer.write(text, null);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private static void flush(SinkWriter<String> writer) {
        try {
            writer.flush(false);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }
}
