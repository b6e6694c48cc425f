package dev.sphere.forecast;

import dev.sphere.calendar.Calendar;
import dev.sphere.calendar.CalendarEntry;
import dev.sphere.observe.Amendment;
import dev.sphere.observe.Observation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;

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

    /** What remains of what was learned when a season is known for the first time. */
    private static final double NEW_SEASON = 0.2;

    /** Errors that say what is usual, so that something can be unusual. */
    private static final int LEAST_ERRORS = 50;

    /** Observations that make a trend. */
    private static final int LEAST_OF_A_TREND = 10;

    /** Observations after which half of the forecasts tell as much as all. */
    private static final int MATURE = 5_000;

    /** More is no load: its square would not be a float. */
    private static final double GREATEST_LOAD = 1e30;

    /** No forecast is above the greatest root seen by more than this: four times the load. */
    private static final double MOST = 2;

    /** Spreads the hashes of keys that are alike. */
    private static final long PHASE = 0x9E3779B97F4A7C15L;

    /** No forecast that is kept. */
    private static final long NONE = Long.MIN_VALUE;

    private final ForecastSettings settings;
    private final HoltWinters model;
    private final Candidates candidates;
    private final List<Season> seasons;
    private final boolean hasMain;
    private final long step;
    private final long binWidth;
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
        this.hasMain = settings.hasMainSeason();
        this.step = settings.step();
        this.binWidth = hasMain ? model.season().binWidth() : step;
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
     * The state to go on with, of a signal that is alone.
     *
     * @see #startOrContinue(SignalModel, String)
     */
    public SignalModel startOrContinue(SignalModel before) {
        return startOrContinue(before, "");
    }

    /**
     * The state to go on with: the given one; or, where the settings have changed since, a new one
     * that keeps what was learned if the seasons are still the same.
     *
     * @param before null if there is none
     * @param key tells signals apart, the same after a restart
     */
    public SignalModel startOrContinue(SignalModel before, String key) {
        if (before != null && before.fits(settings, candidates)) {
            return before;
        }
        var started = SignalModel.start(settings, candidates);
        started.refitPhase = Math.floorMod(key.hashCode() * PHASE, settings.refitEvery());
        if (before != null && before.hasSeasonsOf(settings)) {
            started.learnFrom(before);
        }
        return started;
    }

    /**
     * One step, by a calendar that knows of no day.
     *
     * @see #next(SignalModel, Observation, long, Calendar, String)
     */
    public Forecast next(SignalModel state, Observation observation, long end) {
        return next(state, observation, end, Calendar.EMPTY, "");
    }

    /**
     * One step.
     *
     * @param state changed in place
     * @param end of the step that was observed, in epoch milliseconds
     * @param calendar what is special about times
     * @param service that the calendar is asked for
     */
    public Forecast next(
            SignalModel state,
            Observation observation,
            long end,
            Calendar calendar,
            String service) {
        // A sum that lacks some of its series is no observation of the whole.
        boolean known = !observation.isPartial() && Math.abs(observation.value()) <= GREATEST_LOAD;
        double y = known ? observation.value() : Double.NaN;
        if (state.seenAt != end - step) {
            Arrays.fill(state.observed, Float.NaN);
        }
        state.seenAt = end;
        state.observed[(int) Math.floorMod(end / step, (long) horizonSteps)] = (float) y;
        double value = root(y);
        long at = end - step / 2;
        forgetDeclared(state, calendar, service);
        if (calendar.teaches(service, at)) {
            measure(state, y, value, end);
            learn(state, value, at, at, true);
        } else {
            learn(state, value, at, calendar.seasonal(service, at), false);
        }
        refitInTurn(state, end);
        return forecast(state, observation, y, end, asIf(calendar, service, at));
    }

    /** Null where every time until the end of the curve is as it is. */
    private LongUnaryOperator asIf(Calendar calendar, String service, long at) {
        return calendar.isPlain(at, at + settings.furthest())
                ? null
                : time -> calendar.seasonal(service, time);
    }

    /**
     * Other quantiles than those that forecasts carry, of the forecast that was made last; by a
     * calendar that knows of no day.
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
        candidates.shared(state, now, null, x);
        candidates.ofAPoint(state, point, x);
        return quantiles(
                state.horizons[point].errors,
                new Ranks(levels),
                expected(state, point, candidates.lastCycle()),
                scale(state, point, now),
                MOST * state.greatest);
    }

    // --- what has come true ---

    private void measure(SignalModel state, double y, double value, long end) {
        long index = Math.floorDiv(end, step);
        int besides = (int) Math.floorMod(index, (long) originEvery);
        long newest = Math.floorDiv(index, originEvery);
        if (!Double.isNaN(value)) {
            for (int point = 0; point < curveSteps.length; point++) {
                long origin = newest - originsBack[point];
                if (isKept(state, point, besides, origin, end)) {
                    measure(state, point, origin, value, end);
                }
            }
        }
        long origin = newest - originsBack[horizonPoint];
        if (!isKept(state, horizonPoint, besides, origin, end)) {
            return;
        }
        int slot = slot(state, origin);
        if (!Double.isNaN(y)) {
            state.absoluteErrors.add(Math.abs(y - state.originExpected[slot]));
            state.naiveErrors.add(Math.abs(y - state.originNaive[slot]));
            double low = state.originLow[slot];
            boolean isInside = y >= low && y <= state.originHigh[slot];
            state.inside.add(Double.isNaN(low) ? low : isInside ? 1 : 0);
        }
        double peak = peakSeen(state);
        if (!Double.isNaN(peak)) {
            var horizon = state.horizons[horizonPoint];
            state.peakErrors.add(
                    HorizonModel.relative(
                            root(peak) - state.originPeak[slot],
                            horizon.scale(origin),
                            horizon.combination.learned));
            double limit = state.originPeakLimit[slot];
            state.covered.add(Double.isNaN(limit) ? limit : peak <= limit ? 1 : 0);
        }
    }

    private void measure(SignalModel state, int point, long origin, double value, long end) {
        var horizon = state.horizons[point];
        int slot = slot(state, origin);
        int shared = candidates.shared();
        System.arraycopy(state.originShared, slot * shared, x, 0, shared);
        double recent = horizon.recent;
        double usual = horizon.usual;
        double kept = isMature(state) ? keep * keep : keep;
        double size = horizon.learn(origin, value, state.originValue[slot], x, kept, leastSquares);
        if (horizon.combination.learned > LEAST_ERRORS) {
            long at = end - step / 2;
            state.errorProfile.add(
                    size, recent, usual, part(at), part(at - curveSteps[point] * step));
        }
    }

    /** Whether one point of the curve made a forecast for this step at that origin. */
    private boolean isKept(SignalModel state, int point, int besides, long origin, long end) {
        return stepsBesides[point] == besides
                && state.originAt[slot(state, origin)] == end - curveSteps[point] * step;
    }

    // --- what is learned ---

    /**
     * @param seasonal the time whose season is expected
     * @param teaches whether the value says something of the seasons
     */
    private void learn(SignalModel state, double value, long at, long seasonal, boolean teaches) {
        var components = state.components;
        double taught = Double.NaN;
        if (!Double.isNaN(value)) {
            state.learned++;
            state.learnedAt = at;
            state.newest = value;
            state.greatest = Math.max(Math.abs(value), keepGreatest * state.greatest);
            double expected = model.forecast(components, 1, seasonal);
            double held = Double.isNaN(expected) ? value : state.bound.held(value, expected);
            taught = teaches ? held : Double.NaN;
            boolean hasShifted = hasShifted(state, value, seasonal, at);
            candidates.next(state, value, seasonal, teaches);
            if (hasShifted) {
                candidates.shift(state, seasonal);
                if (teaches) {
                    model.shift(components, state.levels[0], seasonal);
                }
            }
        }
        model.next(components, taught, at);
        for (int i = 0; i < state.profiles.length; i++) {
            var profile = state.profiles[i];
            boolean before = profile.isWhole;
            profile.add(seasons.get(i), state.gamma, teaches ? value : Double.NaN, at, step);
            if (profile.isWhole && !before) {
                discount(state);
            }
        }
        state.history.add(Math.floorDiv(at, binWidth), teaches ? value : Double.NaN);
        if (model.season().exists()) {
            learnSeason(state, taught, at);
        }
    }

    private void learnSeason(SignalModel state, double value, long at) {
        var season = model.season();
        var components = state.components;
        if (components.hasSeason()) {
            if (season.bin(at) < season.bin(at - step)) {
                components.renormalise();
            }
        } else if (!Double.isNaN(components.level)) {
            startSeason(state, season, value, at);
        }
    }

    /** Asked before the level has followed the value. */
    private boolean hasShifted(SignalModel state, double value, long seasonal, long at) {
        var furthest = state.horizons[state.horizons.length - 1];
        if (furthest.combination.learned <= LEAST_ERRORS || !(furthest.usual > 0)) {
            return false;
        }
        double difference = value - candidates.usual(state, seasonal);
        return state.shift.isShownBy(difference / furthest.usual, at);
    }

    /** There is a candidate that was not there before: what was learned without it says less. */
    private static void discount(SignalModel state) {
        for (var horizon : state.horizons) {
            horizon.combination.discount(NEW_SEASON);
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

    /**
     * Takes in what late data have made of a step that was learned, or was not for want of them: in
     * the history and in the seasons; level and trend have gone on.
     */
    public void amend(SignalModel state, Amendment amendment, Calendar calendar, String service) {
        long at = amendment.end() - step / 2;
        if (!hasMain || !Double.isFinite(amendment.value()) || !calendar.teaches(service, at)) {
            return;
        }
        long bin = Math.floorDiv(at, binWidth);
        double valueBefore = root(amendment.before());
        double value = root(amendment.value());
        double before = state.history.at(bin);
        if (!state.history.amend(bin, valueBefore, value)) {
            return;
        }
        double after = state.history.at(bin);
        boolean isFilling = bin == Math.floorDiv(state.seenAt + step / 2, binWidth);
        for (int i = 0; i < state.profiles.length; i++) {
            var season = seasons.get(i);
            if (season.binWidth() != binWidth || state.seenAt - at >= season.length()) {
                continue;
            }
            if (isFilling) {
                state.profiles[i].amendFilling(valueBefore, value);
            } else {
                state.profiles[i].amend(season, state.gamma, at, before, after);
            }
        }
    }

    /** Takes back what was learned of periods that are declared to teach nothing afterwards. */
    private void forgetDeclared(SignalModel state, Calendar calendar, String service) {
        if (state.calendarVersion == calendar.version()) {
            return;
        }
        for (CalendarEntry entry : calendar.entriesSince(service, state.calendarVersion)) {
            forget(state, entry.from(), entry.to());
        }
        state.calendarVersion = calendar.version();
    }

    private void forget(SignalModel state, long from, long to) {
        if (!hasMain || state.history.newest == Long.MIN_VALUE) {
            return;
        }
        long first = Math.max(state.history.oldest(), Math.floorDiv(from, binWidth));
        long last = Math.min(state.history.newest, Math.floorDiv(to - 1, binWidth));
        for (long bin = first; bin <= last; bin++) {
            if (state.history.forget(bin)) {
                relearn(state, bin);
            }
        }
    }

    private void relearn(SignalModel state, long forgotten) {
        for (int i = 0; i < state.profiles.length; i++) {
            var season = seasons.get(i);
            var profile = state.profiles[i];
            if (season.binWidth() != binWidth) {
                continue;
            }
            long newest = state.history.newest;
            if (profile.isFilling() && forgotten == newest) {
                profile.empty();
                continue;
            }
            int bin = season.bin(forgotten * binWidth);
            double[] cycles = state.history.every(season.bins(), forgotten);
            if (profile.isFilling() && Math.floorMod(newest - forgotten, season.bins()) == 0) {
                cycles[cycles.length - 1] = Double.NaN; // it is learned when it is full
            }
            profile.relearn(bin, cycles, state.gamma);
        }
    }

    // --- how it is smoothed ---

    private void refitInTurn(SignalModel state, long end) {
        long every = settings.refitEvery();
        long turn = Math.floorDiv(end - state.refitPhase, every);
        if (state.refittedAt == SignalModel.NEVER) {
            state.refittedAt = end;
        } else if (turn > Math.floorDiv(state.refittedAt - state.refitPhase, every)) {
            state.refittedAt = end;
            refit(state);
        }
    }

    private void refit(SignalModel state) {
        if (!hasMain) {
            return;
        }
        var season = model.season();
        int ahead = (int) Math.max(1, settings.furthest() / binWidth);
        double[] values = state.history.known();
        long first = state.history.newest - values.length + 1;
        var refit = new Refit(values, season.bin(first * binWidth), season.bins(), ahead);
        if (refit.isPossible()) {
            var components = state.components;
            double stepsOfABin = (double) binWidth / step;
            double alpha = 1 - Math.pow(1 - components.alpha(model), stepsOfABin);
            var fitted = refit.from(alpha, state.gamma);
            state.gamma = fitted.gamma();
            components.alpha = 1 - Math.pow(1 - fitted.alpha(), 1 / stepsOfABin);
            double gamma = 1 - Math.pow(1 - fitted.gamma(), 1 / stepsOfABin);
            components.gamma = (1 - components.alpha) * gamma;
        }
    }

    // --- what is expected ---

    private Forecast forecast(
            SignalModel state,
            Observation observation,
            double y,
            long end,
            LongUnaryOperator asIf) {
        long origin = newOrigin(state, end);
        boolean isKept = origin != NONE;
        long now = end - step / 2;
        var curve = new Forecast.Point[curveSteps.length];
        candidates.shared(state, now, asIf, x);
        double most = MOST * state.greatest;
        double highest = Double.NaN;
        double horizonScale = Double.NaN;
        for (int point = 0; point < curveSteps.length; point++) {
            int steps = curveSteps[point];
            var horizon = state.horizons[point];
            candidates.ofAPoint(state, point, x);
            double lastCycle = candidates.lastCycle();
            double expected = expected(state, point, lastCycle);
            double scale = scale(state, point, now);
            if (isKept) {
                horizon.keep(origin, x, expected, scale, lastCycle);
            }
            if (steps <= horizonSteps) {
                highest = Double.isNaN(highest) ? expected : Math.max(highest, expected);
                horizonScale = scale;
            }
            curve[point] =
                    new Forecast.Point(
                            end + steps * step,
                            square(expected),
                            quantiles(horizon.errors, ranks, expected, scale, most));
        }
        var peak =
                new Forecast.Peak(
                        horizonSteps * step,
                        square(highest),
                        quantiles(state.peakErrors, peakRanks, highest, horizonScale, most));
        if (isKept) {
            int slot = slot(state, origin);
            System.arraycopy(
                    x, 0, state.originShared, slot * candidates.shared(), candidates.shared());
            var there = curve[horizonPoint];
            state.originExpected[slot] = there.mean();
            state.originLow[slot] = Quantiles.at(there.quantiles(), 0.05);
            state.originHigh[slot] = Quantiles.at(there.quantiles(), 0.95);
            state.originNaive[slot] = naive(state, now);
            state.originPeak[slot] = highest;
            state.originPeakLimit[slot] = Quantiles.at(peak.quantiles(), 0.9);
        }
        var accuracy = accuracy(state);
        return new Forecast(
                observation,
                List.of(curve),
                peak,
                model(state),
                accuracy,
                health(state, accuracy, end));
    }

    /** One season before the end of the horizon, or the present where that is not known. */
    private double naive(SignalModel state, long now) {
        if (hasMain) {
            int there = model.season().bin(now + horizonSteps * step);
            double before = state.profiles[0].samples[there];
            if (!Double.isNaN(before)) {
                return square(before);
            }
        }
        return square(state.newest);
    }

    private double expected(SignalModel state, int point, double naive) {
        // Weights learned before a launch say nothing of it, until forecasts have come true after.
        boolean isNew =
                state.shift.isLargeWithin(curveSteps[point] * step, state.seenAt - step / 2);
        double difference = isNew ? 0 : state.horizons[point].difference(x, naive);
        return Math.min(MOST * state.greatest, state.newest + difference);
    }

    /** A signal that has been learned from for long is learned from half as often. */
    private static boolean isMature(SignalModel state) {
        return state.learned > MATURE;
    }

    /** Counts this step's forecast among those that are kept; {@link #NONE} if it is not one. */
    private long newOrigin(SignalModel state, long end) {
        long index = Math.floorDiv(end, step);
        if (Math.floorMod(index, (long) originEvery) != 0 || Double.isNaN(state.newest)) {
            return NONE;
        }
        long origin = Math.floorDiv(index, originEvery);
        if (isMature(state) && Math.floorMod(origin, 2) == 1) {
            return NONE;
        }
        int slot = slot(state, origin);
        state.originAt[slot] = end;
        state.originValue[slot] = state.newest;
        return origin;
    }

    /**
     * How large errors are just now; {@code NaN} while none was made. Without an observation for a
     * while they are larger, as a random walk's would be.
     */
    private double scale(SignalModel state, int point, long now) {
        var horizon = state.horizons[point];
        if (!horizon.isMeasured()) {
            return Double.NaN;
        }
        int steps = curveSteps[point];
        var profile = state.errorProfile;
        double size =
                profile.helps()
                        ? profile.size(
                                horizon.recent, horizon.usual, part(now + steps * step), part(now))
                        : horizon.size();
        if (now > state.learnedAt) {
            double silent = (now - state.learnedAt) / (double) step;
            size *= Math.sqrt(1 + silent / steps);
        }
        return HorizonModel.scale(size);
    }

    private int part(long at) {
        return ErrorProfile.part(model.season(), at);
    }

    private static double[] quantiles(
            ErrorWindow errors, Ranks ranks, double expected, double scale, double most) {
        double[] relative = errors.quantiles(ranks);
        double[] values = new double[relative.length];
        for (int i = 0; i < values.length; i++) {
            double root = expected + relative[i] * scale;
            values[i] = square(root > most ? most : root);
        }
        return values;
    }

    // --- how far it can be trusted ---

    private Forecast.Model model(SignalModel state) {
        List<Forecast.Seasonality> known = new ArrayList<>(seasons.size());
        boolean isSeasonal = false;
        for (int i = 0; i < state.profiles.length; i++) {
            if (state.profiles[i].isWhole) {
                double evidence = state.evidence[i].share();
                known.add(new Forecast.Seasonality(seasons.get(i).length(), evidence));
                isSeasonal |= evidence >= SeasonEvidence.LEAST;
            }
        }
        var components = state.components;
        return new Forecast.Model(
                isSeasonal ? "season" : state.learned < LEAST_OF_A_TREND ? "level" : "trend",
                known,
                components.alpha(model),
                components.beta(model),
                components.gamma(model),
                model.phi(),
                state.shift.at);
    }

    private static Forecast.Accuracy accuracy(SignalModel state) {
        double error = state.absoluteErrors.mean();
        return new Forecast.Accuracy(
                error == 0 ? 0 : error / state.naiveErrors.mean(),
                state.covered.mean(),
                state.inside.mean(),
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

    /** The slot of what all horizons share of an origin. */
    private static int slot(SignalModel state, long origin) {
        return (int) Math.floorMod(origin, (long) state.originAt.length);
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
