package dev.sphere.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each change of a right policy that makes it wrong is told, and is all that is told. */
class RefusedPoliciesTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    static Stream<JsonNode> refused() {
        return StreamSupport.stream(resource("/policies/refused.yaml").spliterator(), false);
    }

    @Test
    void withoutAChangeItIsRight() throws IOException {
        assertThat(read(resource("/policies/least.yaml"))).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void saysWhatIsWrong(JsonNode refused) {
        ObjectNode policy = (ObjectNode) resource("/policies/least.yaml");
        merge(policy, refused.get("change"));

        assertThatExceptionOfType(PolicyException.class)
                .isThrownBy(() -> read(policy))
                .satisfies(
                        e ->
                                assertThat(e.errors())
                                        .singleElement()
                                        .asString()
                                        .startsWith("p.yaml, document 1 (sock-shop/carts), ")
                                        .contains(refused.get("file").asText()));
    }

    @Test
    void eachRuleOfTheDefinitionIsBrokenByOneOfThem() {
        Set<String> rules = new TreeSet<>();
        resource("/dev/sphere/policy/05-crd.yaml")
                .findValues("x-kubernetes-validations")
                .forEach(list -> list.forEach(rule -> rules.add(rule.get("message").asText())));

        assertThat(rules)
                .isNotEmpty()
                .allSatisfy(
                        rule ->
                                assertThat(refused())
                                        .anyMatch(r -> r.get("file").asText().contains(rule))
                                        .anyMatch(r -> r.get("server").asText().contains(rule)));
    }

    private static Policy read(JsonNode policy) throws IOException {
        return PolicyFile.parse("p.yaml", YAML.writeValueAsString(policy)).get(0);
    }

    /** RFC 7396. */
    private static void merge(ObjectNode object, JsonNode patch) {
        for (var field : patch.properties()) {
            if (field.getValue().isNull()) {
                object.remove(field.getKey());
            } else if (field.getValue().isObject()) {
                merge(
                        object.get(field.getKey()) instanceof ObjectNode inner
                                ? inner
                                : object.putObject(field.getKey()),
                        field.getValue());
            } else {
                object.set(field.getKey(), field.getValue());
            }
        }
    }

    private static JsonNode resource(String name) {
        try (var in = RefusedPoliciesTest.class.getResourceAsStream(name)) {
            return YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
