package dev.sphere.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A structural schema, as the definitions of custom resources have it, applied as the API server
 * applies it.
 *
 * <ul>
 *   <li>What is null is as good as absent, and defaults come before everything else.
 *   <li>Unknown fields are told, as {@code kubectl apply} does.
 *   <li>A keyword that this class does not know is refused when the schema is read, so that nothing
 *       is checked less than there. Rules in CEL are not evaluated: {@link PolicyRules} has them.
 * </ul>
 */
final class StructuralSchema {
    private static final Set<String> KNOWN =
            Set.of(
                    "additionalProperties",
                    "anyOf",
                    "default",
                    "description",
                    "enum",
                    "exclusiveMinimum",
                    "items",
                    "maxItems",
                    "maxLength",
                    "maximum",
                    "minItems",
                    "minLength",
                    "minimum",
                    "pattern",
                    "properties",
                    "required",
                    "type",
                    "x-kubernetes-int-or-string",
                    "x-kubernetes-list-map-keys",
                    "x-kubernetes-list-type",
                    "x-kubernetes-preserve-unknown-fields",
                    "x-kubernetes-validations");

    private final JsonNode root;

    private StructuralSchema(JsonNode root) {
        this.root = root;
    }

    /**
     * @throws IllegalArgumentException if it has a keyword that is not known here
     */
    static StructuralSchema of(JsonNode root) {
        refuseUnknownKeywords(root);
        return new StructuralSchema(root);
    }

    private static void refuseUnknownKeywords(JsonNode schema) {
        schema.fieldNames()
                .forEachRemaining(
                        keyword -> {
                            if (!KNOWN.contains(keyword)) {
                                throw new IllegalArgumentException(
                                        keyword + ": expected a keyword of " + KNOWN);
                            }
                        });
        if (schema.has("anyOf") && !isIntOrString(schema)) {
            throw new IllegalArgumentException("anyOf: expected with an integer or string only");
        }
        schema.path("properties").forEach(StructuralSchema::refuseUnknownKeywords);
        if (schema.has("items")) {
            refuseUnknownKeywords(schema.get("items"));
        }
        if (schema.path("additionalProperties").isObject()) {
            refuseUnknownKeywords(schema.get("additionalProperties"));
        }
    }

    /**
     * Completes an object by the defaults, and tells what is wrong with it then.
     *
     * @param path of the object, for the errors
     */
    void apply(JsonNode object, String path, Consumer<PolicyError> errors) {
        complete(object, root);
        check(object, root, path, errors);
    }

    private static void complete(JsonNode value, JsonNode schema) {
        if (value instanceof ObjectNode object) {
            for (var property : schema.path("properties").properties()) {
                JsonNode field = object.get(property.getKey());
                if (field == null || field.isNull()) {
                    object.remove(property.getKey());
                    field = property.getValue().get("default");
                    if (field != null) {
                        object.set(property.getKey(), field.deepCopy());
                    }
                }
                complete(object.get(property.getKey()), property.getValue());
            }
        } else if (value != null && value.isArray()) {
            value.forEach(item -> complete(item, schema.path("items")));
        }
    }

    private static void check(
            JsonNode value, JsonNode schema, String path, Consumer<PolicyError> errors) {
        boolean right =
                isIntOrString(schema)
                        ? isQuantity(value, schema)
                        : switch (schema.path("type").asText()) {
                            case "object" -> value.isObject();
                            case "array" -> value.isArray() && hasSize(value, schema);
                            case "string" -> value.isTextual() && isText(value, schema);
                            case "integer" -> value.isIntegralNumber() && isWithin(value, schema);
                            case "number" -> value.isNumber() && isWithin(value, schema);
                            case "boolean" -> value.isBoolean();
                            default -> true;
                        };
        if (!right) {
            errors.accept(PolicyError.of(path, value, "expected " + expected(schema)));
        } else if (value.isObject()) {
            checkFields(value, schema, path, errors);
        } else if (value.isArray()) {
            checkItems(value, schema, path, errors);
        }
    }

    private static void checkFields(
            JsonNode object, JsonNode schema, String path, Consumer<PolicyError> errors) {
        JsonNode known = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        for (var field : object.properties()) {
            String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (known.has(field.getKey())) {
                check(field.getValue(), known.get(field.getKey()), name, errors);
            } else if (others.isObject()) {
                check(field.getValue(), others, name, errors);
            } else if (!schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
                errors.accept(
                        PolicyError.of(
                                name,
                                field.getValue(),
                                "expected no such field, only " + names(known)));
            }
        }
        for (JsonNode required : schema.path("required")) {
            if (!object.has(required.asText())) {
                String name = path.isEmpty() ? required.asText() : path + "." + required.asText();
                errors.accept(PolicyError.of(name, null, "expected a value"));
            }
        }
    }

    private static void checkItems(
            JsonNode list, JsonNode schema, String path, Consumer<PolicyError> errors) {
        Set<List<JsonNode>> met = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String at = path + "[" + i + "]";
            JsonNode item = list.get(i);
            check(item, schema.get("items"), at, errors);
            List<JsonNode> keys = new ArrayList<>();
            schema.path("x-kubernetes-list-map-keys")
                    .forEach(key -> keys.add(item.path(key.asText())));
            if (!keys.isEmpty() && !met.add(keys)) {
                String key = schema.at("/x-kubernetes-list-map-keys/0").asText();
                errors.accept(
                        PolicyError.of(
                                at + "." + key,
                                item.get(key),
                                "expected a " + key + " that is not listed yet"));
            }
        }
    }

    private static boolean isIntOrString(JsonNode schema) {
        return schema.path("x-kubernetes-int-or-string").asBoolean();
    }

    private static boolean isQuantity(JsonNode value, JsonNode schema) {
        return value.isTextual()
                ? isText(value, schema)
                : value.isIntegralNumber() && isWithin(value, schema);
    }

    private static boolean isText(JsonNode value, JsonNode schema) {
        String text = value.textValue();
        int length = text.codePointCount(0, text.length());
        if (length < schema.path("minLength").asInt(0)
                || length > schema.path("maxLength").asInt(Integer.MAX_VALUE)
                || (schema.has("pattern")
                        && !Pattern.compile(schema.get("pattern").asText()).matcher(text).find())) {
            return false;
        }
        for (JsonNode word : schema.path("enum")) {
            if (word.equals(value)) {
                return true;
            }
        }
        return !schema.has("enum");
    }

    private static boolean isWithin(JsonNode value, JsonNode schema) {
        if (!Double.isFinite(value.doubleValue())) {
            return false;
        }
        BigDecimal number = value.decimalValue();
        if (schema.has("minimum")) {
            int order = number.compareTo(schema.get("minimum").decimalValue());
            if (order < 0 || (order == 0 && schema.path("exclusiveMinimum").asBoolean())) {
                return false;
            }
        }
        return !schema.has("maximum")
                || number.compareTo(schema.get("maximum").decimalValue()) <= 0;
    }

    private static boolean hasSize(JsonNode list, JsonNode schema) {
        return list.size() >= schema.path("minItems").asInt(0)
                && list.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE);
    }

    private static String expected(JsonNode schema) {
        if (schema.has("enum")) {
            List<String> words = new ArrayList<>();
            schema.get("enum").forEach(word -> words.add(word.asText()));
            return String.join(" or ", words);
        }
        if (isIntOrString(schema)) {
            return described(schema);
        }
        return switch (schema.path("type").asText()) {
            case "object" -> "fields (" + names(schema.path("properties")) + ")";
            case "array" -> "a list of " + size(schema);
            case "integer" -> "a whole number" + bounds(schema);
            case "number" -> "a number" + bounds(schema);
            case "boolean" -> "true or false";
            default -> described(schema);
        };
    }

    /** The first sentence of the description, which says of a text what it is. */
    private static String described(JsonNode schema) {
        String text = schema.path("description").asText("a text");
        int end = text.indexOf(". ");
        String sentence = end < 0 ? text.replaceFirst("\\.$", "") : text.substring(0, end);
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }

    private static String bounds(JsonNode schema) {
        JsonNode least = schema.path("minimum");
        JsonNode most = schema.path("maximum");
        if (least.isMissingNode()) {
            return most.isMissingNode() ? "" : " of at most " + most.asText();
        }
        boolean above = schema.path("exclusiveMinimum").asBoolean();
        if (most.isMissingNode()) {
            return (above ? " above " : " of at least ") + least.asText();
        }
        return above
                ? " above " + least.asText() + ", at most " + most.asText()
                : " from " + least.asText() + " to " + most.asText();
    }

    private static String size(JsonNode schema) {
        int least = schema.path("minItems").asInt(0);
        return schema.has("maxItems")
                ? least + " to " + schema.get("maxItems").asInt()
                : "at least " + least;
    }

    private static String names(JsonNode properties) {
        List<String> names = new ArrayList<>();
        properties.fieldNames().forEachRemaining(names::add);
        return String.join(", ", names);
    }
}
