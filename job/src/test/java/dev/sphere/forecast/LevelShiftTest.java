package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LevelShiftTest {
    private static final long SEED = 20261121;

    private final LevelShift shift = new LevelShift();

    @Test
    void isShownByTenDifferencesOfThreeUsualErrors() {
        for (int i = 1; i <= 9; i++) {
            assertThat(shift.isShownBy(3, i)).isFalse();
            assertThat(shift.above).isEqualTo(i); // each counts by what it is above 2
        }

        assertThat(shift.isShownBy(3, 10)).isTrue();
        assertThat(shift.at).isEqualTo(10);
    }

    @Test
    void isShownByFiveLargeDifferencesHoweverLarge() {
        for (int i = 1; i <= 4; i++) {
            assertThat(shift.isShownBy(1e9, i)).isFalse();
        }

        assertThat(shift.isShownBy(1e9, 5)).isTrue();
    }

    @Test
    void isShownBelowAsWellAsAbove() {
        for (int i = 1; i <= 4; i++) {
            assertThat(shift.isShownBy(-7, i)).isFalse();
        }

        assertThat(shift.isShownBy(-7, 5)).isTrue();
        assertThat(shift.at).isEqualTo(5);
    }

    @Test
    void isNotShownByASpikeAndForgetsIt() {
        assertThat(shift.isShownBy(1e9, 1)).isFalse();
        assertThat(shift.above).isEqualTo(2);

        assertThat(shift.isShownBy(0, 2)).isFalse();

        assertThat(shift.above).isZero();
        assertThat(shift.at).isZero();
    }

    @Test
    void isNeverShownByDifferencesOfUpToTwoUsualErrors() {
        var random = new Random(SEED);

        for (int i = 1; i <= 10_000; i++) {
            assertThat(shift.isShownBy(4 * random.nextDouble() - 2, i)).as("%d", i).isFalse();
        }
    }

    @Test
    void isNotShownByLargeDifferencesOfEitherSignByTurns() {
        for (int i = 1; i <= 1_000; i++) {
            assertThat(shift.isShownBy(i % 2 == 0 ? 100 : -100, i)).isFalse();
        }
    }

    @Test
    void beginsAnewOnceItWasShown() {
        for (int i = 1; i <= 5; i++) {
            shift.isShownBy(10, i);
        }
        assertThat(shift.above).isZero();

        for (int i = 6; i <= 9; i++) {
            assertThat(shift.isShownBy(10, i)).isFalse();
        }
        assertThat(shift.isShownBy(10, 10)).isTrue();
        assertThat(shift.at).isEqualTo(10);
    }

    @Test
    void saysForSomeTimeThatItIsLarge() {
        for (int i = 1; i <= 5; i++) {
            shift.isShownBy(-16, i);
        }
        assertThat(shift.isLargeWithin(10, 14)).isTrue();
        assertThat(shift.isLargeWithin(10, 15)).isFalse();

        for (int i = 6; i <= 10; i++) {
            shift.isShownBy(15, i);
        }
        assertThat(shift.at).isEqualTo(10);
        assertThat(shift.isLargeWithin(10, 11)).isFalse();
        assertThat(new LevelShift().isLargeWithin(10, 1)).isFalse();
    }
}
