package dev.sphere.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaProcessIT {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir Path dir;

    @Test
    void isABrokerInAProcessOfItsOwnUntilItIsClosed() throws Exception {
        var kafka = KafkaProcess.start(dir, 0);
        try (kafka;
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            assertThat(kafka.pid()).isNotEqualTo(ProcessHandle.current().pid());
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        }

        assertThat(ProcessHandle.of(kafka.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void endsWithWhoeverStartedItIfThatIsAskedFor() throws Exception {
        var command = KafkaProcess.command(dir, 0, List.of("-Xmx256m"));
        command.add("--until-input-ends");
        var out = dir.resolve("out");
        var process = new ProcessBuilder(command).redirectOutput(out.toFile()).start();
        try {
            KafkaProcess.awaitReady(process.toHandle(), out, out);

            process.getOutputStream().close();

            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void namesItsLogsWhenItCannotStart() throws IOException {
        try (var taken = new ServerSocket(0, 1, LoopbackPort.loopback())) {
            assertThatThrownBy(() -> KafkaProcess.start(dir, taken.getLocalPort()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ended before it was ready")
                    .hasMessageContaining("kafka.err");
        }
    }
}
