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
              signals: [{name: requests, target: 35}]
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
                    - {name: requests, target: 35, limit: 50}
                    - {name: cpu, target: 0.35}
                  forecast: {enabled: false, quantile: 0.95}
                  mode: Scale
                  behavior:
                    tolerance: 0.05
                    scaleUp:
                      stabilizationWindowSeconds: 1.5
                      tolerance: 0.02
                      selectPolicy: Min
                      policies:
                        - {type: Pods, value: 4, period: 500ms}
                        - {type: Percent, value: 150, periodSeconds: 2.5}
                    scaleDown:
                      stabilizationWindow: 48s
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
        assertThat(policy.signals()).first().isEqualTo(new Policy.Signal("requests", 35, 50));
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
                                        new Policy.Rate(Policy.Unit.PODS, 4, 500),
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
                "maxReplicas: 10 | maxReplicas: 0 | spec.maxReplicas: 0, expected a whole number"
                        + " from 1 to 1000000",
                "maxReplicas: 10 | maxReplicas: ten | spec.maxReplicas: \"ten\", expected a whole"
                        + " number from 1 to 1000000",
                "maxReplicas: 10 | maxReplicas: 2.5 | spec.maxReplicas: 2.5, expected a whole"
                        + " number from 1 to 1000000",
                "maxReplicas: 10 | minReplicas: 2 | spec.maxReplicas: missing, expected a value",
                "maxReplicas: 10 | {maxReplicas: 10} | expected YAML",
                "maxReplicas: 10 | maxReplicas: 3, minReplicas: 4 | line 6: mapping values are"
                        + " not allowed here; expected YAML",
                "target: 35 | target: -3 | spec.signals[0].target: -3, expected a number above 0",
                "target: 35 | target: .nan | line 7: Malformed numeric value",
                "target: 35 | target: 35, limit: 30 | spec.signals[0].limit: 30, expected no less"
                        + " than the target, which is 35.0",
                "target: 35 | targt: 35 | spec.signals[0].targt: 35, expected no such field, only"
                        + " name, target, limit",
                "{name: requests, target: 35} | {name: cpu, target: 1}, {name: cpu, target: 2} |"
                        + " spec.signals[1].name: \"cpu\", expected a signal that is not listed"
                        + " yet",
                "[{name: requests, target: 35}] | [] | spec.signals: [], expected a list of at"
                        + " least one signal",
                "kind: Deployment | kind: StatefulSet | spec.scaleTargetRef.kind: \"StatefulSet\","
                        + " expected Deployment",
                "v1alpha1 | v2 | apiVersion: \"autoscaling.sphere.dev/v2\", expected"
                        + " autoscaling.sphere.dev/v1alpha1",
                "{name: carts} | {name: Carts_1} | metadata.name: \"Carts_1\", expected a DNS name",
                "maxReplicas: 10 | maxReplicas: 10# | spec.maxReplicas: \"10#\", expected a whole",
            })
    void saysWhatIsWrong(String before, String after, String error) {
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.parse("p.yaml", LEAST.replace(before, after)))
                .withMessageStartingWith("p.yaml, ")
                .withMessageContaining(error);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: Always | spec.mode: \"Always\", expected Recommend or Scale",
                "forecast: {quantile: 0.999} | spec.forecast.quantile: 0.999, expected a number"
                        + " from 0.05 to 0.99",
                "forecast: {enabled: maybe} | spec.forecast.enabled: \"maybe\", expected true or"
                        + " false",
                "forecast: 3 | spec.forecast: 3, expected fields (enabled, quantile)",
                "behavior: {tolerance: 1} | spec.behavior.tolerance: 1, expected a number from 0 to"
                        + " less than 1",
                "behavior: {scaleDown: {stabilizationWindow: 2h}} |"
                        + " spec.behavior.scaleDown.stabilizationWindow: \"2h\", expected a span",
                "behavior: {scaleDown: {stabilizationWindowSeconds: -1}} |"
                        + " spec.behavior.scaleDown.stabilizationWindowSeconds: -1, expected a"
                        + " number of seconds from 0.0 to 3600",
                "behavior: {scaleDown: {stabilizationWindow: 1s, stabilizationWindowSeconds: 1}} |"
                        + " spec.behavior.scaleDown.stabilizationWindowSeconds: 1, expected"
                        + " nothing, as spec.behavior.scaleDown.stabilizationWindow is given",
                "behavior: {scaleUp: {policies: []}} | spec.behavior.scaleUp.policies: [], expected"
                        + " a list of at least one policy",
                "behavior: {scaleUp: {policies: [{type: Pods, value: 1}]}} |"
                        + " spec.behavior.scaleUp.policies[0].period: missing, expected a span such"
                        + " as 15s, or periodSeconds",
                "behavior: {scaleUp: {policies: [{type: Pod, value: 0, period: 1s}]}} |"
                        + " spec.behavior.scaleUp.policies[0].type: \"Pod\", expected Pods or"
                        + " Percent",
                "minReplicas: 11 | spec.maxReplicas: 10, expected no less than minReplicas, which"
                        + " is 11",
                "minReplicas: 0 | spec.minReplicas: 0, expected a whole number from 1",
                "maxReplicas: 11 | Duplicate field 'maxReplicas'; expected YAML",
            })
    void saysWhatIsWrongInASpec(String line, String error) {
        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> PolicyFile.parse("p.yaml", LEAST + "  " + line + "\n"))
                .withMessageContaining(error);
    }

    @Test
    void tellsAllErrorsAtOnceWithFileAndDocument() {
        String bad =
                LEAST.replace("maxReplicas: 10", "maxReplicas: -1").replace("carts", "orders")
                        + "---\n"
                        + LEAST.replace("target: 35", "target: 0").replace("spec:", "spc: 1\nspec:")
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
                                                "p.yaml, document 2, spc: 1, expected no such"
                                                        + " field, only apiVersion, kind, metadata,"
                                                        + " spec",
                                                "p.yaml, document 2 (default/carts),"
                                                        + " spec.signals[0].target: 0, expected a"
                                                        + " number above 0",
                                                "p.yaml, document 3 (default/carts),"
                                                        + " metadata.name: \"carts\", expected a"
                                                        + " name that no other policy of the"
                                                        + " namespace has; p.yaml, document 2"
                                                        + " has the same",
                                                "p.yaml, document 3 (default/carts),"
                                                        + " spec.scaleTargetRef.name:"
                                                        + " \"default/carts\", expected a target"
                                                        + " that no other policy has; p.yaml,"
                                                        + " document 2"
                                                        + " has the same"));
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
                        "no other policy has; " + first + ", document 1 has the same");
    }
}
