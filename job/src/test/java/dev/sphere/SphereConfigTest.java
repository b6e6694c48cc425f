package dev.sphere;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.forecast.Season;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SphereConfigTest {
    private static final String BROKERS = "kafka: {bootstrap: a}";

    @TempDir private Path folder;

    @Test
    void needsNothingButTheBrokers() throws IOException {
        var config = load("kafka: {bootstrap: 'broker:9092'}", Map.of(), Map.of());

        assertThat(config.kafka().bootstrap()).isEqualTo("broker:9092");
        assertThat(config.kafka().metrics()).isEqualTo("metrics");
        assertThat(config.kafka().calendar()).isEqualTo("calendar");
        assertThat(config.observe().step()).isEqualTo(15_000);
        assertThat(config.forecast().model().season().length()).isEqualTo(86_400_000);
        assertThat(config.recommend().maxAge()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.redis().exists()).isFalse();
    }

    @Test
    void hasNoCalendarWhereItsTopicIsEmpty() throws IOException {
        var config = load("kafka: {bootstrap: a, calendar: ''}", Map.of(), Map.of());

        assertThat(config.kafka().hasCalendar()).isFalse();
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
    void forecastsByDefaultAsAFileThatSaysNoMoreThanStepAndHorizon() throws IOException {
        String yaml =
                "{kafka: {bootstrap: a}, observe: {step: 1m, grace: 1m}, forecast: {horizon: 5m,"
                        + " furthest: 5m, points: 1}}";

        var settings = SphereConfig.defaultForecast(Duration.ofMinutes(1), null, List.of(1, 5));
        var others =
                SphereConfig.defaultForecast(
                        Duration.ofMinutes(1),
                        List.of(Duration.ofDays(7), Duration.ofHours(1)),
                        List.of(5));
        var none = SphereConfig.defaultForecast(Duration.ofMinutes(1), List.of(), List.of(5));

        assertThat(settings)
                .usingRecursiveComparison()
                .ignoringFields("steps")
                .isEqualTo(load(yaml, Map.of(), Map.of()).forecast());
        assertThat(settings.steps()).containsExactly(1, 5);
        assertThat(others.model().season().length()).isEqualTo(Duration.ofDays(7).toMillis());
        assertThat(others.otherSeasons())
                .extracting(Season::length)
                .containsExactly(Duration.ofHours(1).toMillis());
        assertThat(none.model().season().exists()).isFalse();
        assertThat(none.otherSeasons()).isEmpty();
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
                                + " 2s, 5m, 1h or 14d, above 0")
                .contains("sphere.yaml: observe.max-series: 0: expected: ")
                .contains("sphere.yaml: forecast.alpha: 1.5: expected: ")
                .contains(
                        "sphere.yaml: forecast: seasons is not a setting; expected one of season,")
                .contains("--set redis.ttl: redis.ttl: \"never\": expected a duration such as")
                .contains(
                        "environment SPHERE_JOB_SCALE_THREADS: scale.threads: \"many\": expected: ");
    }

    @Test
    void tellsAllThatDoesNotGoTogetherAtOnce() {
        String yaml =
                """
                kafka: {bootstrap: a, properties-file: missing.properties}
                observe: {forget-series-after: 10s}
                forecast: {horizon: 5s, beta: 0.5, warm-up: 401}
                recommend: {policies: [missing.yaml]}
                """;

        assertThatThrownBy(() -> load(yaml, Map.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(
                        "sphere.yaml: kafka.properties-file: "
                                + folder.resolve("missing.properties")
                                + ", expected a readable properties file")
                .contains(
                        "sphere.yaml: observe.forget-series-after: 10s, expected observe.step +"
                                + " observe.grace, which is 35s, to 3660d")
                .contains(
                        "sphere.yaml: forecast.horizon: 5s, expected at least observe.step, which"
                                + " is 15s")
                .contains("sphere.yaml: forecast.beta: 0.5, expected 0 to alpha, which is 0.2")
                .contains(
                        "sphere.yaml: forecast.warm-up: 401, expected 1 to forecast.window, which"
                                + " is 400")
                .contains(folder.resolve("missing.yaml") + ": cannot be read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "observe.step",
                "forecast.season-bin",
                "forecast.horizon",
                "forecast.furthest",
                "redis.ttl",
                "recommend.max-age",
                "scale.timeout"
            })
    void refusesADurationOfNothingWhereItMakesNoSense(String key) {
        for (String nothing : List.of("0s", "00.0ms")) {
            assertThatThrownBy(() -> load(BROKERS, Map.of(key, nothing), Map.of()))
                    .hasMessageContaining(
                            ("--set %s: %s: \"%s\": expected a duration such as 500ms, 2s, 5m, 1h or"
                                            + " 14d, above 0")
                                    .formatted(key, key, nothing));
        }
    }

    @Test
    void boundsStepsInAGapAndInACurve() throws IOException {
        var config = load(BROKERS, Map.of("observe.max-gap", "100000000d"), Map.of());

        assertThat(config.observe().maxGapSteps()).isEqualTo(1_000_000);
        assertThatThrownBy(() -> load(BROKERS, Map.of("forecast.furthest", "14d"), Map.of()))
                .hasMessageContaining(
                        "forecast.furthest: 14d, expected at most 10000 times observe.step, which"
                                + " is 15s");
    }

    @Test
    void takesTextsAsTheyAreAndTheRestAsYaml() throws IOException {
        var config =
                load(
                        "{kafka: {bootstrap: a}, redis: {uri: 'redis://b'}}",
                        Map.of(
                                "kafka.group", "1",
                                "kafka.properties.security.protocol", "SSL",
                                "redis.uri", "",
                                "forecast.points", "7"),
                        Map.of("SPHERE_JOB_KAFKA_METRICS", "007"));

        assertThat(config.kafka().group()).isEqualTo("1");
        assertThat(config.kafka().metrics()).isEqualTo("007");
        assertThat(config.kafka().properties()).containsEntry("security.protocol", "SSL");
        assertThat(config.redis().exists()).isFalse();
        assertThat(config.forecast().points()).isEqualTo(7);
    }

    @Test
    void takesWhatIsEmptyInTheFileAsAbsent() throws IOException {
        var config = load("kafka:\n  bootstrap: a\n  group:\nobserve:\n", Map.of(), Map.of());

        assertThat(config.kafka().group()).isEqualTo("sphere");
        assertThat(config.observe().step()).isEqualTo(15_000);
    }

    @Test
    void refusesWhatIsGivenTwice() {
        assertThatThrownBy(() -> load("kafka: {bootstrap: a}\nkafka: {}", Map.of(), Map.of()))
                .hasMessageContaining("sphere.yaml: line 2: ")
                .hasMessageContaining("'kafka'");
    }

    @Test
    void namesOverridesThatAreNoSettings() {
        assertThatThrownBy(
                        () ->
                                load(
                                        BROKERS,
                                        Map.of("redis.ttl.x", "1", "scale.thread", "1"),
                                        Map.of("SPHERE_JOB_SCALE_THREAD", "1")))
                .message()
                .contains("environment SPHERE_JOB_SCALE_THREAD: expected SPHERE_JOB_ and")
                .contains("--set redis.ttl.x: redis.ttl: x is not a setting")
                .doesNotContain("object found")
                .contains(
                        "--set scale.thread: scale: thread is not a setting; expected one of"
                                + " threads, timeout");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kafka: {bootstrap: a}, redis: {uri: 'http://hunter2'}}",
                "{kafka: {bootstrap: a}, redis: {uri: 'redis://me:hunter2@b'}}",
                "{kafka: {bootstrap: a}, redis: {uri: 'redis://:hunter2/@b'}}",
                "{kafka: {bootstrap: a, properties: hunter2}}",
                "{kafka: {bootstrap: a, properties: {sasl.jaas.config: [hunter2]}}}",
                "{kafka: {bootstrap: a, properties: {sasl.jaas.config: 'hunter2}}",
                "{kafka: {bootstrap: a, properties: {password: hunter2 ]}}"
            })
    void printsNoSecretsInErrors(String yaml) {
        assertThatThrownBy(() -> load(yaml, Map.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(
                        e -> {
                            var trace = new StringWriter();
                            e.printStackTrace(new PrintWriter(trace, true));
                            assertThat(trace.toString()).doesNotContain("hunter2");
                        });
    }

    @Test
    void refusesAPasswordInTheAddressOfRedis() {
        assertThatThrownBy(() -> load(BROKERS, Map.of("redis.uri", "redis://:pw@b:6379"), Map.of()))
                .hasMessageContaining(
                        "redis.uri: ***, expected no password in it: name a file in"
                                + " redis.password-file");
    }

    @Test
    void tellsTheClientOfFlinkWhyTheJobWasNotSubmitted() throws IOException {
        var file = folder.resolve("sphere.yaml");
        Files.writeString(file, "kafka: {bootstrap: a}");

        assertThatThrownBy(
                        () ->
                                SphereJob.main(
                                        new String[] {
                                            "--config", file.toString(), "--set", "observe.step=0s"
                                        }))
                .hasMessageStartingWith(
                        "The job was not submitted: --set observe.step: observe.step: \"0s\"")
                .hasCauseInstanceOf(CommandLine.ParameterException.class);
        assertThatThrownBy(
                        () ->
                                SphereJob.main(
                                        new String[] {
                                            "--config",
                                            file.toString(),
                                            "--set",
                                            "redis.uri=redis://not a host"
                                        }))
                .as("what only the definition of the job finds")
                .hasMessageStartingWith("The job was not submitted: ")
                .hasMessageContaining("redis")
                .hasCauseInstanceOf(CommandLine.ParameterException.class);
        assertThatThrownBy(() -> SphereJob.main(new String[0])).hasMessageContaining("--config");
    }

    @Test
    void namesTheLineThatIsNotYaml() {
        assertThatThrownBy(() -> load("kafka: {bootstrap: a\nobserve: [", Map.of(), Map.of()))
                .message()
                .contains("sphere.yaml: line 2: not YAML");
    }

    @Test
    void doesNotMindWhatKubernetesPutsIntoTheEnvironmentForAServiceOfThatName() throws IOException {
        var config =
                load(
                        "kafka: {bootstrap: a}",
                        Map.of(),
                        Map.of(
                                "SPHERE_JOB_REST_SERVICE_HOST", "10.0.0.1",
                                "SPHERE_JOB_REST_PORT_8081_TCP", "tcp://10.0.0.1:8081"));

        assertThat(config.kafka().bootstrap()).isEqualTo("a");
    }

    @Test
    void readsSecretsFromFilesAndNeverPrintsThem() throws IOException {
        Files.writeString(folder.resolve("secret.properties"), "sasl.jaas.config=hunter2");

        var config =
                load(
                        "{kafka: {bootstrap: a, properties-file: secret.properties},"
                                + " redis: {uri: 'redis://me@127.0.0.1'}}",
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
