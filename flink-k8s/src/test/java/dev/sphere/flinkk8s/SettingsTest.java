package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.SphereConfig;
import dev.sphere.bridge.BridgeConfig;
import dev.sphere.policy.Policy;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import kafka.server.KafkaConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings in the ConfigMaps, read by the code that reads them in the pods. */
class SettingsTest {
    private static final Pattern TOPIC =
            Pattern.compile("^topic (\\S+) (\\d+) (.+)$", Pattern.MULTILINE);

    @TempDir private Path folder;

    @Test
    void theJobTakesItsSettingsAndTheShopsPolicies() throws IOException {
        copyPolicies();
        Path file = write("sphere-job-settings", "sphere.yaml");

        var config = SphereConfig.load(file, Map.of(), Map.of());

        assertThat(config.recommend().policies()).hasSize(8);
        assertThat(config.recommend().policies())
                .extracting(Policy::service)
                .allMatch(service -> service.startsWith("sock-shop/"));
        assertThat(config.kafka().bootstrap()).isEqualTo("kafka:" + port("kafka"));
        assertThat(config.redis().uri()).isEqualTo("redis://sphere@valkey:" + port("valkey"));
        assertThat(config.kubernetes().enabled()).isTrue();
        assertThat(config.kubernetes().kubeconfig()).isEmpty();
    }

    @Test
    void theJobIsToldOfEachPolicyOfTheShop() throws IOException {
        List<String> told =
                Manifest.YAML
                        .readTree(
                                Manifest.named("ConfigMap", "sphere-job-settings")
                                        .data("sphere.yaml"))
                        .at("/recommend/policies")
                        .valueStream()
                        .map(policy -> policy.asText().replace("policies/", ""))
                        .toList();

        try (var files = Files.list(Manifest.HOME.resolve("sock-shop/policies"))) {
            assertThat(told)
                    .containsExactlyElementsOf(
                            files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void theJobFindsItsFilesWhereTheyAreMounted() {
        var job = Manifest.flinkJob();
        var mounts = new TreeMap<String, String>();
        job.container()
                .path("volumeMounts")
                .forEach(m -> mounts.put(m.path("name").asText(), m.path("mountPath").asText()));
        String settings = job.spec().at("/job/args/1").asText();

        assertThat(job.spec().at("/job/args/0").asText()).isEqualTo("--config");
        assertThat(mounts).containsEntry("settings", settings);
        assertThat(mounts).containsEntry("policies", Path.of(settings).getParent() + "/policies");
        assertThat(Manifest.named("ConfigMap", "sphere-job-settings").data("sphere.yaml"))
                .contains("password-file: " + mounts.get("valkey-password") + "/password");
        assertThat(job.configuration().values())
                .filteredOn(value -> value.startsWith("file://"))
                .hasSize(3)
                .allMatch(value -> value.startsWith("file://" + mounts.get("flink-data") + "/"));
    }

    @Test
    void theBridgeTakesItsSettings() throws IOException {
        Path file = write("prometheus-bridge-settings", "bridge.yaml");

        var config = BridgeConfig.load(file, Map.of(), Map.of());

        assertThat(config.scrape().pods().namespaces()).containsExactly("sock-shop");
        assertThat(config.kafka().bootstrap()).isEqualTo("kafka:" + port("kafka"));
        // else neither Kubernetes' probes nor Prometheus would reach it
        assertThat(config.http().host()).isEqualTo("0.0.0.0");
        assertThat(config.http().port()).isEqualTo(port("prometheus-bridge"));
    }

    @Test
    void theBridgeScrapesWhatTheShopsOwnSettingsSay() throws IOException {
        var ours =
                Manifest.YAML.readTree(
                        Manifest.named("ConfigMap", "prometheus-bridge-settings")
                                .data("bridge.yaml"));
        var shops = Manifest.YAML.readTree(Manifest.HOME.resolve("sock-shop/bridge.yaml").toFile());

        assertThat(ours.path("scrape")).isEqualTo(shops.path("scrape"));
        assertThat(ours.path("kafka")).isEqualTo(shops.path("kafka"));
    }

    @Test
    void kafkaTakesItsSettings() throws IOException {
        var properties = new Properties();
        properties.load(
                new StringReader(
                        Manifest.named("ConfigMap", "kafka-settings").data("server.properties")));

        var config = new KafkaConfig(properties, false);

        assertThat(AbstractKafkaConfig.CONFIG_DEF.names())
                .as("no setting is misspelt")
                .containsAll(properties.stringPropertyNames());
        assertThat(config.processRoles().size()).isEqualTo(2);
        assertThat(config.autoCreateTopicsEnable()).isFalse();
        // The pod, as the StatefulSet and its Service name it.
        assertThat(properties.getProperty("advertised.listeners"))
                .isEqualTo("CLIENTS://kafka-0.kafka.sphere.svc:" + port("kafka"));
        assertThat(properties.getProperty("log.dirs"))
                .startsWith(
                        Manifest.named("StatefulSet", "kafka")
                                .tree()
                                .at("/spec/template/spec/containers/0/volumeMounts/0/mountPath")
                                .asText());
    }

    @Test
    void theTopicsThatBridgeAndJobUseAreMade() throws IOException {
        var script =
                Manifest.named("Job", "kafka-topics")
                        .tree()
                        .at("/spec/template/spec/containers/0/args/0")
                        .asText();
        var topics = new TreeMap<String, Integer>();
        var settings = new TreeMap<String, String>();
        var matcher = TOPIC.matcher(script);
        while (matcher.find()) {
            topics.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
            settings.put(matcher.group(1), matcher.group(3));
        }
        copyPolicies();
        var kafka =
                SphereConfig.load(write("sphere-job-settings", "sphere.yaml"), Map.of(), Map.of())
                        .kafka();

        assertThat(topics)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                kafka.metrics(), 12,
                                kafka.predictions(), 12,
                                kafka.decisions(), 12,
                                kafka.rejected(), 3,
                                kafka.calendar(), 1));
        assertThat(settings)
                .containsEntry(
                        "predictions", "cleanup.policy=compact,delete retention.ms=604800000")
                .containsEntry("decisions", "cleanup.policy=delete retention.ms=2592000000")
                .containsEntry("calendar", "cleanup.policy=compact");
        for (String each : settings.values()) {
            var properties = new Properties();
            properties.load(new StringReader(each.replace(' ', '\n')));
            assertThat(LogConfig.configNames()).containsAll(properties.stringPropertyNames());
            LogConfig.validate(properties);
        }
        assertThat(
                        BridgeConfig.load(
                                        write("prometheus-bridge-settings", "bridge.yaml"),
                                        Map.of(),
                                        Map.of())
                                .kafka()
                                .topic())
                .isEqualTo(kafka.metrics());
    }

    @Test
    void prometheusScrapesThePortsThatAreThere() throws IOException {
        var config =
                Manifest.YAML.readTree(
                        Manifest.named("ConfigMap", "prometheus-settings").data("prometheus.yml"));
        var jobs = new TreeMap<String, String>();
        config.path("scrape_configs")
                .forEach(job -> jobs.put(job.path("job_name").asText(), job.toString()));

        assertThat(jobs.get("flink")).contains("\"sphere-job\"").contains("\"metrics\"");
        assertThat(Manifest.flinkJob().container().at("/ports/0/name").asText())
                .isEqualTo("metrics");
        assertThat(Manifest.flinkJob().container().at("/ports/0/containerPort").asText())
                .isEqualTo(Manifest.flinkJob().configuration().get("metrics.reporter.prom.port"));
        assertThat(jobs.get("prometheus-bridge"))
                .contains("prometheus-bridge:" + port("prometheus-bridge"));
        assertThat(jobs.get("sock-shop")).contains("\"sock-shop\"");
    }

    private static int port(String service) {
        return Manifest.named("Service", service).tree().at("/spec/ports/0/port").asInt();
    }

    private void copyPolicies() throws IOException {
        var policies = Files.createDirectory(folder.resolve("policies"));
        try (var files = Files.list(Manifest.HOME.resolve("sock-shop/policies"))) {
            for (Path file : files.toList()) {
                Files.copy(file, policies.resolve(file.getFileName()));
            }
        }
    }

    private Path write(String configMap, String key) throws IOException {
        return Files.writeString(
                folder.resolve(key), Manifest.named("ConfigMap", configMap).data(key));
    }
}
