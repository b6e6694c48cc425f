package dev.sphere;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SphereConfigTest {
    @TempDir private Path folder;

    @Test
    void needsNothingButTheBrokers() throws IOException {
        var config = load("kafka: {bootstrap: 'broker:9092'}", Map.of(), Map.of());

        assertThat(config.kafka().bootstrap()).isEqualTo("broker:9092");
        assertThat(config.kafka().metrics()).isEqualTo("metrics");
        assertThat(config.observe().step()).isEqualTo(15_000);
        assertThat(config.forecast().model().season().length()).isEqualTo(86_400_000);
        assertThat(config.recommend().maxAge()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.redis().exists()).isFalse();
    }

    @Test
    void prefersTheCommandLineOverTheEnvironmentOverTheFile() throws IOException {
        String yaml = "{kafka: {bootstrap: a}, observe: {step: 5s, grace: 1s, max-series: 1}}";

        var config =
                load(
                        yaml,
                        Map.of("observe.max-series", "3"),
                        Map.of(
                                "SPHERE_JOB_OBSERVE_MAX_SERIES", "2",
                                "SPHERE_JOB_OBSERVE_GRACE", "2s"));

        assertThat(config.observe().step()).isEqualTo(5_000);
        assertThat(config.observe().grace()).isEqualTo(2_000);
        assertThat(config.observe().maxSeries()).isEqualTo(3);
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        String yaml =
                """
                kafka: {group: sphere}
                observe: {step: soon, max-series: 0}
                forecast: {alpha: 1.5, seasons: 1d}
                """;

        assertThatThrownBy(
                        () ->
                                load(
                                        yaml,
                                        Map.of("redis.ttl", "never"),
                                        Map.of("SPHERE_JOB_SCALE_THREADS", "many")))
                .message()
                .contains("sphere.yaml: kafka: bootstrap is missing")
                .contains(
                        "sphere.yaml: observe.step: \"soon\": expected a duration such as 500ms,"
                                + " 2s, 5m, 1h or 14d")
                .contains("sphere.yaml: observe.max-series: 0: expected: ")
                .contains("sphere.yaml: forecast.alpha: 1.5: expected: ")
                .contains(
                        "sphere.yaml: forecast: seasons is not a setting; expected one of season,")
                .contains("--set redis.ttl: redis.ttl: \"never\": expected a duration")
                .contains(
                        "environment SPHERE_JOB_SCALE_THREADS: scale.threads: \"many\": expected: ");
    }

    @Test
    void refusesSettingsThatDoNotGoTogether() {
        assertThatThrownBy(
                        () ->
                                load(
                                        "{kafka: {bootstrap: a}, forecast: {horizon: 5s}}",
                                        Map.of(),
                                        Map.of()))
                .message()
                .contains("sphere.yaml: ")
                .contains("step 15000 ms, horizon 5000 ms");
    }

    @Test
    void namesTheLineThatIsNotYaml() {
        assertThatThrownBy(() -> load("kafka: {bootstrap: a\nobserve: [", Map.of(), Map.of()))
                .message()
                .contains("sphere.yaml: line 2: not YAML");
    }

    @Test
    void readsSecretsFromFilesAndNeverPrintsThem() throws IOException {
        Files.writeString(folder.resolve("secret.properties"), "sasl.jaas.config=hunter2");

        var config =
                load(
                        "{kafka: {bootstrap: a, properties-file: secret.properties},"
                                + " redis: {uri: 'redis://me:hunter2@127.0.0.1'}}",
                        Map.of(),
                        Map.of());

        assertThat(config.kafka().properties()).containsEntry("sasl.jaas.config", "hunter2");
        assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("hunter2");
    }

    @Test
    void isDescribedInTheReadmeSettingBySetting() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> rows = new ArrayList<>();
        JsonNode schema;
        try (var in = SphereConfig.class.getResourceAsStream(SphereConfig.SCHEMA)) {
            schema = new ObjectMapper().readTree(in);
        }
        for (var section : schema.get("properties").properties()) {
            for (var setting : section.getValue().get("properties").properties()) {
                rows.add(
                        "| `%s.%s` | %s | %s |"
                                .formatted(
                                        section.getKey(),
                                        setting.getKey(),
                                        byDefault(setting.getValue().get("default")),
                                        setting.getValue().get("description").asText()));
            }
        }

        assertThat(readme).contains(String.join("\n", rows));
    }

    private static String byDefault(JsonNode value) {
        if (value == null) {
            return "required";
        }
        return value.isValueNode() && !value.asText().isEmpty() ? "`" + value.asText() + "`" : "";
    }

    private SphereConfig load(
            String yaml, Map<String, String> sets, Map<String, String> environment)
            throws IOException {
        var file = folder.resolve("sphere.yaml");
        Files.writeString(file, yaml);
        return SphereConfig.load(file, sets, environment);
    }
}
