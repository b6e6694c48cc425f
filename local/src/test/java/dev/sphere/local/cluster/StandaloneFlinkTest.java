package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneFlinkTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir Path dir;

    @Test
    void refusesAFolderThatFlinksScriptsCannotHandle() {
        var settings = new StandaloneFlink.Settings(0, 1, false, Map.of());
        var distribution = new FlinkDistribution(dir, "2.2.1");

        assertThatThrownBy(
                        () ->
                                StandaloneFlink.start(
                                        distribution, dir.resolve("my flink"), settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("my flink' has a space in it");
    }

    @Test
    void hasAGuardForEachProcessThatKillsItWhenThisJvmIsGone() throws Exception {
        var process = new ProcessBuilder("sleep", "600").start();
        var guard = StandaloneFlink.guard(process.pid());
        try {
            assertThat(process.isAlive()).isTrue();

            // As the kernel does for a process that has ended.
            guard.getOutputStream().close();

            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            guard.destroyForcibly();
            process.destroyForcibly();
        }
    }

    @Test
    void takesAPidThatBelongsToAnotherProcessNowForTheEndOfItsOwn() throws IOException {
        var process = new ProcessBuilder("sleep", "600").start();
        try {
            var ours = FlinkProcess.of("taskmanager-1", process);
            var earlier =
                    new FlinkProcess("taskmanager-1", ours.pid(), ours.started().minusSeconds(60));

            earlier.kill();

            assertThat(ours.isAlive()).isTrue();
            assertThat(earlier.isAlive()).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }
}
