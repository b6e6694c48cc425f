package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, 500",
        "7d, 604800000",
        "90s, 90000",
        "1.5s, 1500",
        "8m, 480000",
        "1h, 3600000"
    })
    void readsTimesAsPeopleWriteThem(String text, long millis) {
        assertThat(Times.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "m", "-8m", "8 m", "8min", "1e3s"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> Times.parse(text)).hasMessageContaining("'" + text + "'");
    }

    @Test
    void writesTimesBriefly() {
        assertThat(Times.text(Duration.ofMinutes(8))).isEqualTo("8m");
        assertThat(Times.text(Duration.ofSeconds(90))).isEqualTo("90s");
        assertThat(Times.text(Duration.ofMillis(1_500))).isEqualTo("1500ms");
    }
}
