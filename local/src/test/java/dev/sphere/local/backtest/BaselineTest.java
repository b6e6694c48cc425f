package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BaselineTest {
    private static final int HORIZON = 2;
    private static final int BEFORE = 40;

    /** A ramp, so that the last value is always short by the horizon. */
    private final double[] values = IntStream.range(0, 120).asDoubleStream().toArray();

    @Test
    void quantilesAreOfTheErrorsKnownAtTheOriginOnceThereAreEnough() {
        double[] jump = values.clone();
        Arrays.setAll(jump, i -> i < 100 ? i : i + 1_000);

        var baseline = lastValue(jump);

        assertThat(baseline.means()).hasNumberOfRows(70);
        assertThat(baseline.means()[0]).containsExactly(40);
        // of the origins from 0 on, 50 have come true at the origin 51
        assertThat(baseline.quantiles()[50 - BEFORE][0][1]).isNaN();
        assertThat(baseline.quantiles()[51 - BEFORE][0]).containsExactly(53, 53, 53);
        // the jump at 100 is the error of the origins 98 and 99, and known from 100 on
        assertThat(baseline.quantiles()[99 - BEFORE][0]).containsExactly(101, 101, 101);
        assertThat(baseline.quantiles()[101 - BEFORE][0][0]).isEqualTo(1_101 + 2);
        assertThat(baseline.quantiles()[109 - BEFORE][0][2]).isCloseTo(1_109 + 2, within(1e-9));
    }

    @Test
    void aMissingTargetIsNoError() {
        double[] holes = values.clone();
        Arrays.fill(holes, 20, 30, Double.NaN);

        var baseline = lastValue(holes);

        assertThat(baseline.quantiles()[60 - BEFORE][0][1]).isNaN();
        assertThat(baseline.quantiles()[75 - BEFORE][0][0]).isFinite();
    }

    /** From each origin 0 to 109, of which the first 40 are earlier ones. */
    private static Baseline lastValue(double[] values) {
        int[] origins = IntStream.range(0, 110).toArray();
        double[][] forecasts = new double[origins.length][];
        double last = values[0];
        for (int o = 0; o < origins.length; o++) {
            last = Double.isNaN(values[o]) ? last : values[o];
            forecasts[o] = new double[] {last};
        }
        return Baseline.of(values, new int[] {HORIZON}, origins, BEFORE, forecasts);
    }
}
