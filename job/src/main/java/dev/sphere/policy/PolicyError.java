package dev.sphere.policy;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What is wrong with a policy in one place.
 *
 * @param path of the field, as {@code spec.signals[0].name}; empty: the whole
 * @param value as it was written
 * @param expected begins with that word
 */
record PolicyError(String path, String value, String expected) {

    static PolicyError of(String path, JsonNode value, String expected) {
        boolean missing = value == null || value.isNull() || value.isMissingNode();
        return new PolicyError(path, missing ? "missing" : value.toString(), expected);
    }

    @Override
    public String toString() {
        return (path.isEmpty() ? "the document" : path) + ": " + value + ", " + expected;
    }
}
