package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {
    /** What {@code eval_forecasts.py plan} prints for traces of these steps and lengths. */
    @Test
    void earlierOnesAreOfTheTwoDaysBeforeTheFirstButNotOfTheFirstDay() {
        // steps of an hour
        var trace = Traces.ofLength(3_600, 240);

        assertThat(Origins.before(trace, new int[] {100, 113, 126}))
                .containsExactly(52, 65, 78, 91);
        assertThat(Origins.before(trace, new int[] {60, 73})).containsExactly(25, 38, 51);
        assertThat(Origins.before(trace, new int[] {26})).containsExactly(24, 25);
        assertThat(Origins.before(trace, new int[] {20, 30})).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // step s, steps, furthest, warm-up, origins, stride
        "60, 39691, 60, 10080, 2274, 13",
        "60, 31652, 60, 10080, 1655, 13",
        "300, 18050, 12, 2016, 3205, 5",
        "3600, 24274, 24, 672, 3369, 7",
    })
    void areThoseOfTheProtocol(
            int step, int length, int furthest, int warmUp, int count, int stride) {
        int[] origins = Origins.every(Traces.ofLength(step, length), null, null, furthest);

        assertThat(origins).hasSize(count).startsWith(warmUp - 1, warmUp - 1 + stride);
        assertThat(origins[count - 1])
                .isBetween(length - 1 - furthest - stride, length - 1 - furthest);
    }

    @Test
    void areAsFarApartAsAsked() {
        var trace = Traces.ofLength(60, 3 * 1_440);

        int[] origins = Origins.every(trace, Duration.ofMinutes(7), Duration.ofDays(1), 60);

        assertThat(origins).startsWith(1_439, 1_446, 1_453).endsWith(4_253);
    }

    @Test
    void visitEveryStepOfTheDay() {
        var trace = Traces.ofLength(3_600, 24 * 100);

        int[] origins = Origins.every(trace, Duration.ofHours(12), Duration.ofDays(1), 1);

        // 12 and 24 have divisors in common, 13 and 24 have none
        assertThat(origins).startsWith(23, 36, 49);
    }

    @Test
    void sayWhatATraceIsTooShortFor() {
        assertThatThrownBy(() -> Origins.every(Traces.ofLength(60, 5_800), null, null, 60))
                .hasMessage(
                        "made-up: 5800 steps: expected more than the warm-up of 5760 and the furthest"
                                + " horizon of 60; give a shorter --warmup or --horizon");
    }

    @Test
    void areReadFromAFileAsDatesOrEpochSeconds() {
        var trace = Traces.ofLength(60, 100);

        assertThat(read(trace, "origin", "2026-11-21T00:02:00Z", "", "1795219260"))
                .containsExactly(1, 2);
        assertThat(read(trace, "n,origin", "0,1795219200")).containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "at;1795219200 | o.csv line 1: \"at\": expected a header with the column origin",
                "origin;noon | o.csv line 2: timestamp \"noon\": expected epoch seconds or ISO-8601",
                "origin;1795219230 | o.csv line 2: origin \"1795219230\": expected the timestamp of",
                "origin;0 | o.csv line 2: origin \"0\": expected the timestamp of a step of the",
                "origin;1795219200,2 | o.csv line 2: \"1795219200,2\": expected 1 fields",
                "origin | o.csv: expected at least one origin",
            })
    void namesFileLineValueAndWhatWasExpected(String lines, String message) {
        assertThatThrownBy(() -> read(Traces.ofLength(60, 100), lines.split(";")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void lookAheadInStepsRoundedUpAndEachOnce() {
        var minutes = Traces.ofLength(60, 2);
        var coarse = Traces.ofLength(3_600, 2);

        assertThat(Horizons.of(minutes, null)).containsExactly(1, 5, 10, 30, 60);
        assertThat(Horizons.of(coarse, null)).containsExactly(1, 24);
        assertThat(Horizons.of(minutes, List.of(Duration.ofSeconds(90), Duration.ofMinutes(2))))
                .containsExactly(2);
        assertThatThrownBy(() -> Horizons.of(minutes, List.of(Duration.ofDays(30))))
                .hasMessageContaining("43200 steps: expected at most 10000");
    }

    private static int[] read(Trace trace, String... lines) {
        return Origins.parse("o.csv", List.of(lines), trace);
    }
}
