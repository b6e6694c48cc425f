package dev.sphere.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadTest {
    private static final long START = 1_763_683_200_000L;
    private static final Duration DAY = Duration.ofMinutes(8);

    @Test
    void followsTheShapeFromItsQuietestTimeOn() {
        var shape = new TwoPeakDay(7);
        var load = Load.of(shape, 300, DAY, START);

        assertThat(load.rateAt(START)).isEqualTo(300 * shape.at(0, shape.start()), within(1e-9));
        assertThat(load.rateAt(START + 240_000))
                .isEqualTo(300 * shape.at(0, shape.start() + 0.5), within(1e-6));
        assertThat(load.rateAt(START - DAY.toMillis()))
                .isEqualTo(300 * shape.at(-1, shape.start()), within(1e-6));
    }

    @Test
    void countsDaysFromTheDayOfTheStart() {
        var load = Load.of(new TwoPeakDay(7), 300, DAY, START);

        assertThat(load.day(START)).isZero();
        assertThat(load.day(START - 1)).isZero(); // the day began before the run
        assertThat(load.day(START - DAY.toMillis())).isEqualTo(-1);
        assertThat(load.day(START + DAY.toMillis())).isEqualTo(1);
        assertThat(load.dayFraction(START - 5 * DAY.toMillis())).isEqualTo(0.16, within(1e-9));
    }

    @Test
    void givesTheMeanOverAStepAndTheCurveOverADay() {
        var load = Load.of(new SteadyLoad(), 300, DAY, START);

        assertThat(load.meanRate(START, START + 2000)).isEqualTo(300);
        assertThat(load.curve(START, START + DAY.toMillis(), 3)).containsExactly(300, 300, 300);
    }

    @Test
    void refusesAPeakThatIsNoRate() {
        assertThatThrownBy(() -> Load.of(new SteadyLoad(), 0, DAY, START))
                .hasMessage("peak rate 0.0: expected requests per second above 0, at most 1000000");
        assertThatThrownBy(() -> Load.of(new SteadyLoad(), 1, Duration.ZERO, START))
                .hasMessage("day of 0 ms: expected at least one second");
    }
}
