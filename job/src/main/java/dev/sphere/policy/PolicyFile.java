package dev.sphere.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Policies from YAML, one {@code PredictiveAutoscaler} a document, checked as Kubernetes checks it.
 * Every error is told, not only the first: file, document, field, value, what was expected.
 */
public final class PolicyFile {
    private static final ObjectReader YAML =
            new YAMLMapper(
                            YAMLFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .readerFor(JsonNode.class);

    /** What Kubernetes itself knows of a resource, as far as a person writes it. */
    private static final StructuralSchema DOCUMENT =
            StructuralSchema.of(
                    tree(
                            """
                            type: object
                            required: [apiVersion, kind, metadata, spec]
                            properties:
                              apiVersion: {type: string, enum: [autoscaling.sphere.dev/v1alpha1]}
                              kind: {type: string, enum: [PredictiveAutoscaler]}
                              metadata:
                                type: object
                                required: [name]
                                properties:
                                  name:
                                    type: string
                                    maxLength: 253
                                    pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$'
                                    description: A DNS name in lower case.
                                  namespace:
                                    type: string
                                    maxLength: 63
                                    pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'
                                    description: A DNS label in lower case.
                                    default: default
                                  labels: {type: object, additionalProperties: {type: string}}
                                  annotations: {type: object, additionalProperties: {type: string}}
                              spec: {x-kubernetes-preserve-unknown-fields: true}
                            """));

    private final List<String> errors = new ArrayList<>();
    private final List<Policy> policies = new ArrayList<>();

    /** Where a target, or a name, was met first. */
    private final Map<String, String> targets = new HashMap<>();

    private final Map<String, String> names = new HashMap<>();

    private PolicyFile() {}

    /**
     * Reads one file.
     *
     * @throws PolicyException with all that is wrong with it
     */
    public static List<Policy> read(Path path) {
        return readAll(List.of(path));
    }

    /**
     * Reads several files whose policies belong together.
     *
     * @throws PolicyException with all that is wrong with any of them
     */
    public static List<Policy> readAll(List<Path> paths) {
        PolicyFile all = new PolicyFile();
        for (Path path : paths) {
            try {
                all.add(path.toString(), Files.readString(path));
            } catch (CharacterCodingException e) {
                all.errors.add(path + ": not UTF-8, expected YAML in UTF-8");
            } catch (IOException e) {
                all.errors.add(path + ": cannot be read (" + e + "), expected a YAML file");
            }
        }
        return all.policies();
    }

    /**
     * Reads a text.
     *
     * @param file where the text is from; errors begin with it
     * @throws PolicyException with all that is wrong with it
     */
    public static List<Policy> parse(String file, String yaml) {
        PolicyFile one = new PolicyFile();
        one.add(file, yaml);
        return one.policies();
    }

    private List<Policy> policies() {
        if (!errors.isEmpty()) {
            throw new PolicyException(errors);
        }
        return policies;
    }

    private void add(String file, String yaml) {
        int number = 0;
        int empty = 0;
        try (MappingIterator<JsonNode> documents = YAML.readValues(yaml)) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                number++;
                if (isEmpty(document)) {
                    empty++; // as "---" at the end leaves one
                } else {
                    addDocument(file + ", document " + number, document);
                }
            }
            if (number == empty) {
                errors.add(file + ": empty, expected a PredictiveAutoscaler in each document");
            }
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            String what = e.getOriginalMessage().lines().findFirst().orElse("");
            errors.add(file + where + ": " + what + "; expected YAML");
        } catch (IOException e) {
            errors.add(file + ": " + e + "; expected YAML");
        }
    }

    private void addDocument(String here, JsonNode document) {
        List<PolicyError> found = new ArrayList<>();
        DOCUMENT.apply(document, "", found::add);
        String namespace = document.at("/metadata/namespace").asText();
        JsonNode name = document.at("/metadata/name");
        String title = here;
        if (name.isTextual()) {
            String key = namespace + "/" + name.textValue();
            title += " (" + key + ")";
            String first = names.putIfAbsent(key, here);
            if (first != null) {
                found.add(taken("metadata.name", name, "name", first));
            }
        }
        if (document.has("spec")) {
            policies.add(PolicyReader.read(namespace, document.get("spec"), found::add));
            JsonNode target = document.at("/spec/scaleTargetRef/name");
            if (target.isTextual()) {
                String first = targets.putIfAbsent(namespace + "/" + target.textValue(), here);
                if (first != null) {
                    found.add(taken("spec.scaleTargetRef.name", target, "target", first));
                }
            }
        }
        for (PolicyError error : found) {
            errors.add(title + ", " + error);
        }
    }

    private static PolicyError taken(String path, JsonNode value, String what, String first) {
        return PolicyError.of(
                path,
                value,
                "expected a "
                        + what
                        + " that no other policy of the namespace has; "
                        + first
                        + " has the same");
    }

    private static JsonNode tree(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isEmpty(JsonNode root) {
        return root == null
                || root.isNull()
                || root.isMissingNode()
                || (root.isTextual() && root.textValue().isEmpty());
    }
}
