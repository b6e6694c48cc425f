package dev.sphere.forecast;

import java.io.Serializable;
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

    Candidates(ForecastSettings settings) {
        this.model = settings.model();
        this.seasons = settings.seasons();
        this.alphas = new double[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            double memory = MEMORIES[i] * settings.furthest();
            alphas[i] = 1 - Math.exp(-settings.step() / memory);
        }
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
            double expected = state.profiles[i].mean(seasons.get(i), at);
            if (!Double.isNaN(expected)) {
                state.deviations[i] += slow * (expected - value - state.deviations[i]);
            }
        }
    }

    /** Writes the candidates that all horizons share. */
    void shared(SignalModel state, float[] to, int offset) {
        int next = offset;
        for (double level : state.levels) {
            to[next++] = (float) (level - state.newest);
        }
        for (double deviation : state.deviations) {
            to[next++] = (float) deviation;
        }
    }

    /**
     * Writes the candidates of one horizon.
     *
     * @param now the middle of the newest step, in epoch milliseconds
     * @param then the middle of the step that is forecast
     */
    void ofAHorizon(SignalModel state, int steps, long now, long then, float[] to, int offset) {
        int next = offset;
        to[next++] = known(model.forecast(state.components, steps, then) - state.newest);
        for (int i = 0; i < seasons.size(); i++) {
            var season = seasons.get(i);
            var profile = state.profiles[i];
            double mean = profile.mean(season, then);
            to[next++] = known(mean - profile.mean(season, now));
            to[next++] = known(mean - state.newest);
            to[next++] = known(profile.newest(season, then) - state.newest);
        }
    }

    private static float known(double difference) {
        return Double.isNaN(difference) ? 0 : (float) difference;
    }
}
