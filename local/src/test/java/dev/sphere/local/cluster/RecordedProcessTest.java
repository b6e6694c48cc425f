package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path folder;
    private final List<RecordedProcess> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(RecordedProcess::kill);
    }

    @Test
    void livesUntilItIsAskedToEnd() throws IOException {
        var process = start("sleep", "300");
        assertThat(process.isAlive()).isTrue();

        process.end();

        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }

    @Test
    void isNoOtherProcessThatGotItsPid() throws IOException {
        var other = waiting();
        var gone =
                new RecordedProcess(
                        "gone", other.pid(), other.startTicks() - 1, other.boot(), "no log");

        gone.end();
        gone.kill();

        assertThat(gone.isAlive()).isFalse();
        assertStaysAlive();
    }

    @Test
    void isNoProcessOfAnotherBoot() throws IOException {
        var other = waiting();
        var gone = new RecordedProcess("gone", other.pid(), other.startTicks(), "before", "no log");

        gone.end();
        gone.kill();

        assertThat(gone.isAlive()).isFalse();
        assertStaysAlive();
    }

    @Test
    void hasEndedAlsoIfItsParentHasNotNoticed() throws IOException {
        // The shell becomes a program that never waits for the child which the shell started.
        var parent = start("sh", "-c", "true & echo $!; exec sleep 300");
        await().atMost(PATIENCE).until(() -> Files.readString(log()).endsWith("\n"));
        long child = Long.parseLong(Files.readString(log()).strip());
        await().atMost(PATIENCE)
                .until(
                        () ->
                                Files.readString(Path.of("/proc/" + child + "/stat"))
                                        .contains(") Z "));

        assertThatThrownBy(() -> RecordedProcess.of("child", child, log()))
                .hasMessageContaining("child has ended")
                .hasMessageContaining(log().toString());
        assertThat(parent.isAlive()).isTrue();
    }

    @Test
    void isInASessionOfItsOwn() throws IOException {
        var process = start("sleep", "300");

        // setsid takes a moment until it has become the program
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(session(process)).isEqualTo(process.pid()));
    }

    private static long session(RecordedProcess process) throws IOException {
        var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3]);
    }

    /** Writes a line once it is told to, which it can only if no signal has ended it. */
    private RecordedProcess waiting() throws IOException {
        return start("sh", "-c", "until [ -e " + told() + " ]; do sleep 0.05; done; echo alive");
    }

    private void assertStaysAlive() throws IOException {
        Files.createFile(told());
        await().atMost(PATIENCE).until(() -> Files.readString(log()).equals("alive\n"));
    }

    private Path told() {
        return folder.resolve("told");
    }

    private Path log() {
        return folder.resolve("log/program.log");
    }

    private RecordedProcess start(String... command) throws IOException {
        var process = new BackgroundProgram("program", List.of(command), Map.of(), log()).start();
        started.add(process);
        return process;
    }
}
