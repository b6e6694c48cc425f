package dev.sphere;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A YAML file checked against a JSON Schema, after what the environment and the command line
 * override, and completed by the schema's defaults. All that is wrong is told at once, without the
 * values of what the schema calls {@code secret}.
 */
final class ConfigFile {
    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** What Kubernetes puts into the environment of pods beside a Service with such a name. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT(_[0-9]+_(TCP|UDP|SCTP)(_.*)?)?");

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
     *     the file; one with the prefix that is no setting is an error
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

    /** What holds where a file says nothing. */
    static ObjectNode defaults(String schemaResource) throws IOException {
        try (var in = ConfigFile.class.getResourceAsStream(schemaResource)) {
            var schema = YAML.readTree(in);
            ObjectNode config = YAML.createObjectNode();
            complete(config, schema);
            return config;
        }
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
            // Without the snippet, and without the cause that has it: there may be secrets in it.
            throw new IllegalArgumentException(
                    "%s: line %d: not YAML: %s"
                            .formatted(
                                    file,
                                    e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                                    e.getOriginalMessage().lines().findFirst().orElse("")));
        }
        dropEmpty(config, schema);
        Set<String> variables = new HashSet<>();
        override(config, environment, "", schema, variables);
        for (String variable : new TreeSet<>(environment.keySet())) {
            if (variable.startsWith(environmentPrefix)
                    && !variables.contains(variable)
                    && !SERVICE_LINK.matcher(variable).matches()) {
                errors.add(
                        "environment %s: expected %s and the name of a setting"
                                .formatted(variable, environmentPrefix));
            }
        }
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
            ObjectNode config,
            Map<String, String> environment,
            String path,
            JsonNode at,
            Set<String> variables) {
        for (var property : at.path("properties").properties()) {
            String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            String variable =
                    environmentPrefix + key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
            variables.add(variable);
            if (environment.containsKey(variable)) {
                put(config, key, environment.get(variable), "environment " + variable);
            }
            override(config, environment, key, property.getValue(), variables);
        }
    }

    private void put(ObjectNode config, String key, String value, String origin) {
        ObjectNode parent = config;
        var at = schema;
        var pointer = JsonPointer.empty();
        String rest = key;
        while (true) {
            // A level whose names are free may have dots in them.
            boolean free = at.path("additionalProperties").isObject();
            int dot = free ? -1 : rest.indexOf('.');
            String name = dot < 0 ? rest : rest.substring(0, dot);
            var setting = free ? at.get("additionalProperties") : at.path("properties").path(name);
            if (setting.isMissingNode()) {
                errors.add(origin + ": " + named(pointer.toString()) + unknown(name, at));
                return;
            }
            pointer = pointer.appendProperty(name);
            if (dot >= 0 && !setting.path("type").asText().equals("object")) {
                errors.add(
                        origin
                                + ": "
                                + named(pointer.toString())
                                + unknown(rest.substring(dot + 1), setting));
                return;
            }
            if (dot < 0) {
                origins.put(pointer.toString(), origin);
                parent.set(name, parsed(value, resolved(setting)));
                return;
            }
            parent =
                    parent.get(name) instanceof ObjectNode object ? object : parent.putObject(name);
            at = setting;
            rest = rest.substring(dot + 1);
        }
    }

    /** Texts stay as they are, or else {@code 1} would be no name. */
    private static JsonNode parsed(String value, JsonNode setting) {
        var type = setting.path("type");
        boolean isText = type.asText().equals("string");
        for (var one : type) {
            isText |= one.asText().equals("string");
        }
        if (isText) {
            return YAML.getNodeFactory().textNode(value);
        }
        try {
            var parsed = YAML.readTree(value);
            return parsed.isMissingNode() ? YAML.nullNode() : parsed;
        } catch (JsonProcessingException e) {
            return YAML.getNodeFactory().textNode(value);
        }
    }

    private JsonNode resolved(JsonNode setting) {
        return setting.has("$ref") ? schema.at(setting.get("$ref").asText().substring(1)) : setting;
    }

    /** What is empty in the file is as good as absent. */
    private static void dropEmpty(ObjectNode config, JsonNode at) {
        boolean free = at.path("additionalProperties").isObject();
        for (var entry : List.copyOf(config.properties())) {
            var setting = at.path("properties").path(entry.getKey());
            if (entry.getValue().isNull() && (free || !setting.isMissingNode())) {
                config.remove(entry.getKey());
            } else if (entry.getValue() instanceof ObjectNode object) {
                dropEmpty(object, setting);
            }
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
        String key = named(pointer);
        String origin = origins.getOrDefault(pointer, file.toString());
        var value = config.at(pointer);
        String found = value.isValueNode() ? (isSecret(pointer) ? "***" : value) + ": " : "";
        return switch (error.getKeyword()) {
            case "required" ->
                    "%s: %s%s is missing".formatted(origin, key, error.getArguments()[0]);
            case "additionalProperties" ->
                    "%s: %s%s"
                            .formatted(
                                    origin,
                                    key,
                                    unknown(error.getArguments()[0].toString(), at(pointer)));
            case "pattern" -> "%s: %s%sexpected %s".formatted(origin, key, found, described(error));
            default -> "%s: %s%sexpected: %s".formatted(origin, key, found, error.getMessage());
        };
    }

    /** The key before a message about it, as it is written after {@code --set}. */
    private static String named(String pointer) {
        List<String> names = new ArrayList<>();
        for (var at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
            names.add(at.getMatchingProperty());
        }
        return names.isEmpty() ? "" : String.join(".", names) + ": ";
    }

    private static String unknown(String name, JsonNode beside) {
        List<String> names = new ArrayList<>();
        beside.path("properties").fieldNames().forEachRemaining(names::add);
        return name
                + " is not a setting"
                + (names.isEmpty() ? "" : "; expected one of " + String.join(", ", names));
    }

    private JsonNode at(String pointer) {
        var setting = schema;
        for (var at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
            setting = setting.path("properties").path(at.getMatchingProperty());
        }
        return setting;
    }

    private boolean isSecret(String pointer) {
        var setting = schema;
        boolean secret = false;
        for (var at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
            setting = setting.path("properties").path(at.getMatchingProperty());
            secret |= setting.path("secret").asBoolean();
        }
        return secret;
    }

    /** What the schema says of itself where it was broken. */
    private String described(Error error) {
        String location = error.getSchemaLocation().getFragment().toString();
        return schema.at(location.substring(0, location.lastIndexOf('/')))
                .path("description")
                .asText(error.getMessage());
    }
}
