package dev.sphere.policy.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The definition that Kubernetes gets is the one that the classes say. */
class DefinitionTest {
    private static final Path COMMITTED = Path.of("../flink-k8s/05-crd.yaml");

    private static final String COMMAND =
            "mvn -pl job -am test -Dtest=DefinitionTest -Dsurefire.failIfNoSpecifiedTests=false"
                    + " -Dsphere.definition=write";

    private static final YAMLMapper YAML =
            YAMLMapper.builder()
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .build();

    @TempDir Path folder;

    @Test
    void isGeneratedFromTheClasses() throws IOException {
        String generated = generated();
        if ("write".equals(System.getProperty("sphere.definition"))) {
            Files.writeString(COMMITTED, generated);
        }

        assertThat(Files.readString(COMMITTED))
                .as("flink-k8s/05-crd.yaml; this writes it anew: " + COMMAND)
                .isEqualTo(generated);
    }

    private String generated() throws IOException {
        new CRDGenerator()
                .customResourceClasses(PredictiveAutoscaler.class)
                .forCRDVersions("v1")
                .inOutputDir(folder.toFile())
                .generate();
        try (var files = Files.list(folder)) {
            var definition = YAML.readTree(files.findFirst().orElseThrow().toFile());
            var version = (ObjectNode) definition.at("/spec/versions/0");
            inTheirOrder(version);
            complete((ObjectNode) version.at("/schema/openAPIV3Schema"));
            return "# Generated from job/src/main/java/dev/sphere/policy/v1alpha1. Written anew by\n# "
                    + COMMAND
                    + "\n"
                    + YAML.writeValueAsString(definition);
        }
    }

    /** The generator sorts columns by path; kubectl shows them as they are listed. */
    private static void inTheirOrder(ObjectNode version) {
        Map<String, JsonNode> columns = new HashMap<>();
        version.get("additionalPrinterColumns")
                .forEach(column -> columns.put(column.get("name").asText(), column));
        var ordered = version.putArray("additionalPrinterColumns");
        for (var column :
                PredictiveAutoscaler.class.getAnnotationsByType(AdditionalPrinterColumn.class)) {
            ordered.add(columns.get(column.name()));
        }
    }

    /**
     * Adds what the generator has no annotation for: all that is an integer or a string is a
     * quantity; lists are merged by the name of their items, if these must have one, else replaced.
     */
    private static void complete(ObjectNode schema) {
        for (String bound : List.of("minimum", "maximum")) {
            if (schema.path(bound).isDouble()
                    && schema.get(bound).doubleValue() == schema.get(bound).longValue()) {
                schema.put(bound, schema.get(bound).longValue());
            }
        }
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            schema.put("minimum", 0);
            schema.put("maxLength", Quantities.LONGEST);
            schema.put("pattern", Quantities.PATTERN);
        }
        if (schema.path("type").asText().equals("array")) {
            boolean named = false;
            for (JsonNode required : schema.at("/items/required")) {
                named |= required.asText().equals("name");
            }
            schema.put("x-kubernetes-list-type", named ? "map" : "atomic");
            if (named) {
                schema.putArray("x-kubernetes-list-map-keys").add("name");
            }
            complete((ObjectNode) schema.get("items"));
        }
        schema.path("properties").forEach(property -> complete((ObjectNode) property));
    }
}
