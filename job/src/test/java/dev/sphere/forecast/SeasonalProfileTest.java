package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SeasonalProfileTest {
    private final Season season = new Season(1_000, 4);

    @Test
    void isTheMeanOfTheStepsInEachBin() {
        var profile = new SeasonalProfile(season, true);

        for (int step = 0; step < 20; step++) {
            profile.add(season, 0.5, step, step * 50 + 25, 50);
        }

        assertThat(profile.mean).containsExactly(2, 7, 12, 17);
        assertThat(profile.newest).containsExactly(2, 7, 12, 17);
        assertThat(profile.cycles).containsExactly(1, 1, 1, 1);
    }

    @Test
    void followsItsCyclesFirstEvenlyThenByGamma() {
        var profile = new SeasonalProfile(season, true);
        float[] means = new float[4];

        for (int cycle = 0; cycle < 4; cycle++) {
            for (int bin = 0; bin < 4; bin++) {
                profile.add(season, 0.4, 10 * cycle, cycle * 1_000 + bin * 250 + 125, 250);
            }
            means[cycle] = profile.mean[2];
        }

        // 1/2 of the second cycle, then 0.4 of each: 5 + 0.4 (20 - 5), 11 + 0.4 (30 - 11)
        assertThat(means).containsExactly(new float[] {0, 5, 11, 18.6f}, within(1e-5f));
        assertThat(profile.newest[2]).isEqualTo(30);
    }

    @Test
    void leavesABinUnknownUntilItIsSeenAndAsItWasWhenItIsNot() {
        var profile = new SeasonalProfile(season, true);

        for (int cycle = 0; cycle < 3; cycle++) {
            profile.add(season, 0.5, cycle == 1 ? Double.NaN : 8, cycle * 1_000 + 125, 250);
            profile.add(season, 0.5, Double.NaN, cycle * 1_000 + 375, 250);
        }

        assertThat(profile.mean[0]).isEqualTo(8);
        assertThat(profile.cycles[0]).isEqualTo((byte) 2);
        assertThat(profile.mean[1]).isNaN();
        assertThat(profile.newest[1]).isNaN();
    }

    @Test
    void takesStepsThatAreLongerThanItsBins() {
        var profile = new SeasonalProfile(season, true);

        for (int step = 0; step < 8; step++) {
            profile.add(season, 0.5, 100 + step % 2, step * 500 + 250, 500);
        }

        assertThat(profile.mean[0]).isNaN();
        assertThat(profile.mean[1]).isEqualTo(100);
        assertThat(profile.mean[2]).isNaN();
        assertThat(profile.mean[3]).isEqualTo(101);
        assertThat(season.at(profile.mean, 200)).isEqualTo(100); // the neighbour that is known
    }

    @Test
    void keepsWhatTimeLeftInABinWhenTimeJumps() {
        var profile = new SeasonalProfile(season, true);
        profile.add(season, 0.5, 6, 25, 50);
        profile.add(season, 0.5, 8, 75, 50);

        profile.add(season, 0.5, 1, 5_825, 50);

        assertThat(profile.mean[0]).isEqualTo(7);
        assertThat(profile.isWhole).isTrue();
    }

    @Test
    void isWholeAfterOneCycleSinceTheFirstValue() {
        var profile = new SeasonalProfile(season, true);

        profile.add(season, 0.5, Double.NaN, 125, 250);
        profile.add(season, 0.5, 1, 2_125, 250);
        assertThat(profile.isWhole).isFalse();
        profile.add(season, 0.5, 1, 2_875, 250);
        assertThat(profile.isWhole).isFalse();
        profile.add(season, 0.5, 1, 3_125, 250);

        assertThat(profile.isWhole).isTrue();
    }

    @Test
    void holdsABinThatIsFarOffWhatItWas() {
        var profile = new SeasonalProfile(season, true);
        for (int step = 0; step < 44; step++) {
            profile.add(season, 0.1, 100, step * 250 + 125, 250);
        }

        profile.add(season, 0.1, 0, 44 * 250 + 125, 250);

        // 6 * 0.02 * 100 below at most, of which the eleventh cycle counts by a tenth
        assertThat(profile.mean[0]).isCloseTo(98.8f, within(1e-4f));
        assertThat(profile.mean[1]).isEqualTo(100);
        assertThat(profile.newest[0]).isCloseTo(88, within(1e-4f));
    }

    @Test
    void remembersItsNewestCycleOfTheMainSeasonOnly() {
        var main = new SeasonalProfile(season, true);
        var other = new SeasonalProfile(season, false);

        for (int step = 0; step < 40; step++) {
            main.add(season, 0.5, step, step * 50 + 25, 50);
            other.add(season, 0.5, step, step * 50 + 25, 50);
        }

        assertThat(main.newest).containsExactly(22, 27, 32, 37);
        assertThat(main.samples).containsExactly(24, 29, 34, 39);
        assertThat(other.newest).isEmpty();
        assertThat(other.samples).isEmpty();
        assertThat(other.mean).isEqualTo(main.mean);
    }

    @Test
    void amendsABinOfItsNewestCycle() {
        var profile = cycles(0, 10, 20);

        profile.amend(season, 0.4, 2_625, 20, 30);

        assertThat(profile.mean).containsExactly(new float[] {11, 11, 15, 11}, within(1e-5f));
        assertThat(profile.newest).containsExactly(20, 20, 30, 20);
        assertThat(profile.cycles).containsExactly(3, 3, 3, 3);
    }

    @Test
    void learnsABinOfItsNewestCycleThatWasNotSeen() {
        var profile = cycles(0, 10, Double.NaN);

        profile.amend(season, 0.4, 2_625, Double.NaN, 20);

        assertThat(profile.mean).containsExactly(new float[] {5, 5, 11, 5}, within(1e-5f));
        assertThat(profile.newest).containsExactly(10, 10, 20, 10);
        assertThat(profile.cycles).containsExactly(2, 2, 3, 2);
    }

    @Test
    void amendsTheBinThatIsBeingFilledBeforeItIsLearned() {
        var profile = new SeasonalProfile(season, true);
        profile.add(season, 0.4, Double.NaN, 25, 50);
        profile.add(season, 0.4, Double.NaN, 75, 50);
        assertThat(profile.isFilling()).isFalse();

        profile.amendFilling(Double.NaN, 4);
        profile.amendFilling(Double.NaN, 6);
        profile.amendFilling(6, 8);
        assertThat(profile.isFilling()).isTrue();
        assertThat(profile.mean[0]).isNaN();
        profile.add(season, 0.4, 9, 225, 50);

        assertThat(profile.mean[0]).isEqualTo(7); // of 4, 8 and 9
        assertThat(profile.cycles[0]).isEqualTo((byte) 1);
    }

    @Test
    void takesBackWhatTheBinThatIsBeingFilledHolds() {
        var profile = new SeasonalProfile(season, true);
        profile.add(season, 0.4, 1_000, 25, 50);

        profile.empty();
        profile.add(season, 0.4, 9, 225, 50);

        assertThat(profile.mean[0]).isEqualTo(9);
    }

    @Test
    void relearnsABinFromTheCyclesThatAreRemembered() {
        var profile = cycles(0, 10, 20);

        profile.relearn(2, new double[] {10, Double.NaN, 20, 30}, 0.4);
        profile.relearn(3, new double[] {Double.NaN}, 0.4);

        // 10, then half of 20, then 0.4 of 30
        assertThat(profile.mean[2]).isCloseTo(21, within(1e-5f));
        assertThat(profile.newest[2]).isEqualTo(30);
        assertThat(profile.cycles).containsExactly(3, 3, 3, 0);
        assertThat(profile.mean[3]).isNaN();
        assertThat(profile.newest[3]).isNaN();
        assertThat(profile.mean[1]).isCloseTo(11, within(1e-5f));
    }

    /** Whole cycles of one value each, by a gamma of 0.4. */
    private SeasonalProfile cycles(double... values) {
        var profile = new SeasonalProfile(season, true);
        for (int cycle = 0; cycle < values.length; cycle++) {
            for (int bin = 0; bin < 4; bin++) {
                profile.add(season, 0.4, values[cycle], cycle * 1_000 + bin * 250 + 125, 250);
            }
        }
        return profile;
    }
}
