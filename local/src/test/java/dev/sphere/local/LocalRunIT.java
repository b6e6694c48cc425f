package dev.sphere.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.load.LoadShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;

/** The whole loop, short, with everything real but the cluster. */
class LocalRunIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration DAY = Duration.ofMinutes(2);
    private static final Duration LENGTH = Duration.ofSeconds(75);
    private static final int HISTORY = 4;
    private static final Duration OUTAGE = Duration.ofSeconds(4);

    @TempDir private Path temporary;

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void endThread() {
        thread.shutdownNow();
    }

    @Test
    void closesTheLoopForEveryServiceThroughOutagesAndBadInput() throws Exception {
        var run = run(plan(), temporary.resolve("run"));
        var end = CompletableFuture.supplyAsync(() -> untilEnd(run, LENGTH), thread);
        var control = shown("control +(http://[0-9.:]+)/status");

        // bad input, among the good
        var kafka = shown("Kafka +([0-9.:]+) ");
        send(kafka, null, "{\"v\":".getBytes(UTF_8), new byte[] {0, -1, 7});
        send(kafka, "sock-shop/front-end", "{\"v\":99}".getBytes(UTF_8));
        // both stores go away for a while, one after the other
        assertThat(post(control + "/outage/redis?for=" + Times.text(OUTAGE))).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> text().contains("! redis is back"));
        assertThat(post(control + "/outage/kafka?for=" + Times.text(OUTAGE))).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> text().contains("! kafka is back"));
        var redis = URI.create(shown("Redis +(redis://[0-9.:]+)"));
        await().atMost(PATIENCE).untilAsserted(() -> assertIsInRedis(redis));
        String names = get(shown("Flink web UI +(http://[0-9.:]+)") + "/jobs/overview");
        String reported = get(shown("job metrics +(http://[0-9.:]+)"));

        assertThat(end.get(10, TimeUnit.MINUTES)).isZero();

        assertThat(names).contains("sphere").contains("RUNNING");
        assertThat(reported)
                .contains("flink_taskmanager_job_task_operator_forecasts")
                .contains("flink_taskmanager_job_task_operator_scrapes");
        var summary = lastLine();
        assertThat(summary.get("services").size()).isEqualTo(8);
        for (var service : summary.get("services").properties()) {
            assertThat(service.getValue().get("observations").asInt())
                    .as("observations of %s", service.getKey())
                    .isGreaterThan(20);
            assertThat(service.getValue().get("forecasts").asInt())
                    .as("forecasts of %s", service.getKey())
                    .isGreaterThan(20);
        }
        assertThat(summary.get("rejected").asInt()).isEqualTo(3);
        assertThat(summary.at("/records/read")).isEqualTo(summary.at("/records/inKafka"));
        assertThat(summary.at("/totals/scaleUps").asInt()).isPositive();
        assertThat(text()).containsPattern("[a-z] \\d → \\d: .* expected within .* \\(p90\\)");
        assertThat(summary.at("/requests/sent").asInt()).isGreaterThan(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Starting (Redis)", "Flink web UI +(http://[0-9.:]+)", "(p95)"})
    void leavesNothingBehindWhenInterrupted(String after) throws Exception {
        var run = run(plan(), null);
        var end = CompletableFuture.supplyAsync(() -> untilEnd(run, null), thread);
        shown(after);
        var folder = run.folder();
        assertThat(folder).isDirectory();

        run.interrupt();

        assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
        assertThat(folder).doesNotExist();
    }

    private LocalPlan plan() {
        return LocalPlan.of(
                LoadShape.of("two-peak-day", 1, HISTORY),
                "two-peak-day",
                60,
                DAY,
                HISTORY,
                Duration.ofSeconds(2),
                false,
                1,
                Map.of());
    }

    private LocalRun run(LocalPlan plan, Path workDir) {
        return new LocalRun(
                plan,
                new LocalRun.Surroundings(null, null, null, workDir, new Ports()),
                new PrintStream(screen, true, UTF_8));
    }

    private static int untilEnd(LocalRun run, Duration length) {
        try {
            return run.untilEnd(length, true, true);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(String bootstrap, String key, byte[]... values) {
        try (var producer =
                new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", bootstrap),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>("metrics", key, value));
            }
        }
    }

    private static void assertIsInRedis(URI redis) throws IOException {
        try (var client = RedisClient.create(redis.getHost(), redis.getPort())) {
            String value = client.get("forecast:{sock-shop/front-end}:requests");
            assertThat(value).isNotNull();
            assertThat(new ObjectMapper().readTree(value).at("/peak/p90").asDouble()).isPositive();
        }
    }

    private int post(String url) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(url))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private String get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    /** What the screen shows, once it does. */
    private String shown(String pattern) {
        var compiled = Pattern.compile(pattern);
        await().atMost(PATIENCE).until(() -> compiled.matcher(text()).find());
        Matcher matcher = compiled.matcher(text());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private JsonNode lastLine() throws IOException {
        var lines = text().lines().toList();
        return new ObjectMapper().readTree(lines.get(lines.size() - 1));
    }

    private String text() {
        return screen.toString(UTF_8);
    }
}
