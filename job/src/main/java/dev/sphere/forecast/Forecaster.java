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

    /** Fewer observations are always remembered, however long they take. */
    private static final double LEAST_MEMORY = 1_000;

    /** How fast the sizes of recent and of usual errors follow. */
    private static final double RECENT = 0.05;

    private static final double USUAL = 0.002;

    /** What remains of what was learned when a season is known for the first time. */
    private static final double NEW_SEASON = 0.2;

    private static final double LEAST_SCALE = 1e-9;

    /** No forecast is above the greatest root seen by more than this: four times the load. */
    private static final double MOST = 2;

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
    private final double keepGreatest;

    /** By point of the curve: how many origins back its forecast was made, and steps besides. */
    private final int[] originsBack;

    private final int[] stepsBesides;

    // What one step needs, kept only to be used again.
    private final float[] x;
    private final LeastSquares leastSquares;
    private final Ranks ranks = new Ranks(Quantiles.LEVELS);
    private final Ranks peakRanks = new Ranks(Quantiles.LEVELS);

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
        this.keepGreatest = Math.exp(-1 / memory);
        this.originsBack = Arrays.stream(curveSteps).map(steps -> steps / originEvery).toArray();
        this.stepsBesides = Arrays.stream(curveSteps).map(steps -> steps % originEvery).toArray();
        this.x = new float[candidates.count()];
        this.leastSquares = new LeastSquares(candidates.count());
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
        boolean known = !observation.isPartial() && Double.isFinite(observation.value());
        double y = known ? observation.value() : Double.NaN;
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

    /**
     * Other quantiles than those that forecasts carry, of the forecast that was made last.
     *
     * @param steps ahead, one of {@link ForecastSettings#steps}
     * @param levels each between 0 and 1
     */
    public double[] quantiles(SignalModel state, int steps, double... levels) {
        int point = Arrays.binarySearch(curveSteps, steps);
        if (point < 0) {
            throw new IllegalArgumentException(
                    steps + " steps ahead: expected one of " + Arrays.toString(curveSteps));
        }
        long now = state.seenAt - step / 2;
        candidates.shared(state, now, x);
        return quantiles(
                state.errors[point],
                new Ranks(levels),
                expected(state, point),
                scale(state, point, now),
                MOST * state.greatest);
    }

    // --- what has come true ---

    private void measure(SignalModel state, double y, double value, long end) {
        long index = Math.floorDiv(end, step);
        int besides = (int) Math.floorMod(index, (long) originEvery);
        int slot = slot(state, index);
        if (!Double.isNaN(value)) {
            for (int point = 0; point < curveSteps.length; point++) {
                int origin = origin(state, point, besides, slot, end);
                if (origin >= 0) {
                    measure(state, point, origin, value);
                }
            }
        }
        int origin = origin(state, horizonPoint, besides, slot, end);
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
            long made = state.combinations[horizonPoint].learned;
            state.peakErrors.add(relative(root(peak) - state.originPeak[origin], scale, made));
            double limit = state.originPeakLimit[origin];
            state.covered.add(Double.isNaN(limit) ? limit : peak <= limit ? 1 : 0);
        }
    }

    private void measure(SignalModel state, int point, int origin, double value) {
        int at = origin * curveSteps.length + point;
        double error = value - state.originForecast[at];
        long made = state.combinations[point].learned + 1;
        state.errors[point].add(relative(error, state.originScale[at], made));
        double size = Math.abs(error);
        state.recentErrors[point] += share(RECENT, made) * (size - state.recentErrors[point]);
        state.usualErrors[point] += share(USUAL, made) * (size - state.usualErrors[point]);
        gather(state, origin, point);
        double from = state.originValue[origin];
        state.combinations[point].learn(
                x, value - from, keep, Math.max(Math.abs(value), Math.abs(from)), leastSquares);
    }

    /**
     * An error over the size that errors had. It is held to what it would be if that size had known
     * of it: after errors of nearly nothing any other would be beyond all measure, and stay so in
     * the window.
     *
     * @param made errors at that horizon so far, with this one
     */
    private static double relative(double error, double scale, long made) {
        double most = 2 / (share(RECENT, made) + share(USUAL, made));
        return Math.max(-most, Math.min(most, error / scale));
    }

    /** What an error counts for in a mean that follows; the first ones are averaged. */
    private static double share(double follows, long made) {
        return Math.max(follows, 1.0 / Math.max(1, made));
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
            state.greatest = Math.max(Math.abs(value), keepGreatest * state.greatest);
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
        candidates.shared(state, now, x);
        double most = MOST * state.greatest;
        double highest = Double.NaN;
        double horizonScale = Double.NaN;
        for (int point = 0; point < curveSteps.length; point++) {
            int steps = curveSteps[point];
            double expected = expected(state, point);
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
                            square(expected),
                            quantiles(state.errors[point], ranks, expected, scale, most)));
        }
        var peak =
                new Forecast.Peak(
                        horizonSteps * step,
                        square(highest),
                        quantiles(state.peakErrors, peakRanks, highest, horizonScale, most));
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

    /** The combined forecast; the candidates that all horizons share have been written before. */
    private double expected(SignalModel state, int point) {
        candidates.ofAPoint(state, point, x);
        return Math.min(MOST * state.greatest, state.newest + bounded(state, point));
    }

    /**
     * The combined difference, held near the range of the candidates: a sum of large weights of
     * either sign may be far from all of them where none has been before.
     */
    private double bounded(SignalModel state, int point) {
        double combined = state.combinations[point].of(x);
        return isAmong(combined) ? combined : bounded(combined);
    }

    /** Whether it lies between no difference and a candidate: all that it nearly always takes. */
    private boolean isAmong(double combined) {
        double sign = combined < 0 ? -1 : 1;
        for (float candidate : x) {
            if (sign * candidate >= sign * combined) {
                return true;
            }
        }
        return combined == 0;
    }

    private double bounded(double combined) {
        double least = 0;
        double most = 0;
        for (float candidate : x) {
            least = Math.min(least, candidate);
            most = Math.max(most, candidate);
        }
        double margin = (most - least) / 2;
        return Math.max(least - margin, Math.min(most + margin, combined));
    }

    /** The slot of this step's forecast, if it is one that is kept; -1 if it is not. */
    private int newOrigin(SignalModel state, long end) {
        long index = Math.floorDiv(end, step);
        if (Math.floorMod(index, (long) originEvery) != 0 || Double.isNaN(state.newest)) {
            return -1;
        }
        int origin = slot(state, index);
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

    /**
     * How large errors are just now; {@code NaN} while none was made. Without an observation for a
     * while they are larger, as a random walk's would be.
     */
    private double scale(SignalModel state, int point, long now) {
        if (state.combinations[point].learned == 0) {
            return Double.NaN;
        }
        double usual = (state.recentErrors[point] + state.usualErrors[point]) / 2;
        if (now <= state.learnedAt) {
            return usual + LEAST_SCALE;
        }
        double silent = (now - state.learnedAt) / (double) step;
        return usual * Math.sqrt(1 + silent / curveSteps[point]) + LEAST_SCALE;
    }

    private static double[] quantiles(
            ErrorWindow errors, Ranks ranks, double expected, double scale, double most) {
        double[] values = new double[ranks.size()];
        ranks.of(errors.count);
        for (int i = 0; i < values.length; i++) {
            values[i] = square(Math.min(most, expected + errors.quantile(ranks, i) * scale));
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
                state.absoluteErrors.count());
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

    /**
     * The slot of the forecast that one point of the curve made for this step; -1 if none was kept.
     *
     * @param besides steps since the last one at which a forecast is kept
     * @param slot of that one
     */
    private int origin(SignalModel state, int point, int besides, int slot, long end) {
        if (stepsBesides[point] != besides) {
            return -1;
        }
        int origin = slot - originsBack[point];
        origin = origin < 0 ? origin + state.originAt.length : origin;
        return state.originAt[origin] == end - curveSteps[point] * step ? origin : -1;
    }

    /** The slot of the newest forecast that is kept, at a step counted from the epoch. */
    private int slot(SignalModel state, long index) {
        return (int) Math.floorMod(Math.floorDiv(index, originEvery), (long) state.originAt.length);
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
