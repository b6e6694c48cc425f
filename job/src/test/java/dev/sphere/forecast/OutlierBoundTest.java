package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OutlierBoundTest {
    private final OutlierBound bound = new OutlierBound();

    @Test
    void holdsNothingUntilItKnowsWhatIsUsual() {
        for (int i = 0; i < 20; i++) {
            assertThat(bound.held(i == 10 ? 1e6 : 10, 10)).isEqualTo(i == 10 ? 1e6 : 10);
        }

        assertThat(bound.held(1e9, 10)).isLessThan(1e9);
    }

    @Test
    void holdsAValueAtSixMeanErrors() {
        make(20, 1);

        assertThat(bound.size).isCloseTo(1, within(1e-12));
        assertThat(bound.held(17, 10)).isCloseTo(16, within(1e-12));
        assertThat(bound.held(15.9, 10)).isEqualTo(15.9);
    }

    @Test
    void takesWhatItHeldForTheSizeOfTheError() {
        make(20, 1);

        assertThat(bound.held(1_000, 10)).isCloseTo(130, within(1e-9)); // 6 * 0.02 * 1000 above

        // the mean of 20 errors of 1 and one of 120
        assertThat(bound.size).isCloseTo((20 + 120) / 21.0, within(1e-9));
    }

    @Test
    void holdsAsMuchBelowAsAbove() {
        make(20, 2);

        assertThat(bound.held(-50, -10)).isCloseTo(-22, within(1e-12));
        assertThat(bound.errors).isEqualTo(21);
    }

    @Test
    void letsWhatNeverMovedMoveByAShareOfItsSize() {
        make(20, 0);
        assertThat(bound.held(200, 100)).isCloseTo(124, within(1e-12)); // 6 * 0.02 * 200

        var other = new OutlierBound();
        for (int i = 0; i < 20; i++) {
            other.held(100, 100);
        }
        assertThat(other.held(0, 100)).isCloseTo(88, within(1e-12)); // 6 * 0.02 * 100
    }

    @Test
    void followsTheSizeOfErrorsByAHundredth() {
        make(100, 1);

        bound.held(13, 10);

        assertThat(bound.errors).isEqualTo(100);
        assertThat(bound.size).isCloseTo(1.02, within(1e-12)); // 1 + 0.01 (3 - 1)
    }

    @Test
    void givesWayToWhatStays() {
        make(100, 1);
        assertThat(bound.held(-90, 10)).isCloseTo(-0.8, within(1e-12)); // 6 * 0.02 * 90

        for (int i = 0; i < 60; i++) {
            bound.held(-90, 10);
        }

        assertThat(bound.held(-90, 10)).isCloseTo(-90, within(1e-12));
    }

    /** Errors of a size, around 10 by turns. */
    private void make(int errors, double size) {
        for (int i = 0; i < errors; i++) {
            double expected = 10;
            bound.held(i % 2 == 0 ? expected + size : expected - size, expected);
        }
    }
}
