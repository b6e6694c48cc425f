package dev.sphere.forecast.smoothing;

import static dev.sphere.forecast.smoothing.Reference.agree;
import static dev.sphere.forecast.smoothing.Reference.agrees;
import static dev.sphere.forecast.smoothing.Reference.forecasts;
import static dev.sphere.forecast.smoothing.Reference.sumOfSquares;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoubleSeasonalTest {
    private static final double TOLERANCE = 1e-9;

    @ParameterizedTest
    @ValueSource(strings = {"taylor-dshw-optimised", "taylor-dshw-fixed"})
    void agreesWithDshwOfR(String name) {
        var r = Reference.read(name);
        double[] y = Reference.read("taylor").y();
        var model =
                new DoubleSeasonal(
                        r.the("alpha"),
                        r.the("beta"),
                        r.the("gamma"),
                        r.the("omega"),
                        r.the("phi"),
                        (int) r.the("m1"),
                        (int) r.the("m2"));

        var start = Start.doubleSeasonal(y, model.season(), model.longSeason());
        double[] errors = start.errors(model, y, 1);
        var end = start.end(model, y);

        agrees("l0", start.state().level, r.the("l0"), TOLERANCE);
        agrees("b0", start.state().trend, r.the("b0"), TOLERANCE);
        agree("w", start.state().longSeasonal, r.all("w_init_m2"), TOLERANCE);
        agrees("mse", sumOfSquares(errors) / y.length, r.the("mse"), TOLERANCE);
        double mape =
                IntStream.range(0, y.length).mapToDouble(t -> Math.abs(errors[t] / y[t])).sum();
        agrees("mape", 100 * mape / y.length, r.the("mape"), TOLERANCE);
        double[] fitted = new double[48];
        Arrays.setAll(fitted, i -> y[y.length - 48 + i] - errors[y.length - 48 + i]);
        agree("fitted", fitted, r.all("fitted_last48"), TOLERANCE);
        agree("forecast", forecasts(model, end, 336), r.all("forecast"), TOLERANCE);
    }

    @Test
    void learnsNothingFromAMissingObservation() {
        double[] y = Reference.read("taylor").y();
        var model = new DoubleSeasonal(0.1, 0.01, 0.2, 0.2, 0.6, 48, 336);
        var state = Start.doubleSeasonal(y, 48, 336).end(model, y);
        double expected = model.forecast(state, 60);

        for (int i = 0; i < 50; i++) {
            model.next(state, Double.NaN);
        }

        assertThat(model.forecast(state, 10)).isCloseTo(expected, within(1e-6));
    }

    @Test
    void refusesALongSeasonThatIsNoMultipleOfTheShorter() {
        assertThatThrownBy(() -> new DoubleSeasonal(0.1, 0, 0.1, 0.1, 0, 48, 100))
                .hasMessage("longSeason: 100.0, expected a multiple of season, which is 48");
    }
}
