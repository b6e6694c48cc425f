package dev.sphere.forecast;

import dev.sphere.observe.Observation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes one signal one step on: measures what was forecast for this step, learns the observation
 * and how to combine the candidates, and forecasts anew.
 *
 * <p>All of it works on square roots: counts scatter with the root of their size, so that errors
 * are of one size, and what is forecast cannot turn negative. Intervals come from the errors made
 * at the same horizon, over their present size, so that they grow in unquiet times.
 *
 * <p>Not for several threads at once.
 */
public final class Forecaster implements Serializable {
    private static final long serialVersionUID = 1L;

    /** A forecast whose 0.9 quantile held less often than this is not used. */
    private static final double LEAST_COVERAGE = 0.75;

    /** Errors needed before their middle moves the forecast. */
    private static final int LEAST_ERRORS = 10;

    /** Fewer observations are always remembered, however long they take. */
    private static final double LEAST_MEMORY = 1_000;

    /** How fast the sizes of recent and of usual errors follow. */
    private static final double RECENT = 0.05;

    private static final double USUAL = 0.002;

    /** What remains of what was learned when a season is known for the first time. */
    private static final double NEW_SEASON = 0.2;

    private static final double LEAST_SCALE = 1e-9;

    private final ForecastSettings settings;
    private final HoltWinters model;
    private final Candidates candidates;
    private final List<Season> seasons;
    private final long step;
    private final int[] curveSteps;
    private final int horizonSteps;
    private final int horizonPoint;
    private final int originEvery;
    private final double keep;
    private final float[] x;

    public Forecaster(ForecastSettings settings) {
        this.settings = settings;
        this.model = settings.model();
        this.candidates = new Candidates(settings);
        this.seasons = settings.seasons();
        this.step = settings.step();
        this.curveSteps = settings.curveSteps();
        this.horizonSteps = settings.horizonSteps();
        this.horizonPoint = Arrays.binarySearch(curveSteps, horizonSteps);
        this.originEvery = settings.originEvery();
        double memory = Math.max(LEAST_MEMORY, (double) settings.memory() / step);
        this.keep = Math.exp(-originEvery / memory);
        this.x = new float[candidates.count()];
    }

    /**
     * The state to go on with: the given one; or, where the settings have changed since, a new one
     * that keeps what was learned if the seasons are still the same.
     */
    public SignalModel startOrContinue(SignalModel before) {
        if (before != null && before.fits(settings)) {
            return before;
        }
        var started = SignalModel.start(settings, candidates);
        if (before != null && before.hasSeasonsOf(settings)) {
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
        if (state.seenAt != end - step) {
            Arrays.fill(state.observed, Float.NaN);
        }
        state.seenAt = end;
        state.observed[(int) Math.floorMod(end / step, (long) horizonSteps)] = (float) y;
        double value = root(y);
        measure(state, y, value, end);
        learn(state, value, end - step / 2);
        return forecast(state, observation, y, end);
    }

    // --- what has come true ---

    private void measure(SignalModel state, double y, double value, long end) {
        for (int point = 0; point < curveSteps.length && !Double.isNaN(value); point++) {
            int origin = origin(state, end - curveSteps[point] * step);
            if (origin >= 0) {
                measure(state, point, origin, value);
            }
        }
        int origin = origin(state, end - horizonSteps * step);
        if (origin < 0) {
            return;
        }
        if (!Double.isNaN(y)) {
            state.absoluteErrors.add(Math.abs(y - state.originExpected[origin]));
            state.naiveErrors.add(Math.abs(y - state.originNaive[origin]));
        }
        double peak = peakSeen(state);
        if (!Double.isNaN(peak)) {
            double scale = state.originScale[origin * curveSteps.length + horizonPoint];
            state.peakErrors.add((root(peak) - state.originPeak[origin]) / scale);
            double limit = state.originPeakLimit[origin];
            state.covered.add(Double.isNaN(limit) ? limit : peak <= limit ? 1 : 0);
        }
    }

    private void measure(SignalModel state, int point, int origin, double value) {
        int at = origin * curveSteps.length + point;
        double error = value - state.originForecast[at];
        state.errors[point].add(error / state.originScale[at]);
        double size = Math.abs(error);
        double first = 1.0 / (state.combinations[point].learned + 1);
        state.recentErrors[point] += Math.max(RECENT, first) * (size - state.recentErrors[point]);
        state.usualErrors[point] += Math.max(USUAL, first) * (size - state.usualErrors[point]);
        gather(state, origin, point);
        double from = state.originValue[origin];
        state.combinations[point].learn(
                x, value - from, keep, Math.max(Math.abs(value), Math.abs(from)));
    }

    private void gather(SignalModel state, int origin, int point) {
        int shared = candidates.shared();
        int own = candidates.ofAHorizon();
        System.arraycopy(state.originShared, origin * shared, x, 0, shared);
        System.arraycopy(
                state.originCandidates, (origin * curveSteps.length + point) * own, x, shared, own);
    }

    // --- what is learned ---

    private void learn(SignalModel state, double value, long at) {
        var components = state.components;
        model.next(components, value, at);
        if (!Double.isNaN(value)) {
            state.learned++;
            state.learnedAt = at;
            state.newest = value;
            candidates.next(state, value, at);
        }
        for (int i = 0; i < state.profiles.length; i++) {
            var profile = state.profiles[i];
            boolean before = profile.isWhole;
            profile.add(seasons.get(i), model.gamma(), value, at, step);
            if (profile.isWhole && !before) {
                discount(state);
            }
        }
        var season = model.season();
        if (!season.exists()) {
            return;
        }
        state.lastSeason[season.bin(at)] = (float) value;
        if (components.hasSeason()) {
            if (season.bin(at) < season.bin(at - step)) {
                components.renormalise();
            }
        } else if (!Double.isNaN(components.level)) {
            startSeason(state, season, value, at);
        }
    }

    /** There is a candidate that was not there before: what was learned without it says less. */
    private static void discount(SignalModel state) {
        for (var combination : state.combinations) {
            combination.discount(NEW_SEASON);
        }
    }

    private static void startSeason(SignalModel state, Season season, double value, long at) {
        state.seasonStart.add(season, value, at);
        if (state.seasonStart.isComplete(season, at)) {
            double[] started = state.seasonStart.season(season);
            state.seasonStart = new SeasonStart();
            if (started.length > 0) {
                state.components.startSeason(started, season.at(started, at));
                discount(state);
            }
        }
    }

    // --- what is expected ---

    private Forecast forecast(SignalModel state, Observation observation, double y, long end) {
        int origin = newOrigin(state, end);
        long now = end - step / 2;
        List<Forecast.Point> curve = new ArrayList<>(curveSteps.length);
        candidates.shared(state, x, 0);
        double highest = Double.NaN;
        double horizonScale = Double.NaN;
        for (int point = 0; point < curveSteps.length; point++) {
            int steps = curveSteps[point];
            candidates.ofAHorizon(state, steps, now, now + steps * step, x, candidates.shared());
            double expected = state.newest + bounded(state, point);
            double scale = scale(state, point, now);
            if (origin >= 0) {
                keep(state, origin, point, expected, scale);
            }
            if (steps <= horizonSteps) {
                highest = Double.isNaN(highest) ? expected : Math.max(highest, expected);
                horizonScale = scale;
            }
            curve.add(
                    new Forecast.Point(
                            end + steps * step,
                            middle(state.errors[point], expected, scale),
                            quantiles(state.errors[point], expected, scale)));
        }
        var peak =
                new Forecast.Peak(
                        horizonSteps * step,
                        middle(state.peakErrors, highest, horizonScale),
                        quantiles(state.peakErrors, highest, horizonScale));
        if (origin >= 0) {
            state.originExpected[origin] = curve.get(horizonPoint).mean();
            state.originNaive[origin] = naive(state, y, now);
            state.originPeak[origin] = highest;
            state.originPeakLimit[origin] = Quantiles.at(peak.quantiles(), 0.9);
        }
        var accuracy = accuracy(state);
        return new Forecast(
                observation,
                curve,
                peak,
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

    /**
     * The combined difference, held near the range of the candidates: a sum of large weights of
     * either sign may be far from all of them where none has been before.
     */
    private double bounded(SignalModel state, int point) {
        double least = 0;
        double most = 0;
        for (float candidate : x) {
            least = Math.min(least, candidate);
            most = Math.max(most, candidate);
        }
        double margin = (most - least) / 2;
        double combined = state.combinations[point].of(x);
        return Math.max(least - margin, Math.min(most + margin, combined));
    }

    /** The slot of this step's forecast, if it is one that is kept; -1 if it is not. */
    private int newOrigin(SignalModel state, long end) {
        if (end / step % originEvery != 0 || Double.isNaN(state.newest)) {
            return -1;
        }
        int origin = slot(state, end);
        state.originAt[origin] = end;
        state.originValue[origin] = state.newest;
        return origin;
    }

    private void keep(SignalModel state, int origin, int point, double expected, double scale) {
        int shared = candidates.shared();
        int own = candidates.ofAHorizon();
        int at = origin * curveSteps.length + point;
        System.arraycopy(x, 0, state.originShared, origin * shared, shared);
        System.arraycopy(x, shared, state.originCandidates, at * own, own);
        state.originForecast[at] = (float) expected;
        state.originScale[at] = (float) scale;
    }

    /** Without an observation for a while errors are larger, as a random walk's would be. */
    private double scale(SignalModel state, int point, long now) {
        double usual = (state.recentErrors[point] + state.usualErrors[point]) / 2;
        double silent = Math.max(0, now - state.learnedAt) / (double) step;
        return usual * Math.sqrt(1 + silent / curveSteps[point]) + LEAST_SCALE;
    }

    /** The central forecast: what the errors made so far are balanced around. */
    private static double middle(ErrorWindow errors, double expected, double scale) {
        double shift = errors.count < 1000000 ? 0 : errors.quantile(0.5) * scale;
        return square(expected + shift);
    }

    private static double[] quantiles(ErrorWindow errors, double expected, double scale) {
        double[] values = new double[Quantiles.LEVELS.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = square(expected + errors.quantile(Quantiles.LEVELS[i]) * scale);
        }
        return values;
    }

    /** One season before the end of the horizon, or the present where that is not known. */
    private double naive(SignalModel state, double y, long now) {
        var season = model.season();
        if (season.exists()) {
            double before = state.lastSeason[season.bin(now + horizonSteps * step)];
            if (!Double.isNaN(before)) {
                return square(before);
            }
        }
        return Double.isNaN(y) ? square(state.newest) : y;
    }

    private static Forecast.Accuracy accuracy(SignalModel state) {
        double error = state.absoluteErrors.mean();
        return new Forecast.Accuracy(
                error == 0 ? 0 : error / state.naiveErrors.mean(),
                state.covered.mean(),
                state.absoluteErrors.count);
    }

    private Forecast.Health health(SignalModel state, Forecast.Accuracy accuracy, long end) {
        if (accuracy.errors() < settings.warmUp()) {
            return Forecast.Health.COLD;
        }
        boolean current = end - state.learnedAt <= settings.furthest();
        return current && accuracy.mase() <= 1 && accuracy.coverage() >= LEAST_COVERAGE
                ? Forecast.Health.SKILLED
                : Forecast.Health.WARM;
    }

    private static String kind(SignalModel state) {
        return state.components.hasSeason() ? "holt-winters-combined" : "holt-combined";
    }

    /** The slot of the forecast that was made at a time; -1 if none was kept. */
    private int origin(SignalModel state, long at) {
        if (at / step % originEvery != 0) {
            return -1;
        }
        int slot = slot(state, at);
        return state.originAt[slot] == at ? slot : -1;
    }

    private int slot(SignalModel state, long at) {
        return (int) Math.floorMod(at / step / originEvery, (long) state.originAt.length);
    }

    /** The greatest value observed within the horizon; NaN if half of it was not observed. */
    private double peakSeen(SignalModel state) {
        double peak = Double.NaN;
        int seen = 0;
        for (float y : state.observed) {
            if (!Float.isNaN(y)) {
                peak = Double.isNaN(peak) ? y : Math.max(peak, y);
                seen++;
            }
        }
        return 2 * seen > horizonSteps ? peak : Double.NaN;
    }

    private static double root(double y) {
        return Math.signum(y) * Math.sqrt(Math.abs(y));
    }

    /** Never negative: loads are not. */
    private static double square(double root) {
        return root <= 0 ? 0 : root * root;
    }
}
