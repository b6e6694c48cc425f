package dev.sphere.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    private static final String LEAST =
            """
            apiVersion: autoscaling.sphere.dev/v1alpha1
            kind: PredictiveAutoscaler
            metadata: {name: carts}
            spec:
              scaleTargetRef: {kind: Deployment, name: carts}
              maxReplicas: 10
              signals:
                - {name: requests, target: {type: AverageValue, averageValue: 35}}
            """;

    @TempDir Path folder;

    @Test
    void fillsInTheDefaultsOfTheHpa() {
        Policy policy = PolicyFile.parse("p.yaml", LEAST).get(0);

        assertThat(policy.service()).isEqualTo("default/carts");
        assertThat(policy.minReplicas()).isEqualTo(1);
        assertThat(policy.maxReplicas()).isEqualTo(10);
        assertThat(policy.signals()).hasSize(1);
        assertThat(policy.signals().get(0).target()).isEqualTo(35);
        assertThat(policy.signals().get(0).limit()).isCloseTo(45, within(1e-9));
        assertThat(policy.forecast()).isTrue();
        assertThat(policy.quantile()).isEqualTo(0.9);
        assertThat(policy.mode()).isEqualTo(Policy.Mode.RECOMMEND);
        assertThat(policy.behavior().upTolerance()).isEqualTo(0.1);
        assertThat(policy.behavior().downTolerance()).isEqualTo(0.1);
        assertThat(policy.behavior().scaleUp())
                .isEqualTo(
                        new Policy.Direction(
                                0,
                                List.of(
                                        new Policy.Rate(Policy.Unit.PODS, 4, 15_000),
                                        new Policy.Rate(Policy.Unit.PERCENT, 100, 15_000))));
        assertThat(policy.behavior().scaleDown())
                .isEqualTo(
                        new Policy.Direction(
                                300_000,
                                List.of(new Policy.Rate(Policy.Unit.PERCENT, 100, 15_000))));
    }

    @Test
    void readsEveryField() throws IOException {
        Path file = folder.resolve("policies.yaml");
        Files.writeString(
                file,
                """
                # two policies
                apiVersion: autoscaling.sphere.dev/v1alpha1
                kind: PredictiveAutoscaler
                metadata:
                  name: front-end
                  namespace: sock-shop
                  labels: {team: web}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: front-end}
                  minReplicas: 2
                  maxReplicas: 30
                  signals:
                    - name: requests
                      target: {type: AverageValue, averageValue: "35.5"}
                      limit: {averageValue: 50}
                    - {name: cpu, target: {type: AverageValue, averageValue: 350m}}
                  forecast: {enabled: false, quantile: 0.95}
                  mode: Scale
                  behavior:
                    scaleUp:
                      stabilizationWindowSeconds: 1.5
                      tolerance: 20m
                      selectPolicy: Min
                      policies:
                        - {type: Pods, value: 4, periodSeconds: 0.0001}
                        - {type: Percent, value: 150, periodSeconds: 2.5}
                    scaleDown:
                      stabilizationWindowSeconds: 48
                      tolerance: "0.05"
                      selectPolicy: Disabled
                ---
                """
                        + LEAST
                        + "---\n",
                StandardCharsets.UTF_8);

        List<Policy> policies = PolicyFile.read(file);

        assertThat(policies).hasSize(2);
        Policy policy = policies.get(0);
        assertThat(policy.service()).isEqualTo("sock-shop/front-end");
        assertThat(policy.minReplicas()).isEqualTo(2);
        assertThat(policy.signals()).first().isEqualTo(new Policy.Signal("requests", 35.5, 50));
        assertThat(policy.signals().get(1).limit()).isCloseTo(0.45, within(1e-9));
        assertThat(policy.forecast()).isFalse();
        assertThat(policy.quantile()).isEqualTo(0.95);
        assertThat(policy.mode()).isEqualTo(Policy.Mode.SCALE);
        assertThat(policy.behavior().upTolerance()).isEqualTo(0.02);
        assertThat(policy.behavior().downTolerance()).isEqualTo(0.05);
        assertThat(policy.behavior().scaleUp())
                .isEqualTo(
                        new Policy.Direction(
                                1_500,
                                List.of(
                                        new Policy.Rate(Policy.Unit.PODS, 4, 1),
                                        new Policy.Rate(Policy.Unit.PERCENT, 150, 2_500)),
                                Policy.Select.MIN,
                                0.02));
        assertThat(policy.behavior().scaleDown().stabilizationWindow()).isEqualTo(48_000);
        assertThat(policy.behavior().scaleDown().select()).isEqualTo(Policy.Select.DISABLED);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "maxReplicas: 10 | {maxReplicas: 10} | line 5: while scanning a simple key; expected YAML",
                "maxReplicas: 10 | maxReplicas: 3, minReplicas: 4 | line 6: mapping values are"
                        + " not allowed here; expected YAML",
                "maxReplicas: 10 | maxReplicas: 10# | spec.maxReplicas: \"10#\", expected a whole",
                "averageValue: 35 | averageValue: .nan | line 8: Malformed numeric value",
                "kind: Deployment, | kind: Deployment, kind: Deployment, | Duplicate field 'kind';"
                        + " expected YAML",
                "v1alpha1 | v2 | apiVersion: \"autoscaling.sphere.dev/v2\", expected"
                        + " autoscaling.sphere.dev/v1alpha1",
                "{name: carts} | {name: Carts_1} | metadata.name: \"Carts_1\", expected a DNS name",
                "{name: carts} | {name: carts, namespace: a.b} | metadata.namespace: \"a.b\","
                        + " expected a DNS label in lower case",
                "{name: carts} | {name: carts, label: {}} | metadata.label: {}, expected no such"
                        + " field, only name, namespace, labels, annotations",
                "{name: carts} | {name: carts, labels: {a: 1}} | metadata.labels.a: 1, expected a"
                        + " text",
            })
    void saysWhatIsWrong(String before, String after, String error) {
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.parse("p.yaml", LEAST.replace(before, after)))
                .withMessageStartingWith("p.yaml, ")
                .withMessageContaining(error);
    }

    @Test
    void tellsAllErrorsAtOnceWithFileAndDocument() {
        String bad =
                LEAST.replace("maxReplicas: 10", "maxReplicas: -1").replace("carts", "orders")
                        + "---\n"
                        + LEAST.replace("averageValue: 35", "averageValue: 0")
                                .replace("spec:", "spc: 1\nspec:")
                        + "---\n"
                        + LEAST;

        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.parse("p.yaml", bad))
                .satisfies(
                        e ->
                                assertThat(e.errors())
                                        .containsExactly(
                                                "p.yaml, document 1 (default/orders),"
                                                        + " spec.maxReplicas: -1, expected a whole"
                                                        + " number from 1 to 1000000",
                                                "p.yaml, document 2 (default/carts), spc: 1,"
                                                        + " expected no such field, only"
                                                        + " apiVersion, kind, metadata, spec",
                                                "p.yaml, document 2 (default/carts),"
                                                        + " spec.signals[0].target.averageValue: 0,"
                                                        + " expected a quantity above 0",
                                                "p.yaml, document 3 (default/carts),"
                                                        + " metadata.name: \"carts\", expected a"
                                                        + " name that no other policy of the"
                                                        + " namespace has; p.yaml, document 2"
                                                        + " has the same",
                                                "p.yaml, document 3 (default/carts),"
                                                        + " spec.scaleTargetRef.name: \"carts\","
                                                        + " expected a target that no other policy"
                                                        + " of the namespace has; p.yaml,"
                                                        + " document 2 has the same"));
    }

    @ParameterizedTest
    @CsvSource({"'', empty", "'a: [', line 1", "'3', 'the document: 3, expected fields'"})
    void saysWhyATextIsNoPolicy(String yaml, String error) {
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.parse("p.yaml", yaml))
                .withMessageStartingWith("p.yaml")
                .withMessageContaining(error);
    }

    @Test
    void saysIfAFileCannotBeRead() throws IOException {
        Path missing = folder.resolve("missing.yaml");
        Path binary = folder.resolve("binary.yaml");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0, (byte) 0xc3});

        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.read(missing))
                .withMessageContaining("missing.yaml: cannot be read");
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.read(binary))
                .withMessageContaining("binary.yaml: not UTF-8");
    }

    @Test
    void readsSeveralFilesAndTellsTheErrorsOfAll() throws IOException {
        Path first = Files.writeString(folder.resolve("first.yaml"), LEAST);
        Path second =
                Files.writeString(folder.resolve("second.yaml"), LEAST.replace("carts", "orders"));
        Path again =
                Files.writeString(
                        folder.resolve("again.yaml"), LEAST.replace("{name: carts}", "{name: c}"));

        assertThat(PolicyFile.readAll(List.of(first, second)))
                .extracting(Policy::service)
                .containsExactly("default/carts", "default/orders");
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.readAll(List.of(first, folder.resolve("none"), again)))
                .satisfies(e -> assertThat(e.errors()).hasSize(2))
                .withMessageContaining("none: cannot be read")
                .withMessageContaining(
                        "no other policy of the namespace has; "
                                + first
                                + ", document 1 has the same");
    }
}
