package dev.sphere.local.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LineFitTest {
    private static final double EXACT = 1e-9;

    @Test
    void findsTheLineThatPointsLieOn() {
        var fit = LineFit.of(new double[] {100, 1_000, 10_000}, new double[] {7, 25, 205});

        assertThat(fit.intercept()).isCloseTo(5, within(EXACT));
        assertThat(fit.slope()).isCloseTo(0.02, within(EXACT));
        assertThat(fit.rSquared()).isCloseTo(1, within(EXACT));
        assertThat(fit.largestDeviation()).isCloseTo(0, within(EXACT));
    }

    @Test
    void tellsHowFarPointsAreFromTheLine() {
        // means 2 and 4; xx = 2, xy = 2, yy = 8; slope 1, intercept 2; residuals 1, -2, 1 -> 6
        var fit = LineFit.of(new double[] {1, 2, 3}, new double[] {4, 2, 6});

        assertThat(fit.slope()).isCloseTo(1, within(EXACT));
        assertThat(fit.intercept()).isCloseTo(2, within(EXACT));
        assertThat(fit.rSquared()).isCloseTo(1 - 6.0 / 8, within(EXACT));
        assertThat(fit.largestDeviation()).isCloseTo(1, within(EXACT)); // 2 where 4 is expected
    }

    @Test
    void explainsAllOfALevel() {
        var fit = LineFit.of(new double[] {1, 2, 3}, new double[] {4, 4, 4});

        assertThat(fit.slope()).isZero();
        assertThat(fit.rSquared()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoLine() {
        assertThatThrownBy(() -> LineFit.of(new double[] {5, 5}, new double[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two different x");
        assertThatThrownBy(() -> LineFit.of(new double[] {1, 2}, new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
