package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sphere.bridge.ServiceSamples.Aggregation;
import dev.sphere.bridge.ServiceSamples.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BridgeConfigTest {
    private static final Map<String, String> MINIMAL = Map.of("kafka.bootstrap", "localhost:9092");

    @TempDir Path dir;
    private Path file;

    @BeforeEach
    void chooseFile() {
        file = dir.resolve("bridge.yaml");
    }

    @Test
    void readsAllSettings() throws IOException {
        write(
                """
                source: bridge-1
                shutdown-timeout: 3s
                kafka:
                  bootstrap: a:9092,b:9093
                  topic: m
                  buffer: 8MiB
                  max-record: 64KiB
                  linger: 5ms
                  delivery-timeout: 5m
                scrape:
                  interval: 2s
                  timeout: 500ms
                  body-limit: 1MiB
                  max-series: 10
                  honor-timestamps: false
                  pods:
                    namespaces: [sock-shop, other]
                    service-label: name
                  targets:
                    - {url: "http://127.0.0.1:80/m", service: a/b, pod: p}
                    - {url: "http://127.0.0.1:81/m", service: a/b}
                  rules:
                    - metric: m
                      match: [{label: l, op: "=~", value: "x.*"}]
                      signal: queue
                      kind: gauge
                      aggregation: max
                http: {host: 0.0.0.0, port: 0}
                """);

        var config = BridgeConfig.load(file, Map.of(), Map.of());

        assertThat(config.source()).isEqualTo("bridge-1");
        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.kafka().bootstrap()).isEqualTo("a:9092,b:9093");
        assertThat(config.kafka().buffer()).isEqualTo(8 << 20);
        assertThat(config.kafka().maxRecord()).isEqualTo(64 << 10);
        assertThat(config.kafka().linger()).isEqualTo(Duration.ofMillis(5));
        assertThat(config.kafka().deliveryTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.scrape().interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.scrape().timeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.scrape().bodyLimit()).isEqualTo(1 << 20);
        assertThat(config.scrape().maxSeries()).isEqualTo(10);
        assertThat(config.scrape().honorTimestamps()).isFalse();
        assertThat(config.scrape().pods())
                .isEqualTo(new BridgeConfig.Pods(List.of("sock-shop", "other"), "name"));
        assertThat(config.scrape().targets())
                .containsExactly(
                        new BridgeConfig.StaticTarget(
                                URI.create("http://127.0.0.1:80/m"), "a/b", "p"),
                        new BridgeConfig.StaticTarget(
                                URI.create("http://127.0.0.1:81/m"), "a/b", ""));
        assertThat(config.scrape().rules()).hasSize(1);
        var rule = config.scrape().rules().get(0);
        assertThat(rule.kind()).isEqualTo(Kind.GAUGE);
        assertThat(rule.aggregation()).isEqualTo(Aggregation.MAX);
        assertThat(rule.keep()).isNull();
        assertThat(config.http()).isEqualTo(new BridgeConfig.Http("0.0.0.0", 0));
    }

    @Test
    void prefersSetsToEnvironmentToFileToDefaults() throws IOException {
        write("kafka: {bootstrap: 'file:1', topic: file, client-id: file}\n");

        var config =
                BridgeConfig.load(
                        file,
                        Map.of("kafka.bootstrap", "set:1"),
                        Map.of(
                                "SPHERE_BRIDGE_KAFKA_BOOTSTRAP",
                                "env:1",
                                "SPHERE_BRIDGE_KAFKA_TOPIC",
                                "env",
                                "PATH",
                                "/bin"));

        assertThat(config.kafka().bootstrap()).isEqualTo("set:1");
        assertThat(config.kafka().topic()).isEqualTo("env");
        assertThat(config.kafka().clientId()).isEqualTo("file");
        assertThat(config.scrape().interval()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void takesListsNumbersAndBooleansFromTexts() {
        var config =
                BridgeConfig.load(
                        null,
                        Map.of(
                                "kafka.bootstrap",
                                "a:1",
                                "scrape.pods.namespaces",
                                "one,two",
                                "scrape.targets",
                                "[{url: 'http://a/m', service: a/b, pod: p}]",
                                "scrape.honor-timestamps",
                                "false"),
                        Map.of("SPHERE_BRIDGE_HTTP_PORT", "0"));

        assertThat(config.scrape().pods().namespaces()).containsExactly("one", "two");
        assertThat(config.scrape().targets()).hasSize(1);
        assertThat(config.scrape().honorTimestamps()).isFalse();
        assertThat(config.http().port()).isZero();
    }

    @Test
    void tellsAllErrorsAtOnce() throws IOException {
        write(
                """
                kafka:
                  topic: no topic
                scrape:
                  intervall: 2s
                  timeout: 5
                  targets: [{url: "ftp://x", service: noslash, pod: p}]
                  rules: [{metric: m, signal: s, kind: histogram, aggregation: sum}]
                htp: {}
                """);

        var errors =
                errors(
                        Map.of("scrape.max-series", "many", "kafka.topc", "x"),
                        Map.of("SPHERE_BRIDGE_HTTP_PROT", "1", "SPHERE_BRIDGE_HTTP_PORT", "70000"));

        assertThat(errors)
                .containsExactlyInAnyOrder(
                        file
                                + ": kafka.bootstrap: missing, expected host:port, separated by commas, such as 127.0.0.1:9092",
                        file
                                + ": kafka.topic: \"no topic\", expected a Kafka topic: up to 249 letters, digits, '.', '_' or '-'",
                        file + ": scrape.intervall: \"2s\", unknown key; did you mean interval?",
                        file + ": scrape.timeout: 5, expected a duration such as 500ms, 2s or 5m",
                        file
                                + ": scrape.targets[0].url: \"ftp://x\", expected an http or https URL such as http://127.0.0.1:8080/metrics",
                        file
                                + ": scrape.targets[0].service: \"noslash\", expected namespace/name of the scale target in lower case letters, digits and '-'",
                        file
                                + ": scrape.rules[0].kind: \"histogram\", expected one of counter, gauge",
                        file + ": htp: {}, unknown key; did you mean http?",
                        "--set: scrape.max-series: \"many\", expected a whole number from 1 on",
                        "--set: kafka.topc: unknown key; did you mean kafka.topic?",
                        "environment: SPHERE_BRIDGE_HTTP_PROT: unknown setting; did you mean SPHERE_BRIDGE_HTTP_PORT?",
                        "environment SPHERE_BRIDGE_HTTP_PORT: http.port: 70000, expected a whole number from 0 to 65535");
    }

    @ParameterizedTest
    @CsvSource({
        "shop/front-end, true",
        "1/a.b-2.c, true",
        "Shop/front-end, false",
        "shop/Front_End, false",
        "shop/-a, false",
        "shop/a-, false",
        "shop/a..b, false",
        "shop.eu/a, false",
        "shop/a/b, false"
    })
    void takesServicesThatTheJobTakes(String service, boolean taken) throws IOException {
        write(
                "{kafka: {bootstrap: 'a:1'}, scrape: {targets: [{url: 'http://a/m', service: %s}]}}"
                        .formatted(service));

        if (taken) {
            var config = BridgeConfig.load(file, Map.of(), Map.of());
            assertThat(config.scrape().targets().get(0).service()).isEqualTo(service);
        } else {
            assertThat(errors(Map.of(), Map.of())).hasSize(1);
        }
    }

    @Test
    void tellsWhatASchemaCannot() throws IOException {
        write(
                """
                kafka:
                  bootstrap: a:1
                  max-record: 2MiB
                  delivery-timeout: 1s
                  security-protocol: SASL_SSL
                  ca-file: /no/such/file
                scrape:
                  targets: [{url: "http://a b/", service: a/b, pod: p}]
                  rules: [{metric: m, signal: s, kind: gauge, aggregation: sum,
                           match: [{label: l, op: "!~", value: "("}]}]
                """);

        assertThat(errors(Map.of(), Map.of()))
                .containsExactlyInAnyOrder(
                        file + ": kafka.max-record: \"2MiB\", expected a size from 1KiB to 512KiB",
                        file
                                + ": kafka.delivery-timeout: \"1s\", expected at least kafka.linger + kafka.request-timeout, at most 596h",
                        file
                                + ": kafka.ca-file: \"/no/such/file\", expected a file that can be read",
                        file
                                + ": kafka.username: missing, expected with kafka.security-protocol SASL_*",
                        file
                                + ": kafka.password: missing, expected kafka.password-file or SPHERE_BRIDGE_KAFKA_PASSWORD",
                        file
                                + ": scrape.targets[0].url: \"http://a b/\", expected an http or https URL such as http://127.0.0.1:8080/metrics",
                        file
                                + ": scrape.rules[0].match[0].value: \"(\", expected a regular expression");
    }

    @Test
    void neverPrintsASecret() throws IOException {
        Path password = Files.writeString(dir.resolve("password"), "hunter2\n");
        var sasl =
                Map.of(
                        "kafka.bootstrap", "a:1",
                        "kafka.security-protocol", "SASL_PLAINTEXT",
                        "kafka.username", "me");

        var fromEnvironment =
                BridgeConfig.load(null, sasl, Map.of("SPHERE_BRIDGE_KAFKA_PASSWORD", "hunter2"));
        var fromFile =
                BridgeConfig.load(
                        null, sasl, Map.of("SPHERE_BRIDGE_KAFKA_PASSWORD_FILE", "" + password));

        assertThat(fromEnvironment.kafka().password().value()).isEqualTo("hunter2");
        assertThat(fromFile.kafka().password().value()).isEqualTo("hunter2");
        assertThat(fromFile.toString()).contains("password=******").doesNotContain("hunter2");
    }

    @Test
    void refusesASecretInTheFileOrInASet() throws IOException {
        write("kafka: {bootstrap: 'a:1', password: hunter2}\n");

        assertThat(errors(Map.of("kafka.password", "hunter2"), Map.of()))
                .hasSize(1)
                .allSatisfy(
                        error ->
                                assertThat(error)
                                        .contains("kafka.password: ******, secrets are not")
                                        .doesNotContain("hunter2"));
    }

    @Test
    void ignoresWhatKubernetesSaysAboutAServiceOfTheSameName() {
        var config =
                BridgeConfig.load(
                        null,
                        MINIMAL,
                        Map.of(
                                "SPHERE_BRIDGE_SERVICE_HOST", "10.0.0.1",
                                "SPHERE_BRIDGE_SERVICE_PORT_METRICS", "9464",
                                "SPHERE_BRIDGE_PORT", "tcp://10.0.0.1:9464",
                                "SPHERE_BRIDGE_PORT_9464_TCP_ADDR", "10.0.0.1",
                                "SPHERE_BRIDGE_HTTP_PORT", "tcp://10.0.0.1:80"));

        assertThat(config.http().port()).isEqualTo(9464);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "kafka: [|no YAML",
                "- a|expected keys and values, not [\"a\"]",
                "kafka: {bootstrap: 'a:1'}\\nkafka: {}|no YAML: Duplicate field 'kafka'",
                "kafka: 5|kafka: 5, expected keys and values",
                "kafka: {bootstrap: 'a:1'}\\nscrape: {rules: {}}|scrape.rules: {}, expected a list",
                "kafka: {bootstrap: {a: b}}|kafka.bootstrap: {\"a\":\"b\"}, expected host:port"
            })
    void tellsWhatIsWrongWithTheShape(String yaml, String expected) throws IOException {
        write(yaml.replace("\\n", "\n"));

        assertThat(errors(Map.of(), Map.of()))
                .anySatisfy(error -> assertThat(error).startsWith(file + ": ").contains(expected));
    }

    @Test
    void tellsThatTheFileIsMissing() {
        assertThat(errors(Map.of(), Map.of())).containsExactly(file + ": no such file");
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file, yaml);
    }

    private List<String> errors(Map<String, String> sets, Map<String, String> env) {
        return catchThrowableOfType(
                        BridgeConfigException.class, () -> BridgeConfig.load(file, sets, env))
                .errors();
    }
}
