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
        assertThatThrownBy(() -> new ObserveSettings(0, 1, 1, 100, 100, 1, 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("observe.step: 0, expected 1 to 86400000");
        assertThatThrownBy(() -> new ObserveSettings(10, -1, 1, 100, 100, 1, 1, 1, 1))
                .hasMessage("observe.grace: -1, expected 0 to 10000");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, -1, 100, 100, 1, 1, 1, 1))
                .hasMessageStartingWith("observe.maxFuture: -1");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 1, 14, 100, 1, 1, 1, 1))
                .hasMessageStartingWith("observe.forgetSeriesAfter: 14, expected 15 to");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 1, 100, 99, 1, 1, 1, 1))
                .hasMessageStartingWith("observe.forgetServiceAfter: 99, expected 100 to");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 1, 100, 100, 101, 1, 1, 1))
                .hasMessageStartingWith("observe.startUp: 101");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 1, 100, 100, 1, 0, 1, 1))
                .hasMessageStartingWith("observe.maxSeries: 0");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 1, 100, 100, 1, 1, 0, 1))
                .hasMessageStartingWith("observe.maxSignals: 0");
        assertThatThrownBy(() -> new ObserveSettings(10, 5, 1, 100, 100, 1, 1, 1, 0))
                .hasMessageStartingWith("observe.maxGapSteps: 0");
    }
}
