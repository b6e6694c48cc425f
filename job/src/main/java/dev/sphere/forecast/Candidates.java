package dev.sphere.forecast;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What a forecast is combined of, at each horizon: the Holt-Winters forecast, levels of several
 * memories, and each season's profile. All are written as differences from the newest value, so
 * that a combination which knows nothing yet repeats that value.
 *
 * <pre>
 *   shared by all horizons    levels (3) · for each season: its slow deviation from the values
 *   at each horizon           Holt-Winters · for each season: its change until then,
 *                             its mean then, the newest cycle's value then
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
    private static final int OF_A_SEASON = 3;

    private final HoltWinters model;
    private final List<Season> seasons;
    private final double[] alphas;

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

    Candidates(ForecastSettings settings) {
        this.model = settings.model();
        this.seasons = settings.seasons();
        this.alphas = new double[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            double memory = MEMORIES[i] * settings.furthest();
            alphas[i] = 1 - Math.exp(-settings.step() / memory);
        }
        int[] curve = settings.curveSteps();
        this.dampings = Arrays.stream(curve).mapToDouble(model::damping).toArray();
        this.ahead = new long[curve.length][];
        this.aheadInMain = new long[curve.length];
        for (int point = 0; point < curve.length; point++) {
            long later = curve[point] * settings.step();
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
        return 1 + OF_A_SEASON * seasons.size();
    }

    int count() {
        return shared() + ofAHorizon();
    }

    /** Learns one value for the levels; the profiles learn it afterwards. */
    void next(SignalModel state, double value, long at) {
        for (int i = 0; i < LEVELS; i++) {
            double alpha = Math.max(alphas[i], 1.0 / state.learned);
            state.levels[i] += alpha * (value - state.levels[i]);
        }
        double slow = Math.max(alphas[SLOW], 1.0 / state.learned);
        for (int i = 0; i < seasons.size(); i++) {
            double expected = seasons.get(i).at(state.profiles[i].mean, at);
            if (!Double.isNaN(expected)) {
                state.deviations[i] += slow * (expected - value - state.deviations[i]);
            }
        }
    }

    /**
     * Writes the candidates that all horizons share.
     *
     * @param now the middle of the newest step, in epoch milliseconds
     */
    void shared(SignalModel state, long now, float[] to) {
        int next = 0;
        for (double level : state.levels) {
            to[next++] = (float) (level - state.newest);
        }
        for (double deviation : state.deviations) {
            to[next++] = (float) deviation;
        }
        for (int i = 0; i < since.length; i++) {
            var season = seasons.get(i);
            since[i] = season.since(now);
            place.set(season, since[i]);
            meanNow[i] = place.in(state.profiles[i].mean);
        }
        sinceMain = model.season().exists() ? model.season().since(now) : 0;
    }

    /** Writes those of one point of the curve, after the ones that are shared. */
    void ofAPoint(SignalModel state, int point, float[] to) {
        int next = shared();
        double seasonal = 0;
        if (state.components.hasSeason()) {
            place.set(model.season(), later(model.season(), sinceMain, aheadInMain[point]));
            seasonal = place.in(state.components.seasonal);
        }
        double expected = model.forecast(state.components, dampings[point], seasonal);
        to[next++] = known(expected - state.newest);
        for (int i = 0; i < since.length; i++) {
            var season = seasons.get(i);
            var profile = state.profiles[i];
            place.set(season, later(season, since[i], ahead[point][i]));
            double mean = place.in(profile.mean);
            to[next++] = known(mean - meanNow[i]);
            to[next++] = known(mean - state.newest);
            to[next++] = known(place.in(profile.newest) - state.newest);
        }
    }

    private static long later(Season season, long since, long ahead) {
        long later = since + ahead;
        return later >= season.length() ? later - season.length() : later;
    }

    private static float known(double difference) {
        return Double.isNaN(difference) ? 0 : (float) difference;
    }
}
