package dev.sphere.local.cluster;

import dev.sphere.local.FetchedTool;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What {@code flink-k8s/50-sphere-job.yaml} says of the cluster and of the job. */
final class FlinkDeployment {
    private final Map<?, ?> deployment;
    private final Map<?, ?> settings;

    private FlinkDeployment(Map<?, ?> deployment, Map<?, ?> settings) {
        this.deployment = deployment;
        this.settings = settings;
    }

    static FlinkDeployment read() {
        var file = FetchedTool.home().resolve("flink-k8s/50-sphere-job.yaml");
        try {
            var documents =
                    new Load(LoadSettings.builder().build())
                            .loadAllFromString(Files.readString(file));
            Map<?, ?> deployment = null;
            Map<?, ?> settings = null;
            for (var document : documents) {
                var object = (Map<?, ?>) document;
                if (object.get("kind").equals("FlinkDeployment")) {
                    deployment = object;
                } else if (object.get("kind").equals("ConfigMap")) {
                    settings = object;
                }
            }
            if (deployment == null || settings == null) {
                throw new IllegalStateException(
                        file + ": expected a FlinkDeployment and a ConfigMap");
            }
            return new FlinkDeployment(deployment, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code spec.flinkConfiguration}, as it is. */
    Map<String, String> flinkConfiguration() {
        var options = new LinkedHashMap<String, String>();
        ((Map<?, ?>) at(deployment, "spec", "flinkConfiguration"))
                .forEach((key, value) -> options.put((String) key, String.valueOf(value)));
        return options;
    }

    String namespace() {
        return (String) at(deployment, "metadata", "namespace");
    }

    String name() {
        return (String) at(deployment, "metadata", "name");
    }

    /** In Flink's notation. */
    String jobManagerMemory() {
        return memory("jobManager");
    }

    /** In Flink's notation. */
    String taskManagerMemory() {
        return memory("taskManager");
    }

    int parallelism() {
        return (int) at(deployment, "spec", "job", "parallelism");
    }

    /** {@code sphere.yaml} of the ConfigMap. */
    String sphereYaml() {
        return (String) at(settings, "data", "sphere.yaml");
    }

    private String memory(String part) {
        var quantity = new Quantity((String) at(deployment, "spec", part, "resource", "memory"));
        return Quantity.getAmountInBytes(quantity).toBigInteger() + "b";
    }

    private static Object at(Map<?, ?> object, String... path) {
        Object found = object;
        for (var key : path) {
            found = ((Map<?, ?>) found).get(key);
            if (found == null) {
                throw new IllegalStateException("no " + String.join(".", path) + " in " + object);
            }
        }
        return found;
    }
}
