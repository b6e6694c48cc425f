package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.FetchedTool;
import dev.sphere.local.kafka.KafkaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cluster where PyPI has no distribution: Maven's artifacts, started by scripts of ours; and
 * the way of the web UI into it.
 */
@Tag("needs-tools")
class AssembledFlinkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int STEPS = 10;
    private static final Map<String, String> SMALL =
            Map.of(
                    "jobmanager.memory.process.size", "700m",
                    "taskmanager.memory.process.size", "1g",
                    "taskmanager.memory.managed.fraction", "0.0");

    private static FlinkDistribution distribution;

    @TempDir Path dir;

    @BeforeAll
    static void assemble() throws IOException, InterruptedException {
        var script = script("maven");
        assertThat(script.waitFor()).isZero();
        distribution = FlinkDistribution.in(Path.of(output(script)));
    }

    @Test
    void runsTheJobThatTheWebUiSubmits() throws Exception {
        try (var kafka = KafkaProcess.start(dir.resolve("kafka"), 0);
                var flink =
                        StandaloneFlink.start(
                                distribution,
                                dir.resolve("flink"),
                                new StandaloneFlink.Settings(0, 1, false, SMALL))) {
            createTopics(kafka.bootstrap());
            var config =
                    Files.writeString(
                            dir.resolve("sphere.yaml"),
                            """
                            kafka: {bootstrap: '%s'}
                            kubernetes: {enabled: false}
                            observe: {step: 5m, grace: 5m}
                            forecast: {horizon: 10m}
                            """
                                    .formatted(kafka.bootstrap()));
            var rest = flink.rest();

            var jar = rest.upload(FetchedTool.home().resolve("job/target/sphere-job-all.jar"));
            var job = rest.run(jar, List.of("--config", config.toString()), 1);

            await().atMost(PATIENCE).until(() -> rest.job(job).isRunning());
            Traffic.write(kafka.bootstrap(), "metrics", 0, STEPS);
            try (var predictions = new Predictions(kafka.bootstrap(), "predictions")) {
                await().atMost(PATIENCE)
                        .pollInSameThread()
                        .until(() -> predictions.haveReached(Traffic.endOf(STEPS - 2)));
            }
            var savepoints = dir.resolve("savepoints").toUri().toString();
            var request = rest.triggerSavepoint(job, savepoints);
            await().atMost(PATIENCE).until(() -> rest.savepoint(job, request).isCompleted());
            assertThat(rest.savepoint(job, request).location()).contains("/savepoints/savepoint-");
            assertThat(rest.exceptions(job)).isEmpty();
            assertThat(flink.cli("list").output()).contains(job + " : sphere (RUNNING)");
            rest.cancel(job);
            await().atMost(PATIENCE).until(() -> rest.job(job).state().equals("CANCELED"));
            assertThat(rest.jobs()).containsExactly(new FlinkRest.Job(job, "sphere", "CANCELED"));
        }
    }

    @Test
    void tellsWhoSubmitsThroughTheRestApiWhatIsWrongWithTheSettings() throws Exception {
        try (var flink =
                StandaloneFlink.start(
                        distribution,
                        dir.resolve("flink"),
                        new StandaloneFlink.Settings(0, 0, false, SMALL))) {
            var config = Files.writeString(dir.resolve("sphere.yaml"), "kafka: {bootstrp: a}");
            var jar = FetchedTool.home().resolve("job/target/sphere-job-all.jar");
            var uploaded = flink.rest().upload(jar);

            assertThatThrownBy(
                            () ->
                                    flink.rest()
                                            .run(
                                                    uploaded,
                                                    List.of("--config", config.toString()),
                                                    1))
                    .isInstanceOf(FlinkRestException.class)
                    .hasMessageContaining("bootstrp");
            assertThat(flink.cli("run", "-d", jar.toString(), "--config", config.toString()))
                    .satisfies(answer -> assertThat(answer.exitCode()).isEqualTo(1))
                    .satisfies(answer -> assertThat(answer.output()).contains("bootstrp"));
            assertThatThrownBy(() -> flink.rest().job("00000000000000000000000000000000"))
                    .isInstanceOfSatisfying(
                            FlinkRestException.class, e -> assertThat(e.status()).isEqualTo(404));
        }
    }

    @Test
    void isFoundAgainAndStoppedByALaterProcess() throws Exception {
        var folder = dir.resolve("flink");
        var settings = new StandaloneFlink.Settings(0, 0, true, SMALL);
        var started = StandaloneFlink.start(distribution, folder, settings);
        try {
            started.close();
            assertThat(started.processes()).allMatch(FlinkProcess::isAlive).hasSize(1);

            assertThatThrownBy(() -> StandaloneFlink.start(distribution, folder, settings))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("runs in " + folder + " already");
            var found = StandaloneFlink.find(distribution, folder);
            assertThat(found.webUrl()).isEqualTo(started.webUrl());
            assertThat(found.processes()).isEqualTo(started.processes());
            found.startTaskManager();
            found.awaitTaskManagers(1);
            var all = found.processes();

            found.stop();

            assertThat(all).hasSize(2).noneMatch(FlinkProcess::isAlive);
            assertThat(folder.resolve("tmp")).doesNotExist();
            assertThatThrownBy(() -> StandaloneFlink.find(distribution, folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no Flink cluster was started in " + folder);
        } finally {
            started.stop();
        }
    }

    @Test
    void saysWhyAProcessOfTheClusterEnded() {
        var tooSmall = Map.of("jobmanager.memory.process.size", "100m");

        assertThatThrownBy(
                        () ->
                                StandaloneFlink.start(
                                        distribution,
                                        dir.resolve("flink"),
                                        new StandaloneFlink.Settings(0, 0, false, tooSmall)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("jobmanager")
                .hasMessageContaining("memory");
    }

    @Test
    void isAskedForByNameOnly() throws IOException, InterruptedException {
        var script = script("elsewhere");

        assertThat(script.waitFor()).isEqualTo(1);
        assertThat(output(script)).isEmpty();
    }

    private static Process script(String from) throws IOException {
        var builder =
                new ProcessBuilder(FetchedTool.home().resolve("local/tools/flink").toString());
        builder.environment().put("SPHERE_FLINK_FROM", from);
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static void createTopics(String bootstrap) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var topics =
                    Stream.of("metrics", "predictions", "decisions", "rejected", "calendar")
                            .map(name -> new NewTopic(name, 3, (short) 1))
                            .toList();
            // A broker that is slow just now has no place for a topic.
            await().atMost(PATIENCE)
                    .ignoreExceptionsMatching(
                            e -> e.getCause() instanceof InvalidReplicationFactorException)
                    .until(() -> admin.createTopics(topics).all().get() == null);
        }
    }
}
