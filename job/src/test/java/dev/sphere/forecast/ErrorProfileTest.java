package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ErrorProfileTest {
    private static final long SEED = 20261121;

    private final ErrorProfile profile = new ErrorProfile();

    @Test
    void hasTheTwentyFourPartsOfASeason() {
        var day = new Season(86_400_000, 288);

        assertThat(ErrorProfile.part(day, 0)).isZero();
        assertThat(ErrorProfile.part(day, 3_599_999)).isZero();
        assertThat(ErrorProfile.part(day, 3_600_000)).isEqualTo(1);
        assertThat(ErrorProfile.part(day, 86_399_999)).isEqualTo(23);
        assertThat(ErrorProfile.part(day, 86_400_000L * 20_000)).isZero();
        assertThat(ErrorProfile.part(day, -1)).isEqualTo(23);
        assertThat(ErrorProfile.part(Season.NONE, 12_345)).isZero();
    }

    @Test
    void expectsTheMeanOfRecentAndUsualSizeWhileItKnowsNothing() {
        assertThat(profile.size(3, 5, 7, 2)).isEqualTo(4);
    }

    @Test
    void gainsWhatItsPartMakesMoreLikely() {
        add(20, 2, 3, 0); // 20 errors of twice the usual size in part 3, forecast in part 0
        assertThat(profile.gain).isZero();
        assertThat(profile.sizes[3]).isCloseTo(2, within(1e-6f));

        add(1, 2, 3, 0);

        // expected with it: (1 * 2 + 1 * 2) / 2 = 2, without: 1; ln 1 + 2/1 - ln 2 - 2/2
        assertThat(profile.gain).isCloseTo(0.001 * (1 - Math.log(2)), within(1e-9));
    }

    @Test
    void losesWhatItsPartMakesLessLikely() {
        add(20, 2, 3, 0);

        add(1, 0.5, 3, 0);

        // ln 1 + 0.5/1 - ln 2 - 0.5/2
        assertThat(profile.gain).isCloseTo(0.001 * (0.25 - Math.log(2)), within(1e-9));
    }

    @Test
    void expectsLargerErrorsWhereTheyAreLargerOnceThatIsWorthKnowing() {
        for (int i = 0; i < 1_000; i++) {
            add(1, 2, 3, 8);
            add(1, 0.5, 8, 3);
        }

        assertThat(profile.gain).isGreaterThan(0.05);
        // recent counts by 2 / 0.5, usual by 2
        assertThat(profile.size(1, 1, 3, 8)).isCloseTo((4 + 2) / 2.0, within(1e-5));
        assertThat(profile.size(4, 2, 3, 8)).isCloseTo((4 * 4 + 2 * 2) / 2.0, within(1e-5));
        // by 0.5 / 2, and by 0.5
        assertThat(profile.size(1, 1, 8, 3)).isCloseTo((0.25 + 0.5) / 2, within(1e-5));
        // a part that is not known is as usual
        assertThat(profile.size(1, 1, 5, 5)).isCloseTo(1, within(1e-12));
    }

    @Test
    void dividesByNothingSmallerThanItsLeast() {
        for (int i = 0; i < 1_000; i++) {
            add(1, 2, 3, 8);
            add(1, 0.001, 8, 3);
        }

        // by 2 / 0.3, and by 2
        assertThat(profile.size(1, 1, 3, 8)).isCloseTo((2 / 0.3 + 2) / 2, within(1e-4));
    }

    @Test
    void gainsNothingFromErrorsThatAreAlikeAtAllTimes() {
        var random = new Random(SEED);

        for (int i = 0; i < 20_000; i++) {
            double size = -Math.log(1 - random.nextDouble()); // of Laplace's distribution
            add(1, size, random.nextInt(24), random.nextInt(24));
        }

        assertThat(profile.gain).as("seed %d", SEED).isBetween(-0.05, 0.01);
        assertThat(profile.helps()).isFalse();
    }

    @Test
    void countsAnErrorAsAtMostFiveUsualOnes() {
        add(1, 1e9, 3, 0);

        assertThat(profile.sizes[3]).isEqualTo(5);
    }

    @Test
    void learnsNothingWhileNoSizeIsUsual() {
        profile.add(1, 0, 0, 3, 0);
        profile.add(1, 1, Double.NaN, 3, 0);

        assertThat(profile.errors).containsOnly((short) 0);
    }

    @Test
    void followsEachPartByThreeThousandthsAtLeast() {
        add(400, 1, 3, 0);

        add(1, 2, 3, 0);

        assertThat(profile.sizes[3]).isCloseTo(1.003f, within(1e-6f));
    }

    private void add(int errors, double size, int made, int from) {
        for (int i = 0; i < errors; i++) {
            profile.add(size, 1, 1, made, from);
        }
    }
}
