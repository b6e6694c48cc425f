package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

@SuppressWarnings("try") // a SinkWriter's close() may throw anything, says its interface
class NewestWriterIT {
    private static final Duration HANGING = Duration.ofMinutes(2);
    private static final Duration EXPIRY = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    @TempDir private Path folder;
    private final RecordedMetrics metrics = new RecordedMetrics();
    private EmbeddedRedis redis;

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
    void showsValuesWithoutACheckpoint() throws Exception {
        try (var writer = writer(settings());
                Jedis client = redis.client()) {
            writer.write("a=1", null);

            await().atMost(PATIENCE).until(() -> metrics.count("numRecordsSend") == 2);
            assertThat(client.get("test:a")).isEqualTo("1");
            assertThat(client.pttl("test:a")).isBetween(1L, EXPIRY.toMillis());
        }
    }

    @Test
    void neverBlocksAndBringsTheNewestValuesWhenRedisIsBack() throws Exception {
        try (var writer = writer(settings())) {
            writer.write("key0=0", null);
            await().atMost(PATIENCE).until(() -> metrics.count("numRecordsSend") == 2);
            redis.stop();

            // A third of a millisecond each: a slow machine takes less, a wait for Redis more.
            assertTimeout(
                    Duration.ofSeconds(30),
                    () -> {
                        for (int i = 1; i <= 100_000; i++) {
                            writer.write("key" + i % 100 + "=" + i, null);
                        }
                        writer.flush(false);
                    });
            await().atMost(PATIENCE).until(() -> metrics.count("redisRetries") > 2);
            redis.restart();

            try (Jedis client = redis.client()) {
                await().atMost(PATIENCE).until(() -> "99999".equals(client.get("test:key99")));
                await().atMost(PATIENCE).until(() -> metrics.gauge("redisBuffered").equals(0L));
                for (int i = 0; i < 100; i++) {
                    assertThat(client.get("test:key" + i))
                            .isEqualTo(i == 0 ? "100000" : Integer.toString(99_900 + i));
                }
            }
            assertThat(metrics.count("redisConflated")).isGreaterThan(99_000);
            assertThat(metrics.count("redisReconnects")).isPositive();
        }
    }

    @Test
    void dropsWhatHasWaitedLongestWhenRedisIsAwayForTooLong() throws Exception {
        redis.stop();
        try (var writer = writer(settings().maxPending(10))) {
            for (int i = 0; i < 30; i++) {
                writer.write("key" + i + "=" + i, null);
            }
            // Those on their way count too: a late one could still reach a Redis that is back.
            await().atMost(PATIENCE).until(() -> metrics.count("redisDropped.overflow") == 20);
            redis.restart();

            try (Jedis client = redis.client()) {
                await().atMost(PATIENCE).until(() -> "29".equals(client.get("test:key29")));
                await().atMost(PATIENCE).until(() -> metrics.gauge("redisBuffered").equals(0L));
                assertThat(client.dbSize()).isEqualTo(10);
            }
            assertThat(metrics.count("redisDropped.overflow")).isEqualTo(20);
        }
    }

    @Test
    void countsWhatCanNeverWorkAndGoesOn() throws Exception {
        try (var writer = writer(settings());
                Jedis client = redis.client()) {
            client.set("test:set", "text");
            writer.write("SADD set", null);
            writer.write("NOSUCH key", null);
            writer.write("a=1", null);

            await().atMost(PATIENCE).until(() -> "1".equals(client.get("test:a")));
            await().atMost(PATIENCE).until(() -> metrics.count("redisDropped.poison") == 1);
            await().atMost(PATIENCE).until(() -> metrics.count("redisDropped.fatal") == 1);
            assertThat(metrics.count("redisRetries")).isZero();
        }
    }

    @Test
    void waitsForARightPassword() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "old");
        try (Jedis client = redis.client()) {
            client.configSet("requirepass", "rotated");
        }
        try (var writer = writer(settings().passwordFile(password.toString()))) {
            writer.write("a=1", null);
            await().atMost(PATIENCE).until(() -> metrics.count("redisRetries") > 1);

            Files.writeString(password, "rotated");

            try (Jedis client = redis.client("rotated")) {
                await().atMost(PATIENCE).until(() -> "1".equals(client.get("test:a")));
            }
        }
    }

    @Test
    void bringsItBackWhenMemoryIsShortForAWhile() throws Exception {
        try (var writer = writer(settings());
                Jedis client = redis.client()) {
            client.configSet("maxmemory", "1");
            writer.write("a=1", null);
            await().atMost(PATIENCE).until(() -> metrics.count("redisRetries") > 1);

            client.configSet("maxmemory", "0");

            await().atMost(PATIENCE).until(() -> "1".equals(client.get("test:a")));
        }
    }

    @Test
    void waitsAMomentForRedisAtTheEndOfTheInput() throws Exception {
        try (var writer = writer(settings().flushInterval(Duration.ofMillis(200)));
                Jedis client = redis.client()) {
            writer.write("a=1", null);

            writer.flush(true);

            assertThat(client.get("test:a")).isEqualTo("1");
        }
    }

    @Test
    void endsAtOnceWhileAServerHangs() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var writer =
                    writer(
                            settings()
                                    .uri("redis://127.0.0.1:" + silent.getLocalPort() + "/1")
                                    .timeout(HANGING));
            writer.write("a=1", null);
            silent.accept();

            assertTimeout(HANGING.dividedBy(2), writer::close);

            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("redis-view"));
        }
    }

    private RedisSink.Builder<String> settings() {
        return RedisSink.<String>builder()
                .uri(redis.uri())
                .keyPrefix("test:")
                .mode(DeliveryMode.NEWEST)
                // a slow machine is no reason to try again
                .connectTimeout(PATIENCE)
                .timeout(PATIENCE)
                .flushInterval(Duration.ofMillis(10))
                .backoff(Duration.ofMillis(20), Duration.ofMillis(100))
                .commands(NewestWriterIT::commands);
    }

    private SinkWriter<String> writer(RedisSink.Builder<String> settings) throws IOException {
        return settings.build()
                .createWriter(new WriterContext(metrics, new TestProcessingTimeService()));
    }

    /** {@code key=value} is set, then made to expire; {@code COMMAND key} is sent as it is. */
    private static List<RedisCommand> commands(String text) {
        int equals = text.indexOf('=');
        if (equals > 0) {
            String key = text.substring(0, equals);
            return List.of(
                    RedisCommand.set(key, text.substring(equals + 1)),
                    RedisCommand.expire(key, EXPIRY));
        }
        String[] words = text.split(" ");
        return List.of(RedisCommand.of(words[0], words[1], "member"));
    }
}
