package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shop's policies against the definition of the custom resource. */
class PredictiveAutoscalerSchemaTest {
    static Stream<Manifest> policies() {
        return Manifest.in(Manifest.HOME.resolve("sock-shop/policies")).stream();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void theDefinitionKnowsEachFieldAndTakesEachValue(Manifest policy) throws IOException {
        assertThat(check().errors(policy.tree())).isEmpty();
    }

    @Test
    void aMisspeltFieldIsFound() throws IOException {
        assertThat(errorsAfter(spec -> spec.put("minReplica", 1)))
                .singleElement()
                .asString()
                .contains("minReplica");
    }

    @Test
    void aWrongEnumIsFound() throws IOException {
        assertThat(errorsAfter(spec -> spec.put("mode", "Always")))
                .singleElement()
                .asString()
                .contains("mode")
                .contains("Recommend");
    }

    @Test
    void aNumberIsNoQuantity() throws IOException {
        assertThat(
                        errorsAfter(
                                spec ->
                                        ((ObjectNode) spec.at("/signals/0/limit"))
                                                .put("averageValue", 38.9)))
                .isNotEmpty()
                .allMatch(error -> error.contains("averageValue"));
    }

    private static List<String> errorsAfter(Consumer<ObjectNode> change) throws IOException {
        ObjectNode copy = policies().findFirst().orElseThrow().tree().deepCopy();
        change.accept((ObjectNode) copy.get("spec"));
        return check().errors(copy);
    }

    private static SchemaCheck check() throws IOException {
        try (var in = Files.newInputStream(Manifest.FOLDER.resolve("05-crd.yaml"))) {
            return SchemaCheck.ofDefinition(in, "v1alpha1");
        }
    }
}
