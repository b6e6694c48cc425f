package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.scale.ScaleOutcome;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecisionJsonTest {

    @Test
    void writesTheGoldenMessagesOfBothPhases() throws IOException {
        byte[] decided = DecisionJson.bytes(Examples.decision());
        byte[] outcome = DecisionJson.bytes(Examples.result(ScaleOutcome.APPLIED));

        assertThat(Examples.golden("decisions.json"))
                .containsExactly(new String(decided, UTF_8), new String(outcome, UTF_8));
    }

    @Test
    void writesWhatIsUnknownAsNull() {
        byte[] json = DecisionJson.bytes(Examples.blindDecision());

        assertThat(new String(json, UTF_8))
                .contains("\"basis\":\"none\",\"limitedBy\":\"missing-data\",\"signal\":\"\"")
                .contains("\"load\":null,\"expected\":null,\"quantile\":null,\"horizon\":0")
                .contains("\"perReplica\":null");
    }

    @ParameterizedTest
    @CsvSource({
        "NO_SUCH_TARGET, no-such-target",
        "STALE, stale",
        "SUPERSEDED, superseded",
    })
    void writesOutcomesInLowerCaseWithHyphens(ScaleOutcome outcome, String word) {
        byte[] json = DecisionJson.bytes(Examples.result(outcome));

        assertThat(new String(json, UTF_8)).contains("\"outcome\":\"" + word + "\"");
    }
}
