package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
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

class ClusterEndTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path folder;
    private final List<RecordedProcess> started = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(RecordedProcess::kill);
    }

    @Test
    void endsProcessesInReverseOfTheirStart() throws Exception {
        var record =
                ClusterRecord.none()
                        .withProcess(start("kafka", "sleep", "300"))
                        .withProcess(start("bridge", "sleep", "300"));

        new ClusterEnd(PATIENCE, told::add).of(record);

        assertThat(record.alive()).isEmpty();
        assertThat(told).containsExactly("bridge stopped", "kafka stopped");
    }

    @Test
    void killsWhatDoesNotStop() throws Exception {
        // A signal that is ignored stays so in the program that the shell becomes.
        var deaf = start("deaf", "sh", "-c", "trap '' TERM; echo ready; exec sleep 300");
        await().atMost(PATIENCE)
                .until(() -> Files.readString(Path.of(deaf.log())).equals("ready\n"));

        new ClusterEnd(Duration.ofMillis(300), told::add)
                .of(ClusterRecord.none().withProcess(deaf));

        assertThat(deaf.isAlive()).isFalse();
        assertThat(told).containsExactly("deaf killed: it had not stopped within 0 s");
    }

    @Test
    void leavesAloneWhatHasThePidOfAProcessThatIsGone() throws Exception {
        var go = folder.resolve("go");
        var other =
                start(
                        "other",
                        "sh",
                        "-c",
                        "until [ -e " + go + " ]; do sleep 0.05; done; echo alive");
        var gone =
                new RecordedProcess("gone", other.pid(), other.startTicks() + 1, other.boot(), "");

        new ClusterEnd(PATIENCE, told::add).of(ClusterRecord.none().withProcess(gone));

        assertThat(told).isEmpty();
        // It can only say so if no signal has ended it.
        Files.createFile(go);
        await().atMost(PATIENCE)
                .until(() -> Files.readString(Path.of(other.log())).equals("alive\n"));
    }

    private RecordedProcess start(String name, String... command) throws IOException {
        var process =
                new BackgroundProgram(
                                name, List.of(command), Map.of(), folder.resolve(name + ".log"))
                        .start();
        started.add(process);
        return process;
    }
}
