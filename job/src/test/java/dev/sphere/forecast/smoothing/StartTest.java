package dev.sphere.forecast.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartTest {
    private static final double[] SEASON = {4, -1, 2, -5, 3, -6, 3};

    @ParameterizedTest
    @ValueSource(ints = {6, 7})
    void findsALineAndASeasonWhetherItsLengthIsEvenOrOdd(int length) {
        double[] season = seasonOf(length);
        double[] y = lineWith(season, 2 * length);

        var start = Start.decomposed(y, length, SeasonForm.ADDITIVE);

        assertThat(start.at()).isEqualTo(length);
        assertThat(start.state().trend).isCloseTo(2, within(1e-9));
        // R counts the line from the first value of the moving average, at half a season.
        assertThat(start.state().level).isCloseTo(10 + 2 * (length / 2 - 1), within(1e-9));
        assertThat(start.state().seasonal).containsExactly(season, within(1e-9));
    }

    @Test
    void findsASeasonInSpiteOfAMissingCycleAndASpike() {
        double[] season = seasonOf(7);
        double[] y = new double[70];
        Arrays.setAll(y, t -> 100 + season[t % 7]);
        Arrays.fill(y, 14, 21, Double.NaN);
        y[33] = 1000;

        var start = Start.medians(y, 7);

        assertThat(start.at()).isZero();
        assertThat(start.state().level).isCloseTo(100, within(1e-9));
        assertThat(start.state().seasonal).containsExactly(season, within(1e-9));
    }

    @Test
    void refusesWhatTellsNoStart() {
        double[] y = lineWith(seasonOf(6), 60);
        double[] withoutTheThirdTurn = y.clone();
        for (int t = 2; t < y.length; t += 6) {
            withoutTheThirdTurn[t] = Double.NaN;
        }
        double[] nothing = new double[60];
        Arrays.fill(nothing, Double.NaN);
        var additive = new ExponentialSmoothing(0.2, 0.1, 0.1, 1, 0, SeasonForm.ADDITIVE, 6);
        var winters = new ExponentialSmoothing(0.2, 0.1, 0.1, 1, 0, SeasonForm.WINTERS, 6);

        assertThatThrownBy(() -> Start.leastSquares(additive, withoutTheThirdTurn, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected some of each turn of the season");
        assertThatThrownBy(() -> Start.leastSquares(winters, y, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected an additive season or none");
        assertThatThrownBy(() -> Start.leastSquares(additive, Arrays.copyOf(y, 6), 1))
                .hasMessage("6 observations: expected at least 7 to begin with");
        assertThatThrownBy(() -> Start.medians(nothing, 6))
                .hasMessage("all observations are missing: expected some");
    }

    private static double[] seasonOf(int length) {
        double[] season = Arrays.copyOf(SEASON, length);
        double mean = Arrays.stream(season).average().orElseThrow();
        Arrays.setAll(season, i -> season[i] - mean);
        return season;
    }

    private static double[] lineWith(double[] season, int length) {
        double[] y = new double[length];
        Arrays.setAll(y, t -> 10 + 2 * t + season[t % season.length]);
        return y;
    }
}
