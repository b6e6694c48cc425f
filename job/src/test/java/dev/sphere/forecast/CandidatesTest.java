package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final long STEP = 1_000;

    /**
     * A main season of four bins of a step each and one of eight; one, two and four steps ahead.
     */
    private final ForecastSettings settings =
            new ForecastSettings(
                    STEP,
                    new HoltWinters(0.2, 0.01, 0.15, 0.9, new Season(4 * STEP, 4)),
                    List.of(new Season(8 * STEP, 8)),
                    2 * STEP,
                    4 * STEP,
                    1,
                    List.of(),
                    20,
                    10,
                    3_600_000,
                    3_600_000);

    private final Candidates candidates = new Candidates(settings);
    private final SignalModel state = SignalModel.start(settings, candidates);
    private final float[] x = new float[candidates.count()];

    CandidatesTest() {
        state.newest = 10;
        state.levels = new double[] {11, 12, 13};
        state.deviations = new double[] {0.5, -0.25};
        state.components.level = 9;
        state.profiles[0].mean = new float[] {1, 2, 4, 8};
        state.profiles[0].newest = new float[] {100, 200, 300, 400};
        state.profiles[1].mean = new float[] {10, 20, 30, 40, 50, 60, 70, 80};
    }

    @Test
    void areDifferencesFromTheNewestValue() {
        candidates.shared(state, 500, null, x); // in the middle of the first bins
        candidates.ofAPoint(state, 0, x); // one step ahead

        assertThat(x)
                .containsExactly(
                        new float[] {
                            1,
                            2,
                            3, // levels
                            0.5f,
                            -0.25f, // deviations
                            -1, // Holt-Winters: 9 without a trend
                            2 - 1,
                            2 - 10,
                            200 - 10, // main season: change, mean, newest cycle
                            20 - 10,
                            20 - 10 // the other: change, mean
                        },
                        within(1e-6f));
    }

    @Test
    void goOnWithTheFirstBinAfterTheLast() {
        candidates.shared(state, 3_500, null, x);
        candidates.ofAPoint(state, 1, x); // two steps ahead: bin 1 of the one, bin 5 of the other

        assertThat(x[6]).isEqualTo(2 - 8);
        assertThat(x[9]).isEqualTo(60 - 40);
    }

    @Test
    void areOfTheTimeThatATimeIsLike() {
        // All is like one step later, but what is two steps ahead is like the seventh bin.
        candidates.shared(state, 500, at -> at == 2_500 ? 6_500 : at + STEP, x);
        candidates.ofAPoint(state, 1, x);

        assertThat(x[6]).isEqualTo(4 - 2); // the third bin of four, less the second
        assertThat(x[7]).isEqualTo(4 - 10);
        assertThat(x[8]).isEqualTo(300 - 10);
        assertThat(x[9]).isEqualTo(70 - 20);
        assertThat(x[10]).isEqualTo(70 - 10);
    }

    @Test
    void areOfTheirOwnTimeAgainWhenNothingIsSpecial() {
        candidates.shared(state, 500, at -> 6_500, x);
        candidates.ofAPoint(state, 0, x);

        candidates.shared(state, 500, null, x);
        candidates.ofAPoint(state, 0, x);

        assertThat(x[6]).isEqualTo(2 - 1);
        assertThat(x[9]).isEqualTo(20 - 10);
    }

    @Test
    void countAsNoDifferenceWhileTheyAreUnknown() {
        var fresh = SignalModel.start(settings, candidates);
        fresh.newest = 10;
        fresh.levels = new double[] {10, 10, 10};

        candidates.shared(fresh, 500, null, x);
        candidates.ofAPoint(fresh, 0, x);

        assertThat(x).containsOnly(0);
    }

    @Test
    void takeTheNewLevelForTheSlowOneWhenItHasShifted() {
        candidates.shift(state, 500);

        assertThat(state.levels).containsExactly(11, 12, 11);
        assertThat(state.deviations).containsExactly(1 - 11, 10 - 11);
        assertThat(candidates.usual(state, 500)).isEqualTo(11);
        assertThat(candidates.usual(state, 1_500)).isEqualTo(12); // and the season goes on
    }
}
