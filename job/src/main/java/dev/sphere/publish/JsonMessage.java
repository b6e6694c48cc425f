package dev.sphere.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * One message while it is written: fields in the order of the calls, on one line, in UTF-8. A
 * number that is missing, or infinite, is {@code null}; a constant is lower-case with hyphens.
 */
final class JsonMessage {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int VERSION = 1;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    private final JsonGenerator json;

    /** Begins with the version of the schema. */
    JsonMessage() {
        try {
            json = JSON.createGenerator(bytes);
            json.writeStartObject();
            json.writeNumberField("v", VERSION);
        } catch (IOException e) {
            throw unexpected(e);
        }
    }

    JsonMessage text(String field, String value) {
        return write(() -> json.writeStringField(field, value));
    }

    JsonMessage word(String field, Enum<?> value) {
        return text(field, value.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    JsonMessage whole(String field, long value) {
        return write(() -> json.writeNumberField(field, value));
    }

    JsonMessage number(String field, double value) {
        return Double.isFinite(value)
                ? write(() -> json.writeNumberField(field, value))
                : write(() -> json.writeNullField(field));
    }

    JsonMessage truth(String field, boolean value) {
        return write(() -> json.writeBooleanField(field, value));
    }

    JsonMessage object(String field) {
        return write(() -> json.writeObjectFieldStart(field));
    }

    /** An object within an array. */
    JsonMessage object() {
        return write(json::writeStartObject);
    }

    JsonMessage endObject() {
        return write(json::writeEndObject);
    }

    JsonMessage array(String field) {
        return write(() -> json.writeArrayFieldStart(field));
    }

    JsonMessage endArray() {
        return write(json::writeEndArray);
    }

    /** Ends the message. */
    byte[] bytes() {
        write(json::writeEndObject);
        write(json::close);
        return bytes.toByteArray();
    }

    private JsonMessage write(Step step) {
        try {
            step.write();
            return this;
        } catch (IOException e) {
            throw unexpected(e);
        }
    }

    /** Memory does not fail, and the generator escapes what UTF-8 cannot say. */
    private static UncheckedIOException unexpected(IOException e) {
        return new UncheckedIOException("message cannot be written as JSON", e);
    }

    private interface Step {
        void write() throws IOException;
    }
}
