package dev.sphere.forecast.smoothing;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import org.apache.commons.math3.analysis.MultivariateFunction;
import org.apache.commons.math3.exception.TooManyEvaluationsException;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.SimplexOptimizer;

/**
 * Finds the model of a family that leaves the least sum of squared errors on a series: Nelder and
 * Mead's simplex from each guess of the family, and once more from the best of what these find.
 *
 * <p>Limited in evaluations and not in time, so that the result does not depend on the machine. The
 * simplex moves in angles whose squared sines are the shares of the parameters: it knows no bounds,
 * and still gets to the ends of their ranges.
 *
 * @param horizon how many steps ahead errors are measured
 * @param evaluations of a model, for each guess and for the last search
 */
public record Fitting(int horizon, int evaluations) {
    /** Errors of one step, and as many evaluations as five parameters need. */
    public static final Fitting ONE_STEP = new Fitting(1, 400);

    private static final double RELATIVE = 1e-9;
    private static final double WIDTH = 0.2;

    public Fitting {
        if (horizon < 1 || evaluations < 1) {
            throw new IllegalArgumentException(
                    "horizon %d, evaluations %d: expected both to be at least 1"
                            .formatted(horizon, evaluations));
        }
    }

    /**
     * A model and what became of it.
     *
     * @param start where smoothing began
     * @param end what is remembered at the end of the series, to forecast from
     * @param sse the sum of the squared errors
     * @param errors how many that were
     */
    public record Fitted<M extends Smoothing>(
            M model, Start start, Smoothed end, double sse, int errors) {}

    /** Fits with the same start for all models. */
    public <M extends Smoothing> Fitted<M> fit(Family<M> family, double[] y, Start start) {
        return fit(family, y, model -> start);
    }

    /**
     * Fits with a start of its own for each model.
     *
     * @param y observations; {@code NaN} is a missing one
     */
    public <M extends Smoothing> Fitted<M> fit(
            Family<M> family, double[] y, Function<? super M, Start> start) {
        MultivariateFunction sse =
                angles -> {
                    M model = family.model().apply(shares(angles));
                    double sum = sumOfSquares(start.apply(model).errors(model, y, horizon));
                    return Double.isFinite(sum) ? sum : Double.MAX_VALUE;
                };
        var best =
                family.guesses().stream()
                        .map(guess -> search(sse, angles(guess)))
                        .min(Comparator.comparingDouble(Found::sse))
                        .orElseThrow();
        M model = family.model().apply(shares(search(sse, best.angles()).angles()));
        Start from = start.apply(model);
        double[] errors = from.errors(model, y, horizon);
        if (errors.length == 0) {
            throw new IllegalArgumentException(
                    "%d observations leave no error %d steps ahead: expected more"
                            .formatted(y.length, horizon));
        }
        double sum = sumOfSquares(errors);
        if (!Double.isFinite(sum)) {
            throw new IllegalArgumentException(
                    "no model follows the series, the sum of squares is %s: expected finite numbers, above 0 where a season is multiplicative"
                            .formatted(sum));
        }
        return new Fitted<>(model, from, from.end(model, y), sum, errors.length);
    }

    private record Found(double[] angles, double sse) {}

    private Found search(MultivariateFunction sse, double[] from) {
        var best = new Found[] {new Found(from, Double.POSITIVE_INFINITY)};
        MultivariateFunction remembering =
                angles -> {
                    double value = sse.value(angles);
                    if (value < best[0].sse()) {
                        best[0] = new Found(angles.clone(), value);
                    }
                    return value;
                };
        try {
            new SimplexOptimizer(RELATIVE, Double.MIN_NORMAL)
                    .optimize(
                            new ObjectiveFunction(remembering),
                            GoalType.MINIMIZE,
                            new InitialGuess(from),
                            new NelderMeadSimplex(from.length, WIDTH),
                            new MaxEval(evaluations));
        } catch (TooManyEvaluationsException e) {
            return best[0]; // the limit is how most searches end
        }
        return best[0];
    }

    private static double sumOfSquares(double[] errors) {
        double sum = 0;
        for (double error : errors) {
            sum += error * error;
        }
        return sum;
    }

    private static double[] shares(double[] angles) {
        return Arrays.stream(angles).map(Math::sin).map(sine -> sine * sine).toArray();
    }

    private static double[] angles(double[] shares) {
        return Arrays.stream(shares).map(Math::sqrt).map(Math::asin).toArray();
    }
}
