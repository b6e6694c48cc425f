package dev.sphere.scale;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleOutcomeTest {
    @ParameterizedTest
    @CsvSource({
        "0, POSTPONED",
        "302, POSTPONED",
        "400, REJECTED",
        "401, FORBIDDEN",
        "403, FORBIDDEN",
        "404, NO_SUCH_TARGET",
        "405, REJECTED",
        "408, POSTPONED",
        "409, POSTPONED",
        "415, REJECTED",
        "422, REJECTED",
        "429, POSTPONED",
        "500, POSTPONED",
        "502, POSTPONED",
        "503, POSTPONED",
        "504, POSTPONED"
    })
    void isKnownForEveryStatus(int status, ScaleOutcome outcome) {
        assertThat(ScaleOutcome.ofStatus(status)).isEqualTo(outcome);
    }
}
