package dev.sphere.forecast;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * What a forecast is combined of, at each horizon: the Holt-Winters forecast, levels of three
 * memories, and each season's profile. All are written as differences from the newest value, so
 * that a combination which knows nothing yet repeats that value.
 *
 * <pre>
 *   shared by all horizons    levels (3) · for each season: its slow deviation from the values
 *   at each horizon           Holt-Winters · the main season's newest cycle then
 *                             for each season: its change until then, its mean then
 * </pre>
 *
 * What is not known yet counts as no difference.
 */
final class Candidates implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Memories of the levels as shares of the furthest horizon; the last is the slow one. */
    private static final double[] MEMORIES = {1 / 12.0, 1 / 4.0, 1};

    static final int LEVELS = MEMORIES.length;
    private static final int SLOW = LEVELS - 1;
    private static final int OF_A_SEASON = 2;

    private final HoltWinters model;
    private final List<Season> seasons;
    private final boolean hasMain;
    private final long step;
    private final int[] curveSteps;
    private final double[] alphas;

    /** By season: the values of a cycle. */
    private final double[] memories;

    /** Bins that a millisecond is long, by season and in the main one; 0 without it. */
    private final double[] ofAMilli;

    private final double mainOfAMilli;

    /** By point of the curve. */
    private final double[] dampings;

    /** By point of the curve, then by season: how much further into the season it is than now. */
    private final long[][] ahead;

    /** By point of the curve: the same of the main season. */
    private final long[] aheadInMain;

    // What one step needs, kept only to be used again.
    private final Place place = new Place();
    private final long[] since;
    private final double[] meanNow;
    private long sinceMain;
    private double lastCycle;
    private long now;
    private transient LongUnaryOperator asIf;

    Candidates(ForecastSettings settings) {
        this.model = settings.model();
        this.seasons = settings.seasons();
        this.hasMain = settings.hasMainSeason();
        this.step = settings.step();
        this.curveSteps = settings.curveSteps();
        this.alphas = new double[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            double memory = MEMORIES[i] * settings.furthest();
            alphas[i] = 1 - Math.exp(-step / memory);
        }
        this.memories =
                seasons.stream().mapToDouble(each -> (double) each.length() / step).toArray();
        this.ofAMilli = seasons.stream().mapToDouble(Season::binsOfAMilli).toArray();
        this.mainOfAMilli = model.season().exists() ? model.season().binsOfAMilli() : 0;
        this.dampings = Arrays.stream(curveSteps).mapToDouble(model::damping).toArray();
        this.ahead = new long[curveSteps.length][];
        this.aheadInMain = new long[curveSteps.length];
        for (int point = 0; point < curveSteps.length; point++) {
            long later = curveSteps[point] * step;
            ahead[point] = seasons.stream().mapToLong(season -> season.since(later)).toArray();
            aheadInMain[point] = model.season().exists() ? model.season().since(later) : 0;
        }
        this.since = new long[seasons.size()];
        this.meanNow = new double[seasons.size()];
    }

    int shared() {
        return LEVELS + seasons.size();
    }

    int ofAHorizon() {
        return 1 + (hasMain ? 1 : 0) + OF_A_SEASON * seasons.size();
    }

    int count() {
        return shared() + ofAHorizon();
    }

    /**
     * Learns one value for the levels and for the evidence; the profiles learn it afterwards.
     *
     * @param seasonal the time whose season the value is expected to have
     * @param teaches whether the value says something of the seasons
     */
    void next(SignalModel state, double value, long seasonal, boolean teaches) {
        for (int i = 0; i < LEVELS; i++) {
            state.levels[i] += alpha(state, i) * (value - state.levels[i]);
        }
        double slow = alpha(state, SLOW);
        for (int i = 0; i < seasons.size(); i++) {
            double expected = seasons.get(i).at(state.profiles[i].mean, seasonal);
            if (!Double.isNaN(expected)) {
                double difference = expected - value - state.deviations[i];
                if (teaches && state.profiles[i].isWhole) {
                    state.evidence[i].add(value, expected, memories[i]);
                }
                state.deviations[i] += slow * difference;
            }
        }
    }

    private double alpha(SignalModel state, int level) {
        return Math.max(alphas[level], 1.0 / state.learned);
    }

    /** What the main season and the slow level make expected of a step. */
    double usual(SignalModel state, long seasonal) {
        double expected = Double.NaN;
        if (!seasons.isEmpty()) {
            expected = seasons.get(0).at(state.profiles[0].mean, seasonal) - state.deviations[0];
        }
        return Double.isNaN(expected) ? state.levels[SLOW] : expected;
    }

    /** The load has gone to another level: the slow one need not find out by itself. */
    void shift(SignalModel state, long seasonal) {
        double level = state.levels[0];
        state.levels[SLOW] = level;
        for (int i = 0; i < seasons.size(); i++) {
            double expected = seasons.get(i).at(state.profiles[i].mean, seasonal);
            if (!Double.isNaN(expected)) {
                state.deviations[i] = expected - level;
            }
        }
    }

    /**
     * Writes the candidates that all horizons share.
     *
     * @param now the middle of the newest step, in epoch milliseconds
     * @param asIf the time whose season is to be expected at a time; null for that time itself
     */
    void shared(SignalModel state, long now, LongUnaryOperator asIf, float[] to) {
        this.now = now;
        this.asIf = asIf;
        int next = 0;
        for (double level : state.levels) {
            to[next++] = (float) (level - state.newest);
        }
        for (double deviation : state.deviations) {
            to[next++] = (float) deviation;
        }
        long seasonal = asIf == null ? now : asIf.applyAsLong(now);
        for (int i = 0; i < since.length; i++) {
            var season = seasons.get(i);
            since[i] = season.since(seasonal);
            place.set(season, since[i]);
            meanNow[i] = place.in(state.profiles[i].mean);
        }
        sinceMain = model.season().exists() ? model.season().since(seasonal) : 0;
    }

    /** Writes those of one point of the curve, after the ones that are shared. */
    void ofAPoint(SignalModel state, int point, float[] to) {
        int next = shared();
        double seasonal = 0;
        lastCycle = Double.NaN;
        if (mainOfAMilli > 0) {
            var main = model.season();
            place.set(main, later(main, sinceMain, aheadInMain[point], point), mainOfAMilli);
            seasonal = place.in(state.components.seasonal);
        }
        double expected = model.forecast(state.components, dampings[point], seasonal);
        to[next++] = known(expected - state.newest);
        for (int i = 0; i < since.length; i++) {
            if (i > 0 || !hasMain) {
                var season = seasons.get(i);
                place.set(season, later(season, since[i], ahead[point][i], point), ofAMilli[i]);
            }
            double mean = place.in(state.profiles[i].mean);
            to[next++] = known(mean - meanNow[i]);
            to[next++] = known(mean - state.newest);
            if (i == 0 && hasMain) {
                lastCycle = place.in(state.profiles[0].newest) - state.newest;
                to[next++] = known(lastCycle);
            }
        }
    }

    /**
     * How far the main season's newest cycle was from the newest value, at the point that was
     * written last; 0 where that is not known.
     */
    double lastCycle() {
        return Double.isNaN(lastCycle) ? 0 : lastCycle;
    }

    private long later(Season season, long since, long ahead, int point) {
        if (asIf != null) {
            return season.since(asIf.applyAsLong(now + curveSteps[point] * step));
        }
        long later = since + ahead;
        return later >= season.length() ? later - season.length() : later;
    }

    private static float known(double difference) {
        return Double.isNaN(difference) ? 0 : (float) difference;
    }
}
