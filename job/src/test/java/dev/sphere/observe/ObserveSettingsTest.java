package dev.sphere.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObserveSettingsTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2_000, 10_000, 60_000, 3_600_000})
    void hasDefaultsForEveryStep(long step) {
        assertThat(ObserveSettings.forStep(step).step()).isEqualTo(step);
    }

    @Test
    void namesTheSettingTheValueAndWhatIsExpected() {
        assertThatThrownBy(() -> new ObserveSettings(0, 1, 0, 1, 100, 100, 1, 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("observe.step: 0s, expected 1ms to 1d");
        assertThatThrownBy(() -> new ObserveSettings(10, -1, 0, 1, 100, 100, 1, 1, 1, 1))
                .hasMessage(
                        "observe.grace: -1ms, expected 0s to 1000 times observe.step, which is 10ms");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 10_001, 1, 100, 100, 1, 1, 1, 1))
                .hasMessage(
                        "observe.amend-for: 10001ms, expected 0s to 1000 times observe.step, which is 10ms");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 0, -1, 100, 100, 1, 1, 1, 1))
                .hasMessageStartingWith("observe.max-future: -1ms, expected 0s to 3660d");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 0, 1, 14, 100, 1, 1, 1, 1))
                .hasMessageStartingWith(
                        "observe.forget-series-after: 14ms, expected observe.step + observe.grace, which is 15ms, to");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 0, 1, 100, 99, 1, 1, 1, 1))
                .hasMessageStartingWith(
                        "observe.forget-service-after: 99ms, expected observe.forget-series-after, which is 100ms, to");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 0, 1, 100, 100, 101, 1, 1, 1))
                .hasMessageStartingWith("observe.start-up: 101ms");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 0, 1, 100, 100, 1, 0, 1, 1))
                .hasMessageStartingWith("observe.max-series: 0");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 0, 1, 100, 100, 1, 1, 0, 1))
                .hasMessageStartingWith("observe.max-signals: 0");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 0, 1, 100, 100, 1, 1, 1, 0))
                .hasMessageStartingWith("observe.max-gap in steps: 0");
    }
}
