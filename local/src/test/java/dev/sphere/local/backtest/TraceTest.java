package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
    @Test
    void readsTimesAsDatesOrAsEpochSeconds() {
        var dates = trace("2026-11-21T00:00:00Z,1", "2026-11-21T00:05:00Z,2");
        var seconds = trace("1795219200,1", "1795219500,2");

        assertThat(seconds).usingRecursiveComparison().isEqualTo(dates);
        assertThat(dates.start()).isEqualTo(1_795_219_200_000L);
        assertThat(dates.step()).isEqualTo(300_000);
        assertThat(dates.values()).containsExactly(1, 2);
    }

    @Test
    void takesAnEmptyValueAndAMissingLineForMissing() {
        var trace = trace("0,1", "60,", "120,3", "300,6", "360,7", "420,0");

        assertThat(trace.step()).isEqualTo(60_000);
        assertThat(trace.values())
                .containsExactly(1, Double.NaN, 3, Double.NaN, Double.NaN, 6, 7, 0);
        assertThat(trace.unused()).isZero();
    }

    @Test
    void countsValuesThatAreNotAtAStepOfTheirOwn() {
        var trace = trace("0,1", "60,2", "60,3", "90,4", "120,5", "180,6", "240,7", "300,8");

        assertThat(trace.values()).containsExactly(1, 2, 5, 6, 7, 8);
        assertThat(trace.unused()).isEqualTo(2);
    }

    @Test
    void readsStepsBelowASecond() {
        assertThat(trace("0.0,1", "0.5,2", "1.0,3").step()).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "0,1;60,x;120,3 | t.csv line 3: value \"x\": expected a number, or nothing",
                "0,1;60,NaN | t.csv line 3: value \"NaN\": expected a number, or nothing",
                "0,1;soon,2 | t.csv line 3: timestamp \"soon\": expected epoch seconds or ISO-8601",
                "0,1;60,2,3 | t.csv line 3: \"60,2,3\": expected two fields, timestamp,value",
                "60,1;0,2 | t.csv line 3: timestamp \"0\": expected none before that of the line",
                "0,1 | t.csv: 1 values: expected at least 2",
                "0,1;0,2 | t.csv: most timestamps are alike",
                "0,1;60,2;120,3;9999999999,4 | t.csv: 166666667 steps",
            })
    void namesFileLineValueAndWhatWasExpected(String lines, String message) {
        assertThatThrownBy(() -> trace(lines.split(";")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void asksForTheHeader() {
        assertThatThrownBy(() -> Trace.parse("t.csv", "t", List.of("time,requests", "0,1")))
                .hasMessage("t.csv line 1: \"time,requests\": expected the header timestamp,value");
    }

    private static Trace trace(String... lines) {
        return Trace.parse(
                "t.csv",
                "t",
                Stream.concat(Stream.of("timestamp,value"), Stream.of(lines)).toList());
    }
}
