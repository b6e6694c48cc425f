package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.SphereConfig;
import dev.sphere.bridge.BridgeConfig;
import dev.sphere.local.load.SteadyLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFilesTest {
    private static final String KAFKA = "127.0.0.1:9092";
    private static final String REDIS = "redis://127.0.0.1:6379/#0";

    @TempDir Path dir;

    private final LocalPlan plan =
            LocalPlan.of(
                    new SteadyLoad(),
                    "steady",
                    60,
                    Duration.ofMinutes(8),
                    0,
                    null,
                    false,
                    1,
                    Map.of());

    @Test
    void areReadAsTheyWereMeantWhateverTheFolderIsCalled() throws IOException {
        var folder = Files.createDirectory(dir.resolve("it's {a} #folder: \"mine\""));
        var kubeconfig = folder.resolve("kubeconfig");
        ConfigurationFiles.policies(
                folder,
                plan,
                Demo.NAMESPACE,
                List.of(new ConfigurationFiles.Scaled("front-end", 38.9, 50, 8)));

        var job =
                SphereConfig.load(
                        ConfigurationFiles.job(folder, plan, KAFKA, REDIS, kubeconfig),
                        Map.of(),
                        Map.of());
        var bridge =
                BridgeConfig.load(
                        ConfigurationFiles.bridge(folder, plan, KAFKA, Demo.NAMESPACE, 0),
                        Map.of(),
                        Map.of());

        assertThat(job.kubernetes().kubeconfig()).isEqualTo(kubeconfig.toString());
        assertThat(job.kafka().bootstrap()).isEqualTo(KAFKA);
        assertThat(job.redis().uri()).isEqualTo(REDIS);
        assertThat(bridge.kafka().bootstrap()).isEqualTo(KAFKA);
    }
}
