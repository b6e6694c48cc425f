package dev.sphere.local.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kafka.LoopbackPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkClusterIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir Path dir;

    @Test
    void runsAJobThatItsWebUiAndItsMetricsShow() throws Exception {
        var settings = FlinkCluster.Settings.of(2, Duration.ofMillis(200));
        try (var flink = FlinkCluster.start(dir, settings)) {
            JobID job = flink.submit(counting(flink));
            awaitStatus(flink, job, JobStatus.RUNNING);

            assertThat(get(flink.webUrl() + "/")).contains("Apache Flink Web Dashboard");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(get(flink.webUrl() + "/jobs/overview"))
                                            .contains("count-up", "RUNNING"));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(get(flink.prometheusUrl()))
                                            .contains("flink_taskmanager_job_task_numRecordsIn")
                                            .contains("job_name=\"count_up\""));
            awaitCheckpoint();

            flink.cancel(job);
            awaitStatus(flink, job, JobStatus.CANCELED);
        }
    }

    @Test
    void leavesNoThreadPortOrTemporaryFileAndClosesTwice() throws IOException {
        var before = Thread.getAllStackTraces().keySet();
        var temporary = temporaryFiles();
        var flink = FlinkCluster.start(dir, FlinkCluster.Settings.of(1, Duration.ofSeconds(1)));
        flink.submit(counting(flink));

        flink.close();
        flink.close();

        await().atMost(PATIENCE)
                .pollInSameThread()
                .untilAsserted(
                        () ->
                                assertThat(Thread.getAllStackTraces().keySet())
                                        .filteredOn(t -> !before.contains(t) && !t.isDaemon())
                                        .isEmpty());
        assertThat(dir.resolve("tmp")).doesNotExist();
        // What the earlier tests have left to delete may go meanwhile.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(temporary).containsAll(temporaryFiles()));
        for (int port : new int[] {flink.restPort(), flink.prometheusPort()}) {
            new ServerSocket(port, 1, LoopbackPort.loopback()).close();
        }
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, LoopbackPort.loopback())) {
            var settings =
                    new FlinkCluster.Settings(
                            taken.getLocalPort(), 0, 1, Duration.ofSeconds(1), Map.of());

            assertThatThrownBy(() -> FlinkCluster.start(dir, settings))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("port " + taken.getLocalPort());
        }
    }

    @Test
    void namesThePrometheusPortThatIsTakenOnAnotherInterface() throws IOException {
        var other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        try (var taken = new ServerSocket(0, 1, other)) {
            var settings =
                    new FlinkCluster.Settings(
                            0, taken.getLocalPort(), 1, Duration.ofSeconds(1), Map.of());

            assertThatThrownBy(() -> FlinkCluster.start(dir, settings))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " for Prometheus");
        }
    }

    private static StreamExecutionEnvironment counting(FlinkCluster flink) {
        var env = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        env.getConfig().setMaxParallelism(16);
        var numbers =
                new DataGeneratorSource<>(
                        n -> n, Long.MAX_VALUE, RateLimiterStrategy.perSecond(100), Types.LONG);
        env.fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers")
                .keyBy(n -> n % 7)
                .map(n -> n + 1)
                .returns(Types.LONG)
                .sinkTo(new DiscardingSink<>());
        env.configure(Configuration.fromMap(Map.of("pipeline.name", "count-up")));
        return env;
    }

    private void awaitCheckpoint() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(filesBelow("checkpoints"))
                                        .anyMatch(f -> f.endsWith("_metadata")));
    }

    private static void awaitStatus(FlinkCluster flink, JobID job, JobStatus status) {
        await().atMost(PATIENCE).until(() -> flink.status(job) == status);
    }

    private String get(String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
        var response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(url).isEqualTo(200);
        return response.body();
    }

    private Stream<String> filesBelow(String name) throws IOException {
        var folder = dir.resolve(name);
        if (!Files.exists(folder)) {
            return Stream.empty();
        }
        try (var files = Files.walk(folder)) {
            return files.map(Path::toString).toList().stream();
        }
    }

    private static List<Path> temporaryFiles() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(
                            f ->
                                    f.getFileName()
                                            .toString()
                                            .matches("(?i).*(flink|blob|minicluster).*"))
                    .sorted()
                    .toList();
        }
    }
}
