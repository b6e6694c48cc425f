package dev.sphere.forecast.smoothing;

import java.io.Serializable;

/**
 * Taylor's Holt-Winters with two multiplicative seasons and the AR(1) correction (J. Oper. Res.
 * Soc. 54, 2003, 799-805), as dshw in R's package forecast has it.
 *
 * <pre>
 *   e = y - (l + b) I w     l' = alpha y/(I w) + (1 - alpha)(l + b)     b' = beta (l' - l) + (1 - beta) b
 *   I' = gamma y/(l' w) + (1 - gamma) I                w' = omega y/(l' I) + (1 - omega) w
 *   forecast h steps ahead: (l + h b) I w + rho^h e
 * </pre>
 *
 * The parameters are Taylor's, each in [0, 1], alpha above 0 and rho below 1. Observations must be
 * above 0.
 *
 * @param season steps of the shorter season
 * @param longSeason steps of the longer one, a multiple of the shorter
 */
public record DoubleSeasonal(
        double alpha,
        double beta,
        double gamma,
        double omega,
        double rho,
        int season,
        int longSeason)
        implements Smoothing, Serializable {

    public DoubleSeasonal {
        check(alpha > 0 && alpha <= 1, "alpha", alpha, "above 0, at most 1");
        check(beta >= 0 && beta <= 1, "beta", beta, "0 to 1");
        check(gamma >= 0 && gamma <= 1, "gamma", gamma, "0 to 1");
        check(omega >= 0 && omega <= 1, "omega", omega, "0 to 1");
        check(rho >= 0 && rho < 1, "rho", rho, "0 to less than 1");
        check(season > 1, "season", season, "at least 2 steps");
        check(
                longSeason > season && longSeason % season == 0,
                "longSeason",
                longSeason,
                "a multiple of season, which is " + season);
    }

    @Override
    public void next(Smoothed state, double y) {
        double level = state.level + state.trend;
        if (Double.isNaN(y)) {
            state.level = level;
            state.error *= rho;
            state.missing++;
            state.steps++;
            return;
        }
        int turn = state.turn(season, 1);
        int longTurn = state.turn(longSeason, 1);
        double seasonal = state.seasonal[turn];
        double longSeasonal = state.longSeasonal[longTurn];
        double learned = alpha * y / (seasonal * longSeasonal) + (1 - alpha) * level;
        state.trend = beta * (learned - state.level) + (1 - beta) * state.trend;
        state.level = learned;
        state.seasonal[turn] = gamma * y / (learned * longSeasonal) + (1 - gamma) * seasonal;
        state.longSeasonal[longTurn] =
                omega * y / (learned * seasonal) + (1 - omega) * longSeasonal;
        state.error = y - level * seasonal * longSeasonal;
        state.missing = 0;
        state.steps++;
    }

    @Override
    public double forecast(Smoothed state, int steps) {
        double correction = steps == 1 ? rho : Math.pow(rho, steps);
        return (state.level + steps * state.trend)
                        * state.seasonal[state.turn(season, steps)]
                        * state.longSeasonal[state.turn(longSeason, steps)]
                + correction * state.error;
    }

    private static void check(boolean holds, String name, double value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "%s: %s, expected %s".formatted(name, value, expected));
        }
    }
}
