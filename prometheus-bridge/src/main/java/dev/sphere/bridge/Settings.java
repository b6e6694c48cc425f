package dev.sphere.bridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Settings as they are written, checked against the schema: file, environment and sets in one. */
final class Settings {
    private static final String ENVIRONMENT = "SPHERE_BRIDGE_";

    /** What Kubernetes puts into a pod's environment for a Service that is called sphere-bridge. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT(_[0-9]+_(TCP|UDP|SCTP)(_.*)?)?");

    private static final YAMLMapper YAML =
            new YAMLMapper(
                    YAMLFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .build());
    private static final JsonNode SCHEMA = readSchema();
    private static final Schema VALIDATOR =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(withoutOurKeywords(SCHEMA.deepCopy()));

    private final String file;
    private final Path path;
    private final Map<String, String> sets;
    private final Map<String, String> env;

    /** By key; the first error about a key is the one that is told. */
    private final Map<String, String> errors = new LinkedHashMap<>();

    /** Where a value comes from, if not from the file. */
    private final Map<String, String> origins = new HashMap<>();

    Settings(Path path, Map<String, String> sets, Map<String, String> env) {
        this.path = path;
        this.file = path == null ? "settings" : path.toString();
        this.sets = sets;
        this.env = env;
    }

    static JsonNode schema() {
        return SCHEMA;
    }

    /** All settings with defaults filled in and secrets read. */
    JsonNode resolve() {
        ObjectNode root = readFile();
        fail();
        refuseSecrets(root, SCHEMA, "");
        applyEnvironment(root);
        applySets(root);
        fillDefaults(root, SCHEMA);
        checkSchema(root);
        fail();
        checkMeaning(root);
        fail();
        return root;
    }

    private void fail() {
        if (!errors.isEmpty()) {
            throw new BridgeConfigException(List.copyOf(errors.values()));
        }
    }

    private static JsonNode readSchema() {
        try (InputStream in = Settings.class.getResourceAsStream("/bridge.schema.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The validator warns of keywords that it does not know. */
    private static JsonNode withoutOurKeywords(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("type")) {
            object.remove(List.of("expected", "secret"));
        }
        schema.forEach(Settings::withoutOurKeywords);
        return schema;
    }

    private ObjectNode readFile() {
        ObjectNode empty = JsonNodeFactory.instance.objectNode();
        if (path == null) {
            return empty;
        }
        try {
            JsonNode node = YAML.readTree(Files.readAllBytes(path));
            if (node == null || node.isMissingNode() || node.isNull()) {
                return empty;
            }
            if (node instanceof ObjectNode object) {
                return object;
            }
            errors.put("", file + ": expected keys and values, not " + shown(node));
        } catch (NoSuchFileException e) {
            errors.put("", file + ": no such file");
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            errors.put(
                    "",
                    "%s: line %d, column %d: no YAML: %s"
                            .formatted(
                                    file,
                                    where == null ? 0 : where.getLineNr(),
                                    where == null ? 0 : where.getColumnNr(),
                                    e.getOriginalMessage().lines().findFirst().orElse("")));
        } catch (IOException e) {
            errors.put("", file + ": cannot be read: " + e.getMessage());
        }
        return empty;
    }

    private void refuseSecrets(JsonNode node, JsonNode schema, String prefix) {
        schema.path("properties")
                .properties()
                .forEach(
                        entry -> {
                            String key = prefix + entry.getKey();
                            JsonNode inner = node.path(entry.getKey());
                            if (entry.getValue().path("secret").asBoolean()
                                    && !inner.isMissingNode()) {
                                error(file, key, "******", secretExpected(key));
                            }
                            refuseSecrets(inner, entry.getValue(), key + ".");
                        });
    }

    private static String secretExpected(String key) {
        return "secrets are not written here: use %s-file or the environment (%s)"
                .formatted(key, environmentName(key));
    }

    static String environmentName(String key) {
        return ENVIRONMENT + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Keys that hold a value, with their schema, in the schema's order. */
    static Map<String, JsonNode> keys() {
        var keys = new LinkedHashMap<String, JsonNode>();
        collectKeys("", SCHEMA, keys::put);
        return keys;
    }

    private static void collectKeys(
            String prefix, JsonNode schema, BiConsumer<String, JsonNode> to) {
        schema.path("properties")
                .properties()
                .forEach(
                        entry -> {
                            JsonNode inner = dereferenced(entry.getValue());
                            if (inner.has("properties")) {
                                collectKeys(prefix + entry.getKey() + ".", inner, to);
                            } else {
                                to.accept(prefix + entry.getKey(), inner);
                            }
                        });
    }

    static JsonNode dereferenced(JsonNode schema) {
        if (!schema.has("$ref")) {
            return schema;
        }
        ObjectNode merged = SCHEMA.at(schema.get("$ref").textValue().substring(1)).deepCopy();
        schema.properties().forEach(entry -> merged.set(entry.getKey(), entry.getValue()));
        return merged;
    }

    private void applyEnvironment(ObjectNode root) {
        var byName = new TreeMap<String, String>();
        keys().keySet().forEach(key -> byName.put(environmentName(key), key));
        new TreeMap<>(env)
                .forEach(
                        (name, text) -> {
                            if (!name.startsWith(ENVIRONMENT)) {
                                return;
                            }
                            String key = byName.get(name);
                            boolean link =
                                    SERVICE_LINK.matcher(name).matches()
                                            && (key == null || text.contains("://"));
                            if (link) {
                                return;
                            }
                            if (key == null) {
                                errors.put(
                                        name,
                                        "environment: %s: unknown setting%s"
                                                .formatted(
                                                        name, suggestion(name, byName.keySet())));
                            } else {
                                origins.put(key, "environment " + name);
                                put(root, key, coerced(text, keys().get(key)));
                            }
                        });
    }

    private void applySets(ObjectNode root) {
        Map<String, JsonNode> keys = keys();
        new TreeMap<>(sets)
                .forEach(
                        (key, text) -> {
                            JsonNode schema = keys.get(key);
                            if (schema == null) {
                                errors.put(
                                        "--set " + key,
                                        "--set: %s: unknown key%s"
                                                .formatted(key, suggestion(key, keys.keySet())));
                            } else if (schema.path("secret").asBoolean()) {
                                error("--set", key, "******", secretExpected(key));
                            } else {
                                origins.put(key, "--set");
                                put(root, key, coerced(text, schema));
                            }
                        });
    }

    private static JsonNode coerced(String text, JsonNode schema) {
        switch (schema.path("type").asText()) {
            case "integer":
                // Else it stays a text, and the schema tells what was expected.
                return text.matches("-?[0-9]{1,9}")
                        ? IntNode.valueOf(Integer.parseInt(text))
                        : TextNode.valueOf(text);
            case "boolean":
                return text.equals("true") || text.equals("false")
                        ? BooleanNode.valueOf(Boolean.parseBoolean(text))
                        : TextNode.valueOf(text);
            case "array":
                if (text.stripLeading().startsWith("[")) {
                    try {
                        return YAML.readTree(text);
                    } catch (JsonProcessingException e) {
                        return TextNode.valueOf(text);
                    }
                }
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                for (String item : text.split(",")) {
                    if (!item.isBlank()) {
                        array.add(item.strip());
                    }
                }
                return array;
            default:
                return TextNode.valueOf(text);
        }
    }

    private static void put(ObjectNode root, String key, JsonNode value) {
        ObjectNode node = root;
        String[] names = key.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            JsonNode inner = node.get(names[i]);
            if (inner != null && !inner.isNull() && !inner.isObject()) {
                return; // the schema will tell that this is no place for keys
            }
            node = inner instanceof ObjectNode object ? object : node.putObject(names[i]);
        }
        node.set(names[names.length - 1], value);
    }

    private static void fillDefaults(ObjectNode node, JsonNode schema) {
        schema.path("properties")
                .properties()
                .forEach(
                        entry -> {
                            String name = entry.getKey();
                            JsonNode property = entry.getValue();
                            JsonNode present = node.get(name);
                            if (property.has("properties")) {
                                // "kafka:" with nothing behind it is null to YAML
                                if (present == null || present instanceof NullNode) {
                                    present = node.putObject(name);
                                }
                                if (present instanceof ObjectNode object) {
                                    fillDefaults(object, property);
                                }
                            } else if (present == null && property.has("default")) {
                                node.set(name, property.get("default").deepCopy());
                            }
                        });
    }

    private void checkSchema(ObjectNode root) {
        for (Error error : VALIDATOR.validate(root)) {
            String pointer = error.getInstanceLocation().toString();
            JsonNode node = root.at(pointer);
            String key = key(pointer);
            switch (error.getKeyword()) {
                case "additionalProperties" -> {
                    String name = error.getProperty();
                    String unknown = key.isEmpty() ? name : key + "." + name;
                    var known = new ArrayList<String>();
                    schemaAt(pointer).path("properties").fieldNames().forEachRemaining(known::add);
                    error(
                            origin(unknown),
                            unknown,
                            shown(node.path(name)),
                            "unknown key" + suggestion(name, known));
                }
                case "required" -> {
                    String missing = pointer + "/" + error.getProperty();
                    error(file, key(missing), "missing", expected(schemaAt(missing)));
                }
                default -> {
                    JsonNode schema = schemaAt(pointer);
                    String value = schema.path("secret").asBoolean() ? "******" : shown(node);
                    error(origin(key), key, value, expected(schema));
                }
            }
        }
    }

    private String origin(String key) {
        String element = key;
        while (!element.isEmpty()) {
            if (origins.containsKey(element)) {
                return origins.get(element);
            }
            int cut = Math.max(element.lastIndexOf('.'), element.lastIndexOf('['));
            element = cut < 0 ? "" : element.substring(0, cut);
        }
        return file;
    }

    private void error(String where, String key, String value, String expected) {
        errors.putIfAbsent(key, "%s: %s: %s, %s".formatted(where, key, value, expected));
    }

    /** {@code /scrape/targets/0/url} as people write it: {@code scrape.targets[0].url}. */
    private static String key(String pointer) {
        var key = new StringBuilder();
        for (String name : pointer.split("/")) {
            if (!name.isEmpty() && name.chars().allMatch(Character::isDigit)) {
                key.append('[').append(name).append(']');
            } else if (!name.isEmpty()) {
                key.append(key.isEmpty() ? "" : ".")
                        .append(name.replace("~1", "/").replace("~0", "~"));
            }
        }
        return key.toString();
    }

    private static JsonNode schemaAt(String pointer) {
        JsonNode schema = SCHEMA;
        for (String name : pointer.split("/")) {
            if (!name.isEmpty()) {
                JsonNode property = schema.path("properties").path(name);
                schema = dereferenced(property.isMissingNode() ? schema.path("items") : property);
            }
        }
        return schema;
    }

    private static String expected(JsonNode schema) {
        String what;
        if (schema.has("expected")) {
            what = schema.get("expected").textValue();
        } else if (schema.has("enum")) {
            var values = new ArrayList<String>();
            schema.get("enum").forEach(value -> values.add(value.textValue()));
            what = "one of " + String.join(", ", values);
        } else if (schema.path("type").asText().equals("integer")) {
            what =
                    schema.has("maximum")
                            ? "a whole number from %s to %s"
                                    .formatted(schema.get("minimum"), schema.get("maximum"))
                            : "a whole number from %s on".formatted(schema.get("minimum"));
        } else {
            what =
                    switch (schema.path("type").asText()) {
                        case "object" -> "keys and values";
                        case "array" -> "a list";
                        case "boolean" -> "true or false";
                        default -> "a text that is neither empty nor too long";
                    };
        }
        return "expected " + what;
    }

    private static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private static String suggestion(String given, Collection<String> known) {
        String best = null;
        int least = Math.max(2, given.length() / 4) + 1;
        for (String candidate : known) {
            int distance =
                    distance(given.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best == null ? "" : "; did you mean " + best + "?";
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** What a schema cannot say. */
    private void checkMeaning(ObjectNode root) {
        JsonNode scrape = root.path("scrape");
        for (int i = 0; i < scrape.path("targets").size(); i++) {
            check(
                    scrape.path("targets").path(i).path("url"),
                    "scrape.targets[%d].url".formatted(i),
                    Settings::isHttpUrl,
                    "expected an http or https URL such as http://127.0.0.1:8080/metrics");
        }
        for (int i = 0; i < scrape.path("rules").size(); i++) {
            JsonNode matchers = scrape.path("rules").path(i).path("match");
            for (int j = 0; j < matchers.size(); j++) {
                if (matchers.path(j).path("op").asText("=").endsWith("~")) {
                    check(
                            matchers.path(j).path("value"),
                            "scrape.rules[%d].match[%d].value".formatted(i, j),
                            Settings::isRegex,
                            "expected a regular expression");
                }
            }
        }
        checkSize(root, "kafka", "max-record", 1L << 10, 512L << 10, "from 1KiB to 512KiB");
        checkSize(root, "kafka", "buffer", 1L << 20, Long.MAX_VALUE, "from 1MiB on");
        checkSize(root, "scrape", "body-limit", 1L << 10, 1L << 30, "from 1KiB to 1GiB");
        checkDeliveryTimeout(root.path("kafka"));
        checkFiles((ObjectNode) root.path("kafka"));
    }

    private void check(JsonNode node, String key, Predicate<String> valid, String expected) {
        if (!valid.test(node.textValue())) {
            error(origin(key), key, shown(node), expected);
        }
    }

    private static boolean isHttpUrl(String text) {
        try {
            return new URI(text).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isRegex(String text) {
        try {
            Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private void checkSize(
            JsonNode root, String section, String name, long min, long max, String range) {
        JsonNode node = root.path(section).path(name);
        long bytes = BridgeConfig.size(node);
        if (bytes < min || bytes > max) {
            String key = section + "." + name;
            error(origin(key), key, shown(node), "expected a size " + range);
        }
    }

    private void checkDeliveryTimeout(JsonNode kafka) {
        var least =
                BridgeConfig.duration(kafka.path("linger"))
                        .plus(BridgeConfig.duration(kafka.path("request-timeout")));
        var given = BridgeConfig.duration(kafka.path("delivery-timeout"));
        if (given.compareTo(least) < 0 || given.toMillis() > Integer.MAX_VALUE) {
            error(
                    origin("kafka.delivery-timeout"),
                    "kafka.delivery-timeout",
                    shown(kafka.path("delivery-timeout")),
                    "expected at least kafka.linger + kafka.request-timeout, at most 596h");
        }
    }

    private void checkFiles(ObjectNode kafka) {
        if (kafka.has("ca-file")) {
            check(
                    kafka.get("ca-file"),
                    "kafka.ca-file",
                    name -> new File(name).canRead(),
                    "expected a file that can be read");
        }
        if (kafka.has("password-file")) {
            readPassword(kafka);
        }
        boolean sasl = kafka.path("security-protocol").textValue().startsWith("SASL");
        for (String name : List.of("username", "password")) {
            if (sasl && !kafka.has(name)) {
                error(
                        file,
                        "kafka." + name,
                        "missing",
                        name.equals("password")
                                ? "expected kafka.password-file or "
                                        + environmentName("kafka.password")
                                : "expected with kafka.security-protocol SASL_*");
            }
        }
    }

    private void readPassword(ObjectNode kafka) {
        JsonNode name = kafka.get("password-file");
        String expected = "expected a file that can be read, with the password in its first line";
        if (kafka.has("password")) {
            error(
                    origin("kafka.password-file"),
                    "kafka.password-file",
                    shown(name),
                    "expected either this or " + environmentName("kafka.password"));
            return;
        }
        try (var in = new FileInputStream(name.textValue())) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String password = text.lines().findFirst().orElse("");
            if (password.isEmpty()) {
                error(origin("kafka.password-file"), "kafka.password-file", shown(name), expected);
            }
            kafka.put("password", password);
        } catch (IOException e) {
            error(origin("kafka.password-file"), "kafka.password-file", shown(name), expected);
        }
    }
}
