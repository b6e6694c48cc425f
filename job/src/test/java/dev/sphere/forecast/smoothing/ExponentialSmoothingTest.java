package dev.sphere.forecast.smoothing;

import static dev.sphere.forecast.smoothing.Reference.agree;
import static dev.sphere.forecast.smoothing.Reference.agreeOverall;
import static dev.sphere.forecast.smoothing.Reference.agrees;
import static dev.sphere.forecast.smoothing.Reference.forecasts;
import static dev.sphere.forecast.smoothing.Reference.sumOfSquares;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With the parameters and starts of others it computes what they compute, to 1e-9 of each number.
 *
 * <p>Left out, as there is no class-1 formula for a multiplicative season: R's limits of
 * AirPassengers, which are an approximation of its own, and those of ETS(M,A,M).
 */
class ExponentialSmoothingTest {
    private static final double TOLERANCE = 1e-9;
    private static final double NORMAL_95 =
            new NormalDistribution().inverseCumulativeProbability(0.975);
    private static final double NORMAL_90 =
            new NormalDistribution().inverseCumulativeProbability(0.95);

    @ParameterizedTest
    @CsvSource({
        "co2-holtwinters-optimised, ADDITIVE",
        "co2-holtwinters-fixed, ADDITIVE",
        "airpassengers-holtwinters-optimised, WINTERS",
        "airpassengers-holtwinters-fixed, WINTERS"
    })
    void agreesWithHoltWintersOfR(String name, SeasonForm form) {
        var r = Reference.read(name);
        double[] y = r.y();
        int season = r.season();
        var model =
                ExponentialSmoothing.holtWinters(
                        r.the("alpha"), r.the("beta"), r.the("gamma"), form, season);

        var start = Start.decomposed(y, season, form);
        double[] errors = start.errors(model, y, 1);
        var end = start.end(model, y);

        agrees("l_start", start.state().level, r.the("l_start"), TOLERANCE);
        agrees("b_start", start.state().trend, r.the("b_start"), TOLERANCE);
        agreeOverall("s_start", start.state().seasonal, r.all("s_start"), TOLERANCE);
        agrees("SSE", sumOfSquares(errors), r.the("SSE"), TOLERANCE);
        double[] fitted = new double[12];
        Arrays.setAll(fitted, i -> y[season + i] - errors[i]);
        agree("fitted", fitted, r.all("fitted_first12"), TOLERANCE);
        agrees("level", end.level, r.the("a_end"), TOLERANCE);
        agrees("trend", end.trend, r.the("b_end"), TOLERANCE);
        agreeOverall("seasonal", seasonAhead(end), r.all("s_end"), TOLERANCE);
        agree("forecast", forecasts(model, end, 24), r.all("forecast"), TOLERANCE);
    }

    /** R takes the variance of the residuals about their mean. */
    @ParameterizedTest
    @ValueSource(strings = {"co2-holtwinters-optimised", "co2-holtwinters-fixed"})
    void hasTheLimitsOfHoltWintersOfR(String name) {
        var r = Reference.read(name);
        double[] y = r.y();
        var model =
                ExponentialSmoothing.holtWinters(
                        r.the("alpha"),
                        r.the("beta"),
                        r.the("gamma"),
                        SeasonForm.ADDITIVE,
                        r.season());
        var start = Start.decomposed(y, r.season(), SeasonForm.ADDITIVE);
        double sigma2 = StatUtils.variance(start.errors(model, y, 1));
        var end = start.end(model, y);

        agree("lwr", limits(model, end, 24, sigma2, -NORMAL_95), r.all("lwr95"), TOLERANCE);
        agree("upr", limits(model, end, 24, sigma2, NORMAL_95), r.all("upr95"), TOLERANCE);
    }

    @Test
    void agreesWithHoltOfR() {
        var r = Reference.read("uspop-holtwinters-optimised");
        double[] y = r.y();
        var model = ExponentialSmoothing.holt(r.the("alpha"), r.the("beta"), 1);

        var start = Start.afterTwo(y);
        double[] errors = start.errors(model, y, 1);
        var end = start.end(model, y);

        agrees("SSE", sumOfSquares(errors), r.the("SSE"), TOLERANCE);
        agrees("level", end.level, r.the("a_end"), TOLERANCE);
        agrees("trend", end.trend, r.the("b_end"), TOLERANCE);
        agree("forecast", forecasts(model, end, 5), r.all("forecast"), TOLERANCE);
        double sigma2 = StatUtils.variance(errors);
        agree("lwr", limits(model, end, 5, sigma2, -NORMAL_95), r.all("lwr95"), TOLERANCE);
        agree("upr", limits(model, end, 5, sigma2, NORMAL_95), r.all("upr95"), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({
        "austourists-ets-aaa, ADDITIVE",
        "co2-ets-aaa, ADDITIVE",
        "co2-ets-aada, ADDITIVE",
        "livestock-ets-aadn, NONE"
    })
    void agreesWithEtsAndItsLimits(String name, SeasonForm form) {
        var r = Reference.read(name);
        double[] y = r.y();
        var model = ets(r, form);

        var start = r.etsStart();
        double sse = sumOfSquares(start.errors(model, y, 1));
        var end = start.end(model, y);

        agrees("mse", sse / y.length, r.the("mse"), TOLERANCE);
        double sigma2 = sse / (y.length - r.the("parameters"));
        agrees("sigma2", sigma2, r.the("sigma2"), TOLERANCE);
        var expected = r.etsState("final_states", y.length);
        agrees("level", end.level, expected.level, TOLERANCE);
        agrees("trend", end.trend, expected.trend, TOLERANCE);
        agreeOverall("seasonal", end.seasonal, expected.seasonal, TOLERANCE);
        int steps = r.all("forecast").length;
        agree("forecast", forecasts(model, end, steps), r.all("forecast"), TOLERANCE);
        agree("lo90", limits(model, end, steps, sigma2, -NORMAL_90), r.all("lo90"), TOLERANCE);
        agree("hi90", limits(model, end, steps, sigma2, NORMAL_90), r.all("hi90"), TOLERANCE);
        agree("lo95", limits(model, end, steps, sigma2, -NORMAL_95), r.all("lo95"), TOLERANCE);
        agree("hi95", limits(model, end, steps, sigma2, NORMAL_95), r.all("hi95"), TOLERANCE);
    }

    /**
     * Errors of ETS(M,A,M) are shares of the value. Beyond one season its mean holds what the level
     * and the season then have learned from the same error as well, some 1e-7 of it; the line that
     * smoothing forecasts does not.
     */
    @Test
    void agreesWithEtsOfAMultiplicativeSeason() {
        var r = Reference.read("austourists-ets-mam");
        double[] y = r.y();
        var model = ets(r, SeasonForm.MULTIPLICATIVE);

        var start = r.etsStart();
        var end = start.end(model, y);

        agrees("mse", sumOfSquares(start.errors(model, y, 1)) / y.length, r.the("mse"), TOLERANCE);
        var expected = r.etsState("final_states", y.length);
        agrees("level", end.level, expected.level, TOLERANCE);
        agrees("trend", end.trend, expected.trend, TOLERANCE);
        agree("seasonal", end.seasonal, expected.seasonal, TOLERANCE);
        double[] forecasts = forecasts(model, end, 8);
        for (int h = 5; h <= 8; h++) {
            double learned = model.gamma() * (model.alpha() + 4 * model.beta()) * r.the("sigma2");
            double then = end.level + (h - 4) * end.trend;
            forecasts[h - 1] += learned * then * end.seasonal[end.turn(4, h)];
        }
        agree("forecast", forecasts, r.all("forecast"), TOLERANCE);
    }

    @Test
    void agreesWithHoltOfStatsmodels() {
        var r = Reference.read("ausair-holt-fixed");
        double[] y = r.y();
        var model = ExponentialSmoothing.holt(r.the("alpha"), r.the("beta"), 1);

        var start = Start.sloped(y);
        double[] errors = start.errors(model, y, 1);
        var end = start.end(model, y);

        agrees("l0", start.state().level, r.the("l0"), TOLERANCE);
        agrees("b0", start.state().trend, r.the("b0"), TOLERANCE);
        double[] expected = r.all("fittedfcast");
        for (int t = 0; t < y.length; t++) {
            agrees("fitted", y[t] - errors[t], expected[t], TOLERANCE);
        }
        agrees("next", model.forecast(end, 1), expected[y.length], TOLERANCE);
        assertThat(forecasts(model, end, 5)).containsExactly(r.all("forecast"), within(0.005));
    }

    @Test
    void agreesWithSimpleSmoothingOfStatsmodels() {
        var r = Reference.read("oil-ses-fixed");
        double[] y = r.y();
        var model = ExponentialSmoothing.holt(r.the("alpha"), 0, 0);
        var state = Start.flat(y).state();

        double[] levels = new double[y.length];
        for (int t = 0; t < y.length; t++) {
            model.next(state, y[t]);
            levels[t] = state.level;
        }

        agree("level", levels, r.all("level"), TOLERANCE);
        agree("forecast", forecasts(model, state, 1), r.all("forecast"), TOLERANCE);
    }

    /** The closed forms are of Hyndman, Koehler, Ord and Snyder, 2008, chapter 6. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0, 7", "1, 1", "1, 7", "0.9, 1", "0.9, 7"})
    void hasTheVarianceOfTheClosedForms(double phi, int season) {
        var random = new Random(20);
        for (int i = 0; i < 200; i++) {
            double alpha = 0.01 + 0.98 * random.nextDouble();
            double beta = phi == 0 ? 0 : alpha * random.nextDouble();
            double gamma = season == 1 ? 0 : (1 - alpha) * random.nextDouble();
            var form = season == 1 ? SeasonForm.NONE : SeasonForm.ADDITIVE;
            var model = new ExponentialSmoothing(alpha, beta, gamma, phi, 0, form, season);
            int h = 1 + random.nextInt(40);

            agrees(model + " " + h, model.variance(new Smoothed(), h), closedForm(model, h), 1e-11);
        }
    }

    private static double closedForm(ExponentialSmoothing model, int h) {
        double alpha = model.alpha();
        double beta = model.beta();
        double gamma = model.gamma();
        double phi = model.phi();
        int m = model.season();
        int k = model.form() == SeasonForm.NONE ? 0 : (h - 1) / m;
        double v = 1 + alpha * alpha * (h - 1) + gamma * k * (2 * alpha + gamma);
        if (phi == 1) {
            return v
                    + (h - 1) * (alpha * beta * h + beta * beta * h * (2 * h - 1) / 6)
                    + beta * gamma * k * m * (k + 1);
        }
        double fades = 1 - phi;
        double power = Math.pow(phi, h);
        double ofSeason = Math.pow(phi, m);
        return v
                + beta * phi * h / (fades * fades) * (2 * alpha * fades + beta * phi)
                - beta
                        * phi
                        * (1 - power)
                        / (fades * fades * (1 - phi * phi))
                        * (2 * alpha * (1 - phi * phi) + beta * phi * (1 + 2 * phi - power))
                + 2
                        * beta
                        * gamma
                        * phi
                        / (fades * (1 - ofSeason))
                        * (k * (1 - ofSeason) - ofSeason * (1 - Math.pow(phi, m * k)));
    }

    @Test
    void isLessCertainTheMoreObservationsAreMissing() {
        var model = new ExponentialSmoothing(0.3, 0.1, 0.2, 0.9, 0, SeasonForm.ADDITIVE, 4);
        var state = new Smoothed(10, 1, 1, 2, -3, 0);
        double certain = model.variance(state, 6);
        double forecast = model.forecast(state, 6);

        for (int i = 0; i < 5; i++) {
            model.next(state, Double.NaN);
        }

        assertThat(model.forecast(state, 1)).isCloseTo(forecast, within(1e-12));
        assertThat(model.variance(state, 1)).isEqualTo(certain);
        assertThat(model.variance(state, 2)).isGreaterThan(certain);
    }

    @Test
    void correctsByAShareOfTheNewestErrorThatFades() {
        var model = new ExponentialSmoothing(0.5, 0, 0, 0, 0.8, SeasonForm.NONE, 1);
        var state = new Smoothed(10, 0);

        model.next(state, 14);

        assertThat(model.forecast(state, 1)).isEqualTo(12 + 0.8 * 4);
        assertThat(model.forecast(state, 2)).isCloseTo(12 + 0.64 * 4, within(1e-12));
        model.next(state, Double.NaN);
        assertThat(model.forecast(state, 1)).isCloseTo(12 + 0.64 * 4, within(1e-12));
        assertThatThrownBy(() -> model.variance(state, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected an additive season or none, and rho 0");
    }

    @Test
    void refusesParametersOutsideOfTheirRange() {
        assertThatThrownBy(() -> new ExponentialSmoothing(0.3, 0.4, 0, 1, 0, SeasonForm.NONE, 1))
                .hasMessage("beta: 0.4, expected 0 to alpha, which is 0.3");
        assertThatThrownBy(() -> new ExponentialSmoothing(0.3, 0.1, 0, 1, 0, SeasonForm.NONE, 12))
                .hasMessage("season: 12.0, expected 1 without a season");
        assertThat(ExponentialSmoothing.holtWinters(0.9, 1, 1, SeasonForm.ADDITIVE, 4).gamma())
                .isCloseTo(0.1, within(1e-12));
    }

    private static ExponentialSmoothing ets(Reference r, SeasonForm form) {
        return new ExponentialSmoothing(
                r.the("alpha"),
                r.the("beta"),
                r.the("gamma"),
                r.the("phi"),
                0,
                form,
                form == SeasonForm.NONE ? 1 : r.season());
    }

    private static double[] limits(
            ExponentialSmoothing model, Smoothed state, int steps, double sigma2, double z) {
        double[] limits = forecasts(model, state, steps);
        for (int h = 1; h <= steps; h++) {
            limits[h - 1] += z * Math.sqrt(sigma2 * model.variance(state, h));
        }
        return limits;
    }

    /** R numbers the season from the step that comes next. */
    private static double[] seasonAhead(Smoothed state) {
        int season = state.seasonal.length;
        double[] ahead = new double[season];
        Arrays.setAll(ahead, i -> state.seasonal[state.turn(season, i + 1)]);
        return ahead;
    }
}
