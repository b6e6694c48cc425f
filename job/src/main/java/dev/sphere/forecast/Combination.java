package dev.sphere.forecast;

import java.util.Arrays;

/**
 * How the candidates are combined at one horizon: least squares over what came true, forgetting
 * slowly, with large errors cut down (Huber) and a ridge that pulls towards the newest value.
 *
 * <pre>
 *   minimise  sum_i lambda^(n-i) w_i (y_i - x_i beta)^2  +  sum_j r d_j beta_j^2
 *   w_i = min(1, s / |e_i|)       s: mean |e| before, slowly following       d_j: mean of w x_j^2
 * </pre>
 *
 * The ridge counts as {@code r} more observations of each candidate that say nothing (Hoerl and
 * Kennard, Technometrics 12, 1970). Durable state: add fields, never remove.
 */
public final class Combination {
    /** Observations that the ridge counts as. */
    private static final double RIDGE = 5;

    /** And as many more, over those there are. */
    private static final double YOUNG = 300;

    /** How slowly the mean error follows. */
    private static final double SPREAD = 0.002;

    /** Observations between two solutions, once there are many. */
    private static final int RARELY = 10;

    /** Errors that are this small a share of the values are rounding. */
    private static final double ROUNDING = 1e-6;

    private static final double LEAST = 1e-12;

    /** A candidate that moves less than the others by this share (of squares) is held to zero. */
    private static final double LEAST_SHARE = 1e-4;

    /** Lower triangle of the weighted sums of products, row by row. */
    public float[] products = {};

    public float[] targets = {};
    public float[] weights = {};

    /** Mean absolute error of the combination. */
    public double spread;

    /** Observations learned, and as many of them as are still remembered. */
    public long learned;

    public double remembered;
    public int sinceSolved;

    public Combination() {}

    Combination(int candidates) {
        products = new float[candidates * (candidates + 1) / 2];
        targets = new float[candidates];
        weights = new float[candidates];
    }

    /** The combined difference from the newest value. */
    double of(float[] x) {
        // Two sums, so that none has to wait for the one before it.
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < weights.length; i += 2) {
            even += weights[i] * x[i];
            odd += weights[i + 1] * x[i + 1];
        }
        return i < weights.length ? even + odd + weights[i] * x[i] : even + odd;
    }

    /**
     * Learns what came true.
     *
     * @param x the candidates at the time of the forecast
     * @param target the difference that came true
     * @param keep the share of what was learned that is kept, in (0, 1]
     * @param size of the values
     * @param least to calculate with
     */
    void learn(float[] x, double target, double keep, double size, LeastSquares least) {
        double error = Math.abs(target - of(x));
        learned++;
        // Before it is followed: an error must not raise the bar that it is measured against.
        double s = (learned == 1 ? error : spread) + ROUNDING * size + LEAST;
        spread += Math.max(SPREAD, 1.0 / learned) * (error - spread);
        double weight = error <= s ? 1 : s / error;
        least.add(this, x, weight, target, keep);
        remembered = keep * remembered + 1;
        sinceSolved++;
        if (sinceSolved >= Math.min(RARELY, 1 + remembered / 20)) {
            solve(least);
            sinceSolved = 0;
        }
    }

    /** The greatest of the sums of squares; not finite if one of them is not. */
    private double widest() {
        double widest = 0;
        for (int i = 0; i < weights.length; i++) {
            widest = Math.max(widest, products[i * (i + 3) / 2]);
        }
        return widest;
    }

    /** Keeps only a share of what was learned. */
    void discount(double share) {
        for (int i = 0; i < products.length; i++) {
            products[i] *= (float) share;
        }
        for (int i = 0; i < targets.length; i++) {
            targets[i] *= (float) share;
        }
        remembered *= share;
    }

    /** Begins anew: the sums have outgrown what a float holds. */
    private void forget() {
        Arrays.fill(products, 0);
        Arrays.fill(targets, 0);
        Arrays.fill(weights, 0);
        remembered = 0;
    }

    private void solve(LeastSquares least) {
        double widest = widest();
        if (Double.isFinite(widest)) {
            double ridge = (RIDGE + YOUNG / remembered) / remembered;
            least.solve(this, ridge, LEAST_SHARE * widest);
        } else {
            forget();
        }
    }
}
