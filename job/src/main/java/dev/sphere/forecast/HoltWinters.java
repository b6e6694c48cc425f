package dev.sphere.forecast;

import java.io.Serializable;

/**
 * Additive Holt-Winters with a damped trend, in error-correction form (Hyndman and Athanasopoulos,
 * FPP3, section 8.3; the damping is Gardner and McKenzie's of 1985).
 *
 * <pre>
 *   e = y - (l + phi b + s)     l' = l + phi b + alpha e     b' = phi b + beta e     s' = s + gamma e
 *   forecast h steps ahead: l + (phi + phi^2 + ... + phi^h) b + s(t + h)
 * </pre>
 *
 * Level and trend live at the step, the season in bins (see {@link Season}).
 *
 * @param alpha smoothing of the level, in (0, 1)
 * @param beta smoothing of the trend, in [0, alpha]
 * @param gamma smoothing of the season, in [0, 1 - alpha]
 * @param phi damping of the trend, in [0, 1]
 */
public record HoltWinters(double alpha, double beta, double gamma, double phi, Season season)
        implements Serializable {

    public HoltWinters {
        require(alpha > 0 && alpha < 1, "alpha", alpha, "in (0, 1)");
        require(beta >= 0 && beta <= alpha, "beta", beta, "in [0, alpha]");
        require(gamma >= 0 && gamma <= 1 - alpha, "gamma", gamma, "in [0, 1 - alpha]");
        require(phi >= 0 && phi <= 1, "phi", phi, "in [0, 1]");
    }

    /**
     * Learns one observation; {@code NaN} teaches nothing, the trend goes on.
     *
     * @param c changed in place
     * @param at the middle of the step that was observed, in epoch milliseconds
     */
    public void next(Components c, double y, long at) {
        if (Double.isNaN(y)) {
            c.level += phi * c.trend;
            c.trend *= phi;
            return;
        }
        if (Double.isNaN(c.level)) {
            c.level = y;
            return;
        }
        double error = y - (c.level + phi * c.trend + season.at(c.seasonal, at));
        c.level += phi * c.trend + alpha * error;
        c.trend = phi * c.trend + beta * error;
        if (c.hasSeason()) {
            season.add(c.seasonal, at, gamma * error);
        }
    }

    /**
     * The expected value some steps ahead; {@code NaN} before the first observation.
     *
     * @param steps at least 1
     * @param at the middle of the step that is forecast, in epoch milliseconds
     */
    public double forecast(Components c, int steps, long at) {
        return c.level + damped(steps) * c.trend + season.at(c.seasonal, at);
    }

    private double damped(int steps) {
        return phi == 1 ? steps : phi * (1 - Math.pow(phi, steps)) / (1 - phi);
    }

    private static void require(boolean holds, String name, double value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + ": expected " + expected);
        }
    }
}
