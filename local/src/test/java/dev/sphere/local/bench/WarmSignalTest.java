package dev.sphere.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmSignalTest {
    @Test
    void needsLessThanFortyKilobytesForTenPointsAndThreeSeasons() {
        var signal = WarmSignal.start();

        var forecast = signal.next();

        assertThat(forecast.curve()).hasSize(WarmSignal.POINTS);
        assertThat(forecast.accuracy().errors()).isEqualTo(400);
        assertThat(forecast.accuracy().mase()).isLessThan(1);
        assertThat(signal.stateBytes()).isLessThan(40_000);
    }
}
