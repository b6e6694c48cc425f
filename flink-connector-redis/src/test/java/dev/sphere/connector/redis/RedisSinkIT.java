package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** The sink in a job, on a mini cluster of its own, with checkpoints. */
class RedisSinkIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    @TempDir private Path folder;
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

    /** Redis is away for longer than the attempts: the job restarts from checkpoints meanwhile. */
    @Test
    void losesNothingWhenRedisRestartsAndTheJobWithIt() throws Exception {
        int numbers = 5000;
        Rate.released = new CompletableFuture<>();
        var sink =
                sink(DeliveryMode.AT_LEAST_ONCE)
                        .attempts(2)
                        // so that only checkpoints write
                        .batchSize(10_000)
                        .flushInterval(Duration.ofHours(1))
                        .backoff(Duration.ofMillis(10), Duration.ofMillis(10))
                        .build();
        JobClient job = submit(sink, numbers, 1000);
        try (Jedis client = redis.client()) {
            await().atMost(PATIENCE).until(() -> client.dbSize() > 200);
        }

        redis.stop();
        Rate.released.complete(null);
        await().atMost(PATIENCE).until(() -> job.getJobStatus().get() == JobStatus.RESTARTING);
        redis.restart();

        awaitEnd(job);
        try (Jedis client = redis.client()) {
            assertThat(client.dbSize()).isEqualTo(numbers);
            assertThat(client.get("test:4999")).isEqualTo("4999");
        }
    }

    @Test
    void doesNotHoldUpAJobWhoseViewIsAway() throws Exception {
        redis.stop();
        var sink = sink(DeliveryMode.NEWEST).connectTimeout(Duration.ofMillis(100)).build();

        JobClient job = submit(sink, 1000, 1_000_000);

        assertThat(awaitEnd(job).getJobID()).isEqualTo(job.getJobID());
    }

    @Test
    void showsANewestValueOfEachKeyWhenTheInputEnds() throws Exception {
        // as long as a slow machine may take to bring the last of them
        var sink = sink(DeliveryMode.NEWEST).timeout(PATIENCE).build();

        JobClient job = submit(sink, 1000, 1_000_000);
        awaitEnd(job);

        try (Jedis client = redis.client()) {
            assertThat(client.dbSize()).isEqualTo(1000);
        }
    }

    @Test
    void failsTheJobThatHasAWrongPasswordAndSaysSo() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "wrong");
        try (Jedis client = redis.client()) {
            client.configSet("requirepass", "right");
        }
        var sink =
                sink(DeliveryMode.AT_LEAST_ONCE)
                        .connectTimeout(PATIENCE)
                        .timeout(PATIENCE)
                        .passwordFile(password.toString())
                        .build();
        var settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");

        JobClient job = submit(sink, 10, 10, settings);

        assertThatThrownBy(() -> awaitEnd(job))
                .hasStackTraceContaining(
                        "Redis at " + redis.uri() + "/0 refuses this sink: WRONGPASS");
    }

    private RedisSink.Builder<Long> sink(DeliveryMode mode) {
        return RedisSink.<Long>builder()
                .uri(redis.uri())
                .keyPrefix("test:")
                .mode(mode)
                .batchSize(50)
                .flushInterval(Duration.ofMillis(20))
                .commands(
                        number ->
                                List.of(
                                        RedisCommand.set(
                                                Long.toString(number), Long.toString(number))));
    }

    private static JobExecutionResult awaitEnd(JobClient job) throws Exception {
        return job.getJobExecutionResult().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private JobClient submit(RedisSink<Long> sink, int numbers, double perSecond) throws Exception {
        var settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000);
        settings.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
        return submit(sink, numbers, perSecond, settings);
    }

    private JobClient submit(
            RedisSink<Long> sink, int numbers, double perSecond, Configuration settings)
            throws Exception {
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
        settings.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
        settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        settings.set(RestOptions.BIND_PORT, "0");
        settings.set(CoreOptions.TMP_DIRS, folder.toString());
        settings.set(WebOptions.TMP_DIR, folder.toString());
        var env = StreamExecutionEnvironment.createLocalEnvironment(2, settings);
        env.fromSource(
                        new DataGeneratorSource<>(
                                number -> number, numbers, new Rate(perSecond), Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .uid("numbers")
                .sinkTo(sink)
                .uid("redis")
                .name("redis");
        return env.executeAsync();
    }

    /** So many numbers a second; but no more than the first few until they are released. */
    private record Rate(double perSecond) implements RateLimiterStrategy<NumberSequenceSplit> {
        private static final long serialVersionUID = 1;
        private static final int FIRST = 400;
        private static volatile CompletableFuture<Void> released =
                CompletableFuture.completedFuture(null);

        @Override
        public RateLimiter<NumberSequenceSplit> createRateLimiter(int parallelism) {
            RateLimiter<?> rate =
                    RateLimiterStrategy.perSecond(perSecond).createRateLimiter(parallelism);
            return new RateLimiter<>() {
                private int taken;

                @Override
                public CompletionStage<Void> acquire(int more) {
                    taken += more;
                    return taken <= FIRST
                            ? rate.acquire(more)
                            : released.thenCompose(now -> rate.acquire(more));
                }
            };
        }
    }
}
