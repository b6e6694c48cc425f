package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedErrorsTest {
    @Test
    void areFoundByTraceAndSteps() {
        var published =
                PublishedErrors.parse(
                        "f.csv",
                        List.of(
                                "\uFEFFtrace,method,h_steps,MAE",
                                "a,hw,5,1.5",
                                "",
                                "a,pool,5,2e3"));

        assertThat(published.of("a", 5))
                .containsExactly(
                        new PublishedErrors.Published("hw", 1.5, 0),
                        new PublishedErrors.Published("pool", 2_000, 0));
        assertThat(published.of("a", 6)).isEmpty();
        assertThat(published.hasMethod("pool")).isTrue();
        assertThat(published.hasMethod("loop")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trace,method,MAE | a,hw,1 | line 1: \"trace,method,MAE\": expected a header with",
                "trace,method,h_steps,MAE | a,hw,5 | line 2: \"a,hw,5\": expected 4 fields",
                "trace,method,h_steps,MAE | a,hw,1.5,1 | line 2: h_steps \"1.5\": expected a whole",
                "trace,method,h_steps,MAE | a,hw,0,1 | line 2: h_steps \"0\": expected a whole",
                "trace,method,h_steps,MAE | a,hw,1,few | line 2: MAE \"few\": expected a number",
                "trace,method,h_steps,MAE | a,hw,1,-1 | line 2: MAE \"-1\": expected a number, 0",
                "trace,method,h_steps,MAE,n | a,hw,1,1,x | line 2: n \"x\": expected a number",
            })
    void refusesWhatItCannotReadWithFileAndLine(String header, String line, String expected) {
        assertThatThrownBy(() -> PublishedErrors.parse("f.csv", List.of(header, line)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("f.csv " + expected);
    }
}
