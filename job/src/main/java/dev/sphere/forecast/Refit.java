package dev.sphere.forecast;

import org.apache.commons.math3.analysis.MultivariateFunction;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleBounds;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.BOBYQAOptimizer;

/**
 * Fits how fast level and season follow, to the load that is remembered in bins: the smoothing
 * whose Holt-Winters forecasts, one bin and some bins ahead, would have had the least absolute
 * errors. Bounded in evaluations and not in time, so that the result does not depend on the
 * machine.
 */
public final class Refit {
    private static final int EVALUATIONS = 60;

    /** Cycles that the recursion starts from; as many have to follow. */
    private static final int START = 2;

    /** Shares of these that were seen, of all and of those that it starts from. */
    private static final double LEAST_SEEN = 0.9;

    private static final double LEAST_OF_START = 0.5;

    // A season that follows faster follows chance, one that is slower outlives its history.
    private static final double[] LEAST = {0.01, 0.05};
    private static final double[] MOST = {0.99, 0.3};
    private static final double RADIUS = 0.1;
    private static final double PRECISION = 1e-3;

    /**
     * Smoothing of one bin.
     *
     * @param alpha of the level
     * @param gamma of the season
     * @param error mean absolute error of the forecasts that it makes
     */
    public record Smoothing(double alpha, double gamma, double error) {}

    private final double[] values;
    private final int[] bins;
    private final int cycle;
    private final int ahead;

    // Used by each evaluation anew.
    private final double[] seasonal;
    private final double[] started;
    private double startLevel;
    private int evaluations;

    /**
     * @param values one for each bin, the oldest first, the first one known; {@code NaN} where
     *     nothing was seen
     * @param first the bin of the season that the first of them is in
     * @param cycle bins of the season
     * @param ahead bins that a forecast looks ahead, besides one
     */
    public Refit(double[] values, int first, int cycle, int ahead) {
        this.values = values;
        this.cycle = cycle;
        this.ahead = ahead;
        this.bins = new int[values.length];
        for (int i = 0; i < bins.length; i++) {
            bins[i] = (first + i) % cycle;
        }
        this.seasonal = new double[cycle];
        this.started = new double[cycle];
    }

    /** Whether there is enough to fit to: some cycles, of which nearly all was seen. */
    public boolean isPossible() {
        return seen(values.length) >= LEAST_SEEN * 2 * START * cycle
                && seen(START * cycle) >= LEAST_OF_START * START * cycle;
    }

    /** How many of the first bins were seen. */
    private int seen(int first) {
        int seen = 0;
        for (int i = 0; i < Math.min(first, values.length); i++) {
            seen += Double.isNaN(values[i]) ? 0 : 1;
        }
        return seen;
    }

    /**
     * The smoothing that fits best.
     *
     * @param alpha to start from
     * @param gamma to start from
     */
    public Smoothing from(double alpha, double gamma) {
        start();
        double[] best = {within(0, alpha), within(1, gamma)};
        double[] least = {error(best[0], best[1])};
        MultivariateFunction error =
                point -> {
                    double made = error(point[0], point[1]);
                    if (made < least[0]) {
                        least[0] = made;
                        best[0] = point[0];
                        best[1] = point[1];
                    }
                    return made;
                };
        try {
            new BOBYQAOptimizer(2 * LEAST.length + 1, RADIUS, PRECISION)
                    .optimize(
                            new MaxEval(EVALUATIONS),
                            new ObjectiveFunction(error),
                            GoalType.MINIMIZE,
                            new InitialGuess(best.clone()),
                            new SimpleBounds(LEAST, MOST));
        } catch (MathIllegalStateException e) {
            // Evaluated as often as it may be, which is usual; or, where the error is nearly a
            // plane or full of steps, rounding left no way down. The best point is known anyway.
        }
        return new Smoothing(best[0], best[1], least[0]);
    }

    private static double within(int parameter, double value) {
        return Math.max(LEAST[parameter], Math.min(MOST[parameter], value));
    }

    /** Level and season of the first cycles. */
    private void start() {
        double sum = 0;
        int seen = 0;
        int[] counts = new int[cycle];
        double[] sums = new double[cycle];
        for (int i = 0; i < START * cycle; i++) {
            if (!Double.isNaN(values[i])) {
                sum += values[i];
                seen++;
                sums[bins[i]] += values[i];
                counts[bins[i]]++;
            }
        }
        startLevel = seen == 0 ? 0 : sum / seen;
        for (int bin = 0; bin < cycle; bin++) {
            started[bin] = counts[bin] == 0 ? 0 : sums[bin] / counts[bin] - startLevel;
        }
    }

    /** How often an error was evaluated so far. */
    int evaluations() {
        return evaluations;
    }

    private double error(double alpha, double gamma) {
        evaluations++;
        System.arraycopy(started, 0, seasonal, 0, cycle);
        double level = startLevel;
        double sum = 0;
        int made = 0;
        for (int i = START * cycle; i < values.length; i++) {
            double value = values[i];
            int bin = bins[i];
            if (!Double.isNaN(value)) {
                double error = value - level - seasonal[bin];
                sum += Math.abs(error);
                made++;
                level += alpha * error;
                seasonal[bin] += gamma * (1 - alpha) * error;
            }
            if (i + ahead < values.length && !Double.isNaN(values[i + ahead])) {
                sum += Math.abs(values[i + ahead] - level - seasonal[bins[i + ahead]]);
                made++;
            }
        }
        return made == 0 ? 0 : sum / made;
    }
}
