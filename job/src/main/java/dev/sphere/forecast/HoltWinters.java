package dev.sphere.forecast;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

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
 * <p>Components may carry an alpha and a gamma that were fitted to them; these then hold.
 *
 * @param alpha smoothing of the level, in (0, 1)
 * @param beta smoothing of the trend, in [0, alpha]
 * @param gamma smoothing of the season, in [0, 1 - alpha]
 * @param phi damping of the trend, in [0, 1]
 */
public record HoltWinters(double alpha, double beta, double gamma, double phi, Season season)
        implements Serializable {

    public HoltWinters {
        List<String> errors = new ArrayList<>();
        check(errors, alpha > 0 && alpha < 1, "alpha", alpha, "above 0 and below 1");
        check(errors, beta >= 0 && beta <= alpha, "beta", beta, "0 to alpha, which is " + alpha);
        // Not gamma <= 1 - alpha: 1 - 0.9 is a little less than 0.1.
        check(
                errors,
                gamma >= 0 && alpha + gamma <= 1,
                "gamma",
                gamma,
                "0 to 1 - alpha, and alpha is " + alpha);
        check(errors, phi >= 0 && phi <= 1, "phi", phi, "0 to 1");
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), errors));
        }
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
        c.level += phi * c.trend + c.alpha(this) * error;
        c.trend = phi * c.trend + c.beta(this) * error;
        if (c.hasSeason()) {
            season.add(c.seasonal, at, c.gamma(this) * error);
        }
    }

    /** Goes to another level, that of a value; the trend begins anew. */
    void shift(Components c, double value, long at) {
        if (!Double.isNaN(c.level)) {
            c.level = value - season.at(c.seasonal, at);
            c.trend = 0;
        }
    }

    /**
     * The expected value some steps ahead; {@code NaN} before the first observation.
     *
     * @param steps at least 1
     * @param at the middle of the step that is forecast, in epoch milliseconds
     */
    public double forecast(Components c, int steps, long at) {
        return forecast(c, damping(steps), season.at(c.seasonal, at));
    }

    /**
     * The same with what only depends on the time known already.
     *
     * @param damping of the trend until then, see {@link #damping}
     * @param seasonal the value of the season then
     */
    double forecast(Components c, double damping, double seasonal) {
        return c.level + damping * c.trend + seasonal;
    }

    /** What the trend is multiplied by to be that of some steps. */
    double damping(int steps) {
        return phi == 1 ? steps : phi * (1 - Math.pow(phi, steps)) / (1 - phi);
    }

    private static void check(
            List<String> errors, boolean holds, String name, double value, String expected) {
        if (!holds) {
            errors.add("forecast.%s: %s, expected %s".formatted(name, value, expected));
        }
    }
}
