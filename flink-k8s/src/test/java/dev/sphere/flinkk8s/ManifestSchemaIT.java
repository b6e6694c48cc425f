package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sphere.local.FetchedTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest against Kubernetes' own schemas, of the oldest and newest version in use. */
@Tag("needs-tools")
class ManifestSchemaIT {
    private static List<Path> versions;

    @BeforeAll
    static void fetch() throws IOException {
        var schemas = FetchedTool.fetch(Manifest.HOME, "kubernetes-schemas").folder();
        try (var listed = Files.list(schemas)) {
            versions = listed.sorted().toList();
        }
        assertThat(versions).hasSizeGreaterThan(1);
    }

    static Stream<Manifest> manifests() {
        return Stream.concat(
                Manifest.all().stream()
                        .filter(manifest -> !manifest.kind().equals("FlinkDeployment")),
                Manifest.in(Manifest.HOME.resolve("sock-shop/kubernetes")).stream());
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void kubernetesKnowsEachFieldAndTakesEachValue(Manifest manifest) throws IOException {
        assertThat(SchemaCheck.errors(versions, manifest.tree())).isEmpty();
    }

    @Test
    void aMisspeltFieldIsFound() throws IOException {
        ObjectNode copy = Manifest.named("Deployment", "valkey").tree().deepCopy();
        ((ObjectNode) copy.at("/spec/template/spec")).put("enableServiceLink", false);

        assertThat(SchemaCheck.errors(versions, copy))
                .hasSameSizeAs(versions)
                .allMatch(error -> error.contains("enableServiceLink"));
    }

    @Test
    void aWrongTypeIsFound() throws IOException {
        ObjectNode copy = Manifest.named("Deployment", "valkey").tree().deepCopy();
        ((ObjectNode) copy.at("/spec")).put("replicas", "one");

        assertThat(SchemaCheck.errors(versions, copy))
                .hasSameSizeAs(versions)
                .allMatch(error -> error.contains("replicas"));
    }

    @Test
    void aWrongEnumIsFound() throws IOException {
        ObjectNode copy = Manifest.named("Deployment", "valkey").tree().deepCopy();
        copy.put("apiVersion", "apps/v1beta2");

        assertThatThrownBy(() -> SchemaCheck.errors(versions, copy))
                .hasMessageContaining("apps/v1beta2 Deployment is no kind of Kubernetes");
        assertThat(SchemaCheck.ofKubernetes(versions.get(0), "apps/v1", "Deployment").errors(copy))
                .singleElement()
                .asString()
                .contains("apiVersion")
                .contains("apps/v1");
    }
}
