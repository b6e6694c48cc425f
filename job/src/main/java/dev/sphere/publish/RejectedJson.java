package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sphere.observe.Rejected;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;

/** Writes messages of the topic {@code rejected}. */
public final class RejectedJson {
    private RejectedJson() {}

    public static byte[] bytes(Rejected rejected) {
        JsonMessage json =
                new JsonMessage()
                        .text("topic", rejected.topic())
                        .whole("partition", rejected.partition())
                        .whole("offset", rejected.offset())
                        .text("reason", rejected.reason())
                        .text("sha256", rejected.sha256())
                        .whole("length", rejected.length());
        String text = textOrNull(rejected.payload());
        if (text == null) {
            return json.text("encoding", "base64")
                    .text("payload", Base64.getEncoder().encodeToString(rejected.payload()))
                    .bytes();
        }
        return json.text("encoding", "text").text("payload", text).bytes();
    }

    /** Null if the payload is not UTF-8, or has characters that are not for reading. */
    private static String textOrNull(byte[] payload) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
            return text.chars().allMatch(RejectedJson::isReadable) ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isReadable(int character) {
        return !Character.isISOControl(character)
                || character == '\t'
                || character == '\r'
                || character == '\n';
    }
}
