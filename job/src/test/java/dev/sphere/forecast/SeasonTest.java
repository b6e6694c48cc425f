package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SeasonTest {
    private final Season season = new Season(1_000, 4);

    @Test
    void isAStraightLineBetweenTheMiddlesOfBins() {
        double[] seasonal = {0, 4, 8, 4};

        assertThat(season.at(seasonal, 125)).isEqualTo(0); // middle of bin 0
        assertThat(season.at(seasonal, 250)).isEqualTo(2); // border of 0 and 1
        assertThat(season.at(seasonal, 375)).isEqualTo(4);
        assertThat(season.at(seasonal, 0)).isEqualTo(2); // border of 3 and 0
        assertThat(season.at(seasonal, 1_625)).isEqualTo(8); // one season later
    }

    @Test
    void movesByTheAmountAddedWhereverItIsAdded() {
        for (long at : new long[] {0, 125, 200, 250, 990}) {
            double[] seasonal = {1, 2, 3, 4};
            double before = season.at(seasonal, at);

            season.add(seasonal, at, 0.5);

            assertThat(season.at(seasonal, at)).isCloseTo(before + 0.5, within(1e-12));
        }
    }

    @Test
    void startsWithTheMedianDifferenceFromTheCyclesMeanAndFillsHoles() {
        var start = new SeasonStart();
        double[][] cycles = {{10, 20, Double.NaN, 20}, {110, 120, Double.NaN, 120}};
        for (int cycle = 0; cycle < 2; cycle++) {
            for (int bin = 0; bin < 4; bin++) {
                start.add(season, cycles[cycle][bin], cycle * 1_000 + bin * 250 + 125);
            }
        }

        assertThat(start.isComplete(season, 1_999)).isFalse();
        assertThat(start.isComplete(season, 2_125)).isTrue();
        assertThat(start.season(season))
                .containsExactly(new double[] {-7.5, 2.5, 2.5, 2.5}, within(1e-9));
    }

    @Test
    void startsWithNothingWhenMuchOfItWasNeverSeen() {
        var start = new SeasonStart();
        start.add(season, 10, 125);
        start.add(season, 10, 375);

        assertThat(start.season(season)).isEmpty();
    }
}
