package dev.sphere.forecast.smoothing;

import java.io.Serializable;

/**
 * The classical family of Holt and Winters at the series' own step: a level, a trend that may be
 * damped, a season, and the AR(1) correction by the newest error (Hyndman and Athanasopoulos, FPP3,
 * chapter 8; the correction is Taylor's of 2003).
 *
 * <pre>
 *   e = y - (l + phi b + s)     l' = l + phi b + alpha e     b' = phi b + beta e     s' = s + gamma e
 *   e = y - (l + phi b) s       l' = l + phi b + alpha e/s   b' = phi b + beta e/s   s' = s + gamma e/L
 *   forecast h steps ahead: l + (phi + phi^2 + ... + phi^h) b, with s(t + h), plus rho^h e
 *   L: l + phi b, or with Winters l'
 * </pre>
 *
 * This is the error-correction form. Others count the parameters otherwise: the {@code beta*} of
 * FPP3, R's HoltWinters and statsmodels is {@code beta / alpha}; the {@code gamma} of R's
 * HoltWinters is {@code gamma / (1 - alpha)}; those of ets are the same as here. A multiplicative
 * season needs observations above 0.
 *
 * @param alpha smoothing of the level, in (0, 1]
 * @param beta smoothing of the trend, in [0, alpha]
 * @param gamma smoothing of the season, in [0, 1 - alpha]
 * @param phi damping of the trend, in [0, 1]; 0 is no trend, 1 one that is not damped
 * @param rho share of an error that is still there a step later, in [0, 1)
 * @param season how many steps it has; 1 without one
 */
public record ExponentialSmoothing(
        double alpha,
        double beta,
        double gamma,
        double phi,
        double rho,
        SeasonForm form,
        int season)
        implements Smoothing, Serializable {

    /** 1 - alpha, times a share of 1, plus alpha may be a little more than 1. */
    private static final double ROUNDING = 1e-9;

    public ExponentialSmoothing {
        check(alpha > 0 && alpha <= 1, "alpha", alpha, "above 0, at most 1");
        check(beta >= 0 && beta <= alpha, "beta", beta, "0 to alpha, which is " + alpha);
        check(
                gamma >= 0 && alpha + gamma <= 1 + ROUNDING,
                "gamma",
                gamma,
                "0 to 1 - alpha, and alpha is " + alpha);
        check(phi >= 0 && phi <= 1, "phi", phi, "0 to 1");
        check(rho >= 0 && rho < 1, "rho", rho, "0 to less than 1");
        check(
                form == SeasonForm.NONE ? season == 1 : season > 1,
                "season",
                season,
                form == SeasonForm.NONE ? "1 without a season" : "at least 2 steps");
    }

    /** Without a season; the parameters are those of R's HoltWinters, without its damping 1. */
    public static ExponentialSmoothing holt(double alpha, double betaStar, double phi) {
        return new ExponentialSmoothing(alpha, alpha * betaStar, 0, phi, 0, SeasonForm.NONE, 1);
    }

    /** From the parameters that R's HoltWinters reports. */
    public static ExponentialSmoothing holtWinters(
            double alpha, double betaStar, double gammaOfR, SeasonForm form, int season) {
        return new ExponentialSmoothing(
                alpha, alpha * betaStar, (1 - alpha) * gammaOfR, 1, 0, form, season);
    }

    @Override
    public void next(Smoothed state, double y) {
        double level = state.level + phi * state.trend;
        if (Double.isNaN(y)) {
            state.level = level;
            state.trend *= phi;
            state.error *= rho;
            state.missing++;
            state.steps++;
            return;
        }
        int turn = state.turn(season, 1);
        double seasonal = form == SeasonForm.NONE ? 0 : state.seasonal[turn];
        double error = y - with(level, seasonal);
        double ofLevel = form.isMultiplicative() ? error / seasonal : error;
        state.level = level + alpha * ofLevel;
        state.trend = phi * state.trend + beta * ofLevel;
        if (form != SeasonForm.NONE) {
            double over =
                    switch (form) {
                        case MULTIPLICATIVE -> level;
                        case WINTERS -> state.level;
                        default -> 1;
                    };
            state.seasonal[turn] += gamma * error / over;
        }
        state.error = error;
        state.missing = 0;
        state.steps++;
    }

    @Override
    public double forecast(Smoothed state, int steps) {
        double seasonal = form == SeasonForm.NONE ? 0 : state.seasonal[state.turn(season, steps)];
        double level = state.level + damped(steps) * state.trend;
        return with(level, seasonal) + power(rho, steps) * state.error;
    }

    /**
     * The variance of the error of a forecast, in variances of the error of one step: of the linear
     * models with additive errors (class 1 of Hyndman, Koehler, Ord and Snyder, 2008, chapter 6).
     *
     * <pre>
     *   v(h) = 1 + c(1)^2 + ... + c(h - 1)^2
     *   c(j) = alpha + (phi + ... + phi^j) beta, and gamma more where j is a multiple of the season
     * </pre>
     *
     * Counted from the newest observation, so that missing ones widen it.
     *
     * @throws IllegalStateException if the season is multiplicative or errors are corrected; there
     *     is no such formula then
     */
    public double variance(Smoothed state, int steps) {
        if (form.isMultiplicative() || rho != 0) {
            throw new IllegalStateException(
                    "%s has no variance in closed form: expected an additive season or none, and rho 0"
                            .formatted(this));
        }
        double sum = 1;
        for (int j = 1; j < steps + state.missing; j++) {
            boolean ofSeason = form != SeasonForm.NONE && j % season == 0;
            double c = alpha + damped(j) * beta + (ofSeason ? gamma : 0);
            sum += c * c;
        }
        return sum;
    }

    private double with(double level, double seasonal) {
        return form.isMultiplicative() ? level * seasonal : level + seasonal;
    }

    private double damped(int steps) {
        return phi == 1 ? steps : phi * (1 - power(phi, steps)) / (1 - phi);
    }

    /** One step ahead is what fitting asks for, over and over. */
    private static double power(double base, int steps) {
        return steps == 1 || base == 0 ? base : Math.pow(base, steps);
    }

    private static void check(boolean holds, String name, double value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "%s: %s, expected %s".formatted(name, value, expected));
        }
    }
}
