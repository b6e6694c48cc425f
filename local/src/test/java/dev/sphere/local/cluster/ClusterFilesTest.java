package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.SphereConfig;
import dev.sphere.bridge.BridgeConfig;
import dev.sphere.local.cluster.ClusterFiles.Scraped;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFilesTest {
    @TempDir private Path folder;

    @Test
    void startTheJobWithoutKubernetes() throws IOException {
        var file = ClusterFiles.job(folder, "127.0.0.1:1", "redis://127.0.0.1:2", null);

        var config = SphereConfig.load(file, Map.of(), Map.of());

        assertThat(config.kafka().bootstrap()).isEqualTo("127.0.0.1:1");
        assertThat(config.redis().uri()).isEqualTo("redis://127.0.0.1:2");
        assertThat(config.kubernetes().enabled()).isFalse();
    }

    @Test
    void startTheJobWithTheKubeconfigThatIsGiven() throws IOException {
        var kubeconfig = folder.resolve("it's # mine");

        var file = ClusterFiles.job(folder, "127.0.0.1:1", "redis://127.0.0.1:2", kubeconfig);

        var config = SphereConfig.load(file, Map.of(), Map.of());
        assertThat(config.kubernetes().enabled()).isTrue();
        assertThat(config.kubernetes().kubeconfig()).isEqualTo(kubeconfig.toString());
    }

    @Test
    void startTheBridgeOnTheReportersOfFlink() throws IOException {
        var file =
                ClusterFiles.bridge(
                        folder,
                        "127.0.0.1:1",
                        4,
                        List.of(
                                new Scraped("jobmanager", "127.0.0.1:5", 5),
                                new Scraped("taskmanager", "127.0.0.1:6", 6)));

        var config = BridgeConfig.load(file, Map.of(), Map.of());

        assertThat(config.http().port()).isEqualTo(4);
        assertThat(config.scrape().interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.scrape().targets())
                .containsExactly(
                        new BridgeConfig.StaticTarget(
                                URI.create("http://127.0.0.1:5/metrics"),
                                "flink/jobmanager",
                                "127.0.0.1:5"),
                        new BridgeConfig.StaticTarget(
                                URI.create("http://127.0.0.1:6/metrics"),
                                "flink/taskmanager",
                                "127.0.0.1:6"));
        assertThat(config.scrape().rules())
                .extracting(rule -> rule.signal())
                .containsOnly("requests", "cpu", "memory");
    }
}
