package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.cluster.ClusterRecord;
import dev.sphere.local.cluster.RecordedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a person: each command is a process that has ended before the next one starts. */
@Tag("needs-tools")
class ClusterCommandIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir private Path temporary;
    private List<RecordedProcess> processes = List.of();

    /** What a command said, and how it ended. */
    private record Answer(int code, String out, String err) {}

    @AfterEach
    void endAll() throws Exception {
        sphere("stop");
        processes.forEach(RecordedProcess::kill);
    }

    @Test
    void runsTheJobOnAClusterUntilItIsStopped() throws Exception {
        var started = done("start");
        processes = ClusterRecord.in(dir()).orElseThrow().processes();
        assertThat(processes)
                .extracting(RecordedProcess::name)
                .containsExactlyInAnyOrder(
                        "kafka", "redis", "jobmanager", "taskmanager-1", "taskmanager-2", "bridge");
        assertThat(processes).allMatch(RecordedProcess::isAlive);
        assertThat(started.out()).contains("topic metrics created").contains("Flink web UI");
        var again = sphere("start");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("already");

        var submitted = done("submit");
        assertThat(submitted.out()).contains("bin/flink run -d -p 4 ").contains("8 of 8 vertices");
        var second = sphere("submit");
        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err()).contains("is RUNNING already");
        awaitForecastAfter(0);

        var saved = done("savepoint", "--stop");
        assertThat(saved.out()).contains("bin/flink stop ").contains("Savepoint file:");
        long newest = newestForecast();
        var resumed = done("submit", "--from-savepoint", "latest", "--parallelism", "2");
        assertThat(resumed.out()).containsPattern("bin/flink run -d -p 2 -s file:\\S+savepoint-");
        awaitForecastAfter(newest);
        var status = done("status");
        assertThat(status.out())
                .contains("RUNNING")
                .containsPattern("flink/taskmanager +requests +(cold|warm|skilled)")
                .contains("forecast -> by-signal");

        var stopped = done("stop");
        assertThat(stopped.out()).contains("jobmanager stopped").contains("are kept in");
        assertThat(processes).noneMatch(RecordedProcess::isAlive);
        assertThat(dir().resolve("flink/savepoints")).isNotEmptyDirectory();
        var nothing = sphere("stop", "--delete");
        assertThat(nothing.code()).isZero();
        assertThat(nothing.out()).contains("Nothing runs");
        assertThat(dir()).doesNotExist();
    }

    @Test
    void leavesNothingOfAStartThatFails() throws Exception {
        var brokenFlink = temporary.resolve("flink");
        for (String script : List.of("flink", "jobmanager.sh", "taskmanager.sh")) {
            var file = brokenFlink.resolve("bin").resolve(script);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "#!/bin/sh\necho no Java here\nexit 3\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Files.createDirectories(brokenFlink.resolve("conf"));
        Files.createDirectories(brokenFlink.resolve("lib"));
        Files.writeString(
                brokenFlink.resolve("conf/config.yaml"), "env.java.opts.all: -Dnothing=here\n");
        Files.createFile(brokenFlink.resolve("lib/flink-dist-2.2.1.jar"));

        var failed = sphere("start", "--flink-home", brokenFlink.toString());

        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).contains("no Java here");
        assertThat(failed.out()).contains("kafka stopped").contains("redis stopped");
        assertThat(ClusterRecord.in(dir()).orElseThrow().processes()).isEmpty();
    }

    private void awaitForecastAfter(long issuedAt) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> newestForecast() > issuedAt);
    }

    /** When the newest forecast of the job's own load was issued; 0 for none. */
    private long newestForecast() throws IOException, InterruptedException {
        JsonNode status = new ObjectMapper().readTree(done("status", "--json").out());
        long newest = 0;
        for (JsonNode forecast : status.get("forecasts")) {
            if (forecast.get("signal").asText().equals("requests")) {
                newest = Math.max(newest, forecast.get("issuedAt").asLong());
            }
        }
        return newest;
    }

    private Answer done(String... arguments) throws IOException, InterruptedException {
        var answer = sphere(arguments);
        assertThat(answer.code()).as("%s: %s", List.of(arguments), answer).isZero();
        return answer;
    }

    private Answer sphere(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-Dsphere.home=" + FetchedTool.home()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Sphere.class.getName(), "cluster"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--dir", dir().toString()));
        var out = Files.createTempFile(temporary, "out", ".txt");
        var err = Files.createTempFile(temporary, "err", ".txt");
        var process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Path dir() {
        return temporary.resolve("cluster");
    }
}
