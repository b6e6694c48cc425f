package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.observe.Rejected;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectedJsonTest {

    @Test
    void writesTheGoldenMessage() throws IOException {
        byte[] json = RejectedJson.bytes(Examples.rejected("{\"v\":".getBytes(UTF_8)));

        assertThat(Examples.golden("rejected.json")).containsExactly(new String(json, UTF_8));
    }

    @Test
    void keepsTextReadableWithItsLineBreaks() {
        byte[] json = RejectedJson.bytes(Examples.rejected("{\r\n\t\"é\": ".getBytes(UTF_8)));

        assertThat(new String(json, UTF_8))
                .endsWith("\"encoding\":\"text\",\"payload\":\"{\\r\\n\\t\\\"é\\\": \"}");
    }

    @Test
    void writesBytesThatAreNoUtf8AsBase64() {
        byte[] json = RejectedJson.bytes(Examples.rejected(new byte[] {(byte) 0xff, 0x00, 0x7f}));

        assertThat(new String(json, UTF_8))
                .endsWith("\"encoding\":\"base64\",\"payload\":\"/wB/\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "\u001b[31m", "\u007f", "\u0085"})
    void writesControlCharactersAsBase64(String payload) {
        byte[] json = RejectedJson.bytes(Examples.rejected(payload.getBytes(UTF_8)));

        assertThat(new String(json, UTF_8)).contains("\"encoding\":\"base64\"");
    }

    @Test
    void writesAnEmptyPayloadAsText() {
        byte[] json = RejectedJson.bytes(Examples.rejected(new byte[0]));

        assertThat(new String(json, UTF_8)).endsWith("\"encoding\":\"text\",\"payload\":\"\"}");
    }

    @Test
    void writesAReasonThatQuotesHalfACharacter() {
        var quoted = new Rejected("metrics", 3, 12, "no service \ud83d", "", 0, new byte[0]);

        byte[] json = RejectedJson.bytes(quoted);

        assertThat(new String(json, UTF_8)).contains("\"reason\":\"no service \\uD83D\"");
    }
}
