package dev.sphere;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A YAML file checked against a JSON Schema, after what the environment and the command line
 * override, and completed by the schema's defaults. All that is wrong is told at once.
 */
final class ConfigFile {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final JsonNode schema;
    private final String environmentPrefix;
    private final List<String> errors = new ArrayList<>();
    private final Map<String, String> origins = new HashMap<>();

    private ConfigFile(JsonNode schema, String environmentPrefix) {
        this.schema = schema;
        this.environmentPrefix = environmentPrefix;
    }

    /**
     * @param sets dotted key to value, as given by {@code --set key=value}
     * @param environment a variable named prefix + key, in capitals and with underscores, overrides
     *     the file
     * @throws IllegalArgumentException naming the file, key, value and what was expected, for all
     *     that is wrong
     */
    static ObjectNode read(
            Path file,
            Map<String, String> sets,
            Map<String, String> environment,
            String environmentPrefix,
            String schemaResource)
            throws IOException {
        JsonNode schema;
        try (var in = ConfigFile.class.getResourceAsStream(schemaResource)) {
            schema = YAML.readTree(in);
        }
        return new ConfigFile(schema, environmentPrefix).read(file, sets, environment);
    }

    private ObjectNode read(Path file, Map<String, String> sets, Map<String, String> environment)
            throws IOException {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(file + ": expected a readable YAML file");
        }
        ObjectNode config = YAML.createObjectNode();
        try {
            var tree = YAML.readTree(Files.readString(file));
            if (tree instanceof ObjectNode object) {
                config = object;
            } else if (!tree.isMissingNode() && !tree.isNull()) {
                errors.add(file + ": expected keys and values, found " + tree.getNodeType());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "%s: line %d: not YAML: %s"
                            .formatted(
                                    file,
                                    e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                                    e.getOriginalMessage()),
                    e);
        }
        override(config, environment, "", schema);
        for (var set : sets.entrySet()) {
            put(config, set.getKey(), set.getValue(), "--set " + set.getKey());
        }
        complete(config, schema);
        for (Error error :
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(schema)
                        .validate(config)) {
            errors.add(describe(file, config, error));
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), errors));
        }
        return config;
    }

    private void override(
            ObjectNode config, Map<String, String> environment, String path, JsonNode at) {
        for (var property : at.path("properties").properties()) {
            String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            String variable =
                    environmentPrefix + key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
            if (environment.containsKey(variable)) {
                put(config, key, environment.get(variable), "environment " + variable);
            }
            override(config, environment, key, property.getValue());
        }
    }

    private void put(ObjectNode config, String key, String value, String origin) {
        String[] names = key.split("\\.");
        ObjectNode parent = config;
        for (int i = 0; i < names.length - 1; i++) {
            parent =
                    parent.get(names[i]) instanceof ObjectNode object
                            ? object
                            : parent.putObject(names[i]);
        }
        origins.put("/" + String.join("/", names), origin);
        try {
            var parsed = YAML.readTree(value);
            parent.set(names[names.length - 1], parsed.isMissingNode() ? null : parsed);
        } catch (JsonProcessingException e) {
            parent.put(names[names.length - 1], value);
        }
    }

    private static void complete(ObjectNode config, JsonNode schema) {
        for (var property : schema.path("properties").properties()) {
            var value = config.get(property.getKey());
            if (value == null && property.getValue().has("default")) {
                config.set(property.getKey(), property.getValue().get("default"));
            } else if (property.getValue().has("properties")) {
                if (value == null) {
                    value = config.putObject(property.getKey());
                }
                if (value instanceof ObjectNode object) {
                    complete(object, property.getValue());
                }
            }
        }
    }

    private String describe(Path file, ObjectNode config, Error error) {
        String pointer = error.getInstanceLocation().toString();
        String key = pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.') + ": ";
        String origin = origins.getOrDefault(pointer, file.toString());
        var value = config.at(pointer);
        String found = value.isValueNode() ? value + ": " : "";
        return switch (error.getKeyword()) {
            case "required" ->
                    "%s: %s%s is missing".formatted(origin, key, error.getArguments()[0]);
            case "additionalProperties" ->
                    "%s: %s%s is not a setting; expected one of %s"
                            .formatted(
                                    origin,
                                    key,
                                    error.getArguments()[0],
                                    String.join(", ", settingsBeside(pointer)));
            case "pattern" -> "%s: %s%sexpected %s".formatted(origin, key, found, described(error));
            default -> "%s: %s%sexpected: %s".formatted(origin, key, found, error.getMessage());
        };
    }

    private List<String> settingsBeside(String pointer) {
        var at = schema;
        for (String name : pointer.split("/")) {
            at = name.isEmpty() ? at : at.path("properties").path(name);
        }
        List<String> names = new ArrayList<>();
        at.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** What the schema says of itself where it was broken. */
    private String described(Error error) {
        String location = error.getSchemaLocation().getFragment().toString();
        return schema.at(location.substring(0, location.lastIndexOf('/')))
                .path("description")
                .asText(error.getMessage());
    }
}
