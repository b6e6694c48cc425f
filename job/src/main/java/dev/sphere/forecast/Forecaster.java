package dev.sphere.forecast;

import dev.sphere.observe.Observation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes one signal one step on: measures the errors of what was forecast for this step, learns the
 * observation, and forecasts anew. Intervals come from the errors made at the same horizon, over
 * the square root of the size (counts scatter like that), so that they grow with the load.
 */
public final class Forecaster implements Serializable {
    private static final long serialVersionUID = 1L;

    /** A forecast whose 0.9 quantile held less often than this is not used. */
    private static final double LEAST_COVERAGE = 0.75;

    private final ForecastSettings settings;
    private final HoltWinters model;
    private final int[] curveSteps;
    private final int horizonSteps;
    private final int horizonPoint;

    public Forecaster(ForecastSettings settings) {
        this.settings = settings;
        this.model = settings.model();
        this.curveSteps = settings.curveSteps();
        this.horizonSteps = settings.horizonSteps();
        this.horizonPoint = Arrays.binarySearch(curveSteps, horizonSteps);
    }

    /**
     * The state to go on with: the given one; or, where the settings have changed since, a new one
     * that keeps what was learned if the season is still the same.
     */
    public SignalModel startOrContinue(SignalModel before) {
        if (before != null && before.fits(settings)) {
            return before;
        }
        var started = SignalModel.start(settings);
        if (before != null && before.hasSeasonOf(settings)) {
            started.learnFrom(before);
        }
        return started;
    }

    /**
     * One step.
     *
     * @param state changed in place
     * @param end of the step that was observed, in epoch milliseconds
     */
    public Forecast next(SignalModel state, Observation observation, long end) {
        // A sum that lacks some of its series is no observation of the whole.
        double y = observation.isPartial() ? Double.NaN : observation.value();
        int slot = slot(state, end);
        state.issuedAt[slot] = end;
        state.observed[slot] = y;
        measure(state, y, end);
        learn(state, y, end - settings.step() / 2);
        return forecast(state, observation, end);
    }

    private void measure(SignalModel state, double y, long end) {
        for (int point = 0; point < curveSteps.length; point++) {
            double expected = issued(state, state.issued, point, end, curveSteps[point]);
            state.curveErrors[point].add((y - expected) / scale(state, expected));
        }
        double atHorizon = issued(state, state.issued, horizonPoint, end, horizonSteps);
        double naive = issued(state, state.issuedNaive, 0, end, horizonSteps);
        if (!Double.isNaN(y - atHorizon - naive)) {
            state.absoluteErrors.add(Math.abs(y - atHorizon));
            state.naiveErrors.add(Math.abs(y - naive));
        }
        double peak = peakSeen(state, end);
        double expected = issued(state, state.issuedPeak, 0, end, horizonSteps);
        state.peakErrors.add((peak - expected) / scale(state, expected));
        double limit = issued(state, state.issuedPeakLimit, 0, end, horizonSteps);
        if (!Double.isNaN(peak - limit)) {
            state.covered.add(peak <= limit ? 1 : 0);
        }
    }

    private void learn(SignalModel state, double y, long at) {
        var components = state.components;
        model.next(components, y, at);
        if (!Double.isNaN(y)) {
            state.learned++;
            state.learnedAt = at;
            state.size =
                    Double.isNaN(state.size)
                            ? Math.abs(y)
                            : state.size + (Math.abs(y) - state.size) / settings.window();
        }
        var season = model.season();
        if (!season.exists()) {
            return;
        }
        remember(state, season, y, at);
        if (!components.hasSeason() && !Double.isNaN(components.level)) {
            state.seasonStart.add(season, y, at);
            if (state.seasonStart.isComplete(season, at)) {
                double[] started = state.seasonStart.season(season);
                state.seasonStart = new SeasonStart();
                if (started.length > 0) {
                    components.startSeason(started, season.at(started, at));
                    state.forgetErrors(settings.window());
                }
            }
        }
    }

    /** Keeps the newest value of each bin: tomorrow's seasonal-naive forecast. */
    private static void remember(SignalModel state, Season season, double y, long at) {
        int bin = season.bin(at);
        if (bin < state.bin && state.components.hasSeason()) {
            state.components.renormalise();
        }
        if (bin != state.bin || !Double.isNaN(y)) {
            state.lastSeason[bin] = y;
        }
        state.bin = bin;
    }

    private Forecast forecast(SignalModel state, Observation observation, long end) {
        int slot = slot(state, end);
        List<Forecast.Point> curve = new ArrayList<>(curveSteps.length);
        for (int point = 0; point < curveSteps.length; point++) {
            double mean = expected(state, end, curveSteps[point]);
            state.issued[point * state.issuedAt.length + slot] = mean;
            curve.add(
                    new Forecast.Point(
                            end + curveSteps[point] * settings.step(),
                            mean,
                            quantiles(state, mean, state.curveErrors[point])));
        }
        double highest = Double.NaN;
        for (int steps = 1; steps <= horizonSteps; steps++) {
            double mean = expected(state, end, steps);
            highest = Double.isNaN(highest) ? mean : Math.max(highest, mean);
        }
        double[] peak = quantiles(state, highest, state.peakErrors);
        state.issuedPeak[slot] = highest;
        state.issuedPeakLimit[slot] = Quantiles.at(peak, 0.9);
        state.issuedNaive[slot] = naive(state, end);
        var accuracy = accuracy(state);
        return new Forecast(
                observation,
                curve,
                new Forecast.Peak(horizonSteps * settings.step(), highest, peak),
                new Forecast.Model(
                        kind(state),
                        state.components.hasSeason() ? model.season().length() : 0,
                        model.alpha(),
                        model.beta(),
                        model.gamma(),
                        model.phi()),
                accuracy,
                health(state, accuracy, end));
    }

    private double expected(SignalModel state, long end, int steps) {
        long middle = end + steps * settings.step() - settings.step() / 2;
        return Math.max(0, model.forecast(state.components, steps, middle));
    }

    /** One season before the end of the horizon, or the present where that is not known. */
    private double naive(SignalModel state, long end) {
        if (model.season().exists()) {
            long at = end + horizonSteps * settings.step() - settings.step() / 2;
            double before = state.lastSeason[model.season().bin(at)];
            if (!Double.isNaN(before)) {
                return before;
            }
        }
        return state.observed[slot(state, end)];
    }

    private double[] quantiles(SignalModel state, double mean, ErrorWindow errors) {
        double[] values = errors.quantiles();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, mean + values[i] * scale(state, mean));
        }
        return values;
    }

    private static double scale(SignalModel state, double mean) {
        return Math.sqrt(Math.abs(mean) + 0.05 * state.size + Double.MIN_NORMAL);
    }

    private static Forecast.Accuracy accuracy(SignalModel state) {
        double error = state.absoluteErrors.mean();
        return new Forecast.Accuracy(
                error == 0 ? 0 : error / state.naiveErrors.mean(),
                state.covered.mean(),
                state.absoluteErrors.count);
    }

    private Forecast.Health health(SignalModel state, Forecast.Accuracy accuracy, long end) {
        boolean grown = state.components.hasSeason() || !model.season().exists();
        if (!grown || accuracy.errors() < settings.warmUp()) {
            return Forecast.Health.COLD;
        }
        boolean current = end - state.learnedAt <= settings.furthest();
        return current && accuracy.mase() <= 1 && accuracy.coverage() >= LEAST_COVERAGE
                ? Forecast.Health.SKILLED
                : Forecast.Health.WARM;
    }

    private static String kind(SignalModel state) {
        return state.components.hasSeason() ? "holt-winters-additive-damped" : "holt-damped";
    }

    private double issued(SignalModel state, double[] values, int row, long end, int stepsAgo) {
        int slot = slot(state, end - stepsAgo * settings.step());
        return state.issuedAt[slot] == end - stepsAgo * settings.step()
                ? values[row * state.issuedAt.length + slot]
                : Double.NaN;
    }

    /** The greatest value observed within the horizon; NaN if half of it was not observed. */
    private double peakSeen(SignalModel state, long end) {
        double peak = Double.NaN;
        int seen = 0;
        for (int steps = 0; steps < horizonSteps; steps++) {
            double y = issued(state, state.observed, 0, end, steps);
            if (!Double.isNaN(y)) {
                peak = Double.isNaN(peak) ? y : Math.max(peak, y);
                seen++;
            }
        }
        return 2 * seen > horizonSteps ? peak : Double.NaN;
    }

    private int slot(SignalModel state, long end) {
        return (int) Math.floorMod(end / settings.step(), (long) state.issuedAt.length);
    }
}
