package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterRecordTest {
    private static final RecordedProcess KAFKA =
            new RecordedProcess("kafka", 4711, 1234, "a-boot", "/somewhere/kafka.log");

    @TempDir private Path folder;

    @Test
    void isReadAsItWasWritten() throws IOException {
        var record =
                ClusterRecord.none()
                        .withStores("127.0.0.1:9092", "redis://127.0.0.1:6379")
                        .withFlink("/opt/flink", "http://127.0.0.1:8081", 4)
                        .withProcess(KAFKA)
                        .withSavepoint("file:/savepoint");

        record.writeTo(folder);

        assertThat(ClusterRecord.in(folder)).contains(record);
        assertThat(folder.toFile().list()).containsExactly("cluster.json");
    }

    @Test
    void keepsTheSavepointWhenTheProcessesAreGone() {
        var record = ClusterRecord.none().withProcess(KAFKA).withSavepoint("file:/savepoint");

        var stopped = record.withoutProcesses();

        assertThat(stopped.processes()).isEmpty();
        assertThat(stopped.savepoint()).isEqualTo("file:/savepoint");
    }

    @Test
    void isNotThereBeforeAnythingWasStarted() throws IOException {
        assertThat(ClusterRecord.in(folder)).isEmpty();
        assertThat(ClusterRecord.in(folder.resolve("none"))).isEmpty();
    }

    @Test
    void saysWhichFileIsBroken() throws IOException {
        Files.writeString(folder.resolve("cluster.json"), "{\"kafka\":");

        assertThatThrownBy(() -> ClusterRecord.in(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve("cluster.json").toString())
                .hasMessageContaining("delete it");
    }

    @Test
    void belongsToOneCommandAtATime() throws IOException {
        try (var taken = ClusterFolder.take(folder)) {
            assertThatThrownBy(() -> ClusterFolder.take(folder))
                    .hasMessageContaining("another ./sphere cluster command")
                    .hasMessageContaining(taken.path().toString());
        }
        ClusterFolder.take(folder).close();
    }
}
