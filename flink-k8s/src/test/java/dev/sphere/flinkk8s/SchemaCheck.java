package dev.sphere.flinkk8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells what is wrong with an object according to a schema; unknown fields are wrong. */
record SchemaCheck(Schema schema) {
    /** One for each version: its definitions are read once. */
    private static final Map<Path, SchemaRegistry> REGISTRIES = new ConcurrentHashMap<>();

    private static final String DEFINITIONS = "https://kubernetes.io/api/_definitions.json";

    List<String> errors(JsonNode object) {
        return schema.validate(object).stream().map(error -> error.toString()).sorted().toList();
    }

    /**
     * Of one of Kubernetes' own kinds.
     *
     * @param folder of one version's schemas
     */
    static SchemaCheck ofKubernetes(Path folder, String apiVersion, String kind)
            throws IOException {
        // networking.k8s.io/v1, NetworkPolicy: networkpolicy-networking-v1.json
        String file =
                kind.toLowerCase(Locale.ROOT)
                        + "-"
                        + apiVersion.replaceFirst("^([^./]*)(\\.[^/]*)?/", "$1-")
                        + ".json";
        if (!Files.exists(folder.resolve(file))) {
            throw new IOException(
                    "%s %s is no kind of Kubernetes: there is no %s in %s"
                            .formatted(apiVersion, kind, file, folder));
        }
        SchemaRegistry registry = REGISTRIES.get(folder);
        if (registry == null) {
            String definitions = Files.readString(folder.resolve("_definitions.json"));
            registry =
                    SchemaRegistry.withDefaultDialect(
                            SpecificationVersion.DRAFT_2020_12,
                            builder -> builder.schemas(Map.of(DEFINITIONS, definitions)));
            REGISTRIES.put(folder, registry);
        }
        return new SchemaCheck(
                registry.getSchema(new ObjectMapper().readTree(folder.resolve(file).toFile())));
    }

    /** Of a custom resource, as its definition says in openAPIV3Schema. */
    static SchemaCheck ofDefinition(InputStream yaml, String version) throws IOException {
        JsonNode definition = Manifest.YAML.readTree(yaml);
        for (JsonNode served : definition.at("/spec/versions")) {
            if (served.path("name").asText().equals(version)) {
                ObjectNode schema = served.at("/schema/openAPIV3Schema").deepCopy();
                strict(schema);
                ObjectNode own = (ObjectNode) schema.get("properties");
                own.putObject("apiVersion")
                        .put("const", definition.at("/spec/group").asText() + "/" + version);
                own.putObject("kind").put("const", definition.at("/spec/names/kind").asText());
                own.putObject("metadata").put("type", "object");
                return new SchemaCheck(
                        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(schema));
            }
        }
        throw new IOException("version %s is not in the definition".formatted(version));
    }

    /** What the API server would prune in silence becomes an error. */
    private static void strict(ObjectNode schema) {
        boolean open =
                schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                        || schema.has("additionalProperties");
        if (schema.path("type").asText().equals("object") && !open) {
            schema.put("additionalProperties", false);
        }
        if (schema.path("nullable").asBoolean() && schema.has("type")) {
            String type = schema.get("type").asText();
            schema.putArray("type").add(type).add("null");
        }
        if (schema.path("exclusiveMinimum").isBoolean()) {
            // as OpenAPI 3.0 has it; in JSON Schema since then it is the bound itself
            schema.set("exclusiveMinimum", schema.remove("minimum"));
        }
        schema.path("properties").forEach(SchemaCheck::strictIfSchema);
        strictIfSchema(schema.path("additionalProperties"));
        strictIfSchema(schema.path("items"));
    }

    private static void strictIfSchema(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            strict(schema);
        }
    }

    /** Checks the same object in several versions of its schema. */
    static List<String> errors(List<Path> versions, JsonNode object) throws IOException {
        List<String> errors = new ArrayList<>();
        for (Path version : versions) {
            ofKubernetes(version, object.path("apiVersion").asText(), object.path("kind").asText())
                    .errors(object)
                    .forEach(error -> errors.add(version.getFileName() + ": " + error));
        }
        return errors;
    }
}
