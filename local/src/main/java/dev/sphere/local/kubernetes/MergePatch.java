package dev.sphere.local.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON merge patches, RFC 7386: null removes, and a list replaces a list. */
final class MergePatch {
    private MergePatch() {}

    static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!patch.isObject()) {
            return patch.deepCopy();
        }
        ObjectNode merged =
                target != null && target.isObject()
                        ? target.deepCopy()
                        : JsonNodeFactory.instance.objectNode();
        for (var field : patch.properties()) {
            if (field.getValue().isNull()) {
                merged.remove(field.getKey());
            } else {
                merged.set(field.getKey(), apply(merged.get(field.getKey()), field.getValue()));
            }
        }
        return merged;
    }

    /** Whether a patch has a list anywhere, which a strategic merge would merge by keys. */
    static boolean hasList(JsonNode patch) {
        return patch.isArray() || patch.valueStream().anyMatch(MergePatch::hasList);
    }
}
