package dev.sphere.forecast;

import java.util.Arrays;

/**
 * How the candidates are combined at one horizon: least squares over what came true, forgetting
 * slowly, with large errors cut down (Huber) and a ridge that pulls towards the newest value.
 *
 * <pre>
 *   minimise  sum_i lambda^(n-i) w_i (y_i - x_i beta)^2  +  sum_j r d_j beta_j^2
 *   w_i = min(1, s / |e_i|)       s: mean |e|, slowly following       d_j: mean of w x_j^2
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
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * x[i];
        }
        return sum;
    }

    /**
     * Learns what came true.
     *
     * @param x the candidates at the time of the forecast
     * @param target the difference that came true
     * @param keep the share of what was learned that is kept, in (0, 1]
     * @param size of the values
     */
    void learn(float[] x, double target, double keep, double size) {
        double error = Math.abs(target - of(x));
        learned++;
        spread += Math.max(SPREAD, 1.0 / learned) * (error - spread);
        double s = spread + ROUNDING * size + LEAST;
        double weight = error <= s ? 1 : s / error;
        int at = 0;
        for (int i = 0; i < x.length; i++) {
            double weighted = weight * x[i];
            for (int j = 0; j <= i; j++, at++) {
                products[at] = (float) (keep * products[at] + weighted * x[j]);
            }
            targets[i] = (float) (keep * targets[i] + weighted * target);
        }
        remembered = keep * remembered + 1;
        sinceSolved++;
        if (sinceSolved >= Math.min(RARELY, 1 + remembered / 20)) {
            solve();
            sinceSolved = 0;
        }
    }

    private double widest() {
        double widest = 0;
        for (int i = 0; i < weights.length; i++) {
            double own = products[i * (i + 3) / 2];
            widest = own <= widest ? widest : own;
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

    /** Cholesky's decomposition of the ridged sums, then both substitutions. */
    private void solve() {
        int n = weights.length;
        double widest = widest();
        if (!Double.isFinite(widest)) {
            forget();
            return;
        }
        double[] l = new double[products.length];
        double[] z = new double[n];
        double ridge = (RIDGE + YOUNG / remembered) / remembered;
        double least = LEAST_SHARE * widest;
        for (int i = 0; i < n; i++) {
            int row = i * (i + 1) / 2;
            for (int j = 0; j <= i; j++) {
                int column = j * (j + 1) / 2;
                double sum = products[row + j];
                for (int k = 0; k < j; k++) {
                    sum -= l[row + k] * l[column + k];
                }
                if (i != j) {
                    l[row + j] = l[column + j] == 0 ? 0 : sum / l[column + j];
                    continue;
                }
                double own = products[row + i];
                double ridged = sum + ridge * Math.max(own, least);
                // A candidate that has always been the newest value has no weight.
                l[row + i] = own > 0 && ridged > 1e-9 * own ? Math.sqrt(ridged) : 0;
            }
            double sum = targets[i];
            for (int k = 0; k < i; k++) {
                sum -= l[row + k] * z[k];
            }
            z[i] = l[row + i] == 0 ? 0 : sum / l[row + i];
        }
        for (int i = n - 1; i >= 0; i--) {
            double sum = z[i];
            for (int k = i + 1; k < n; k++) {
                sum -= l[k * (k + 1) / 2 + i] * weights[k];
            }
            double pivot = l[i * (i + 1) / 2 + i];
            weights[i] = pivot == 0 ? 0 : (float) (sum / pivot);
        }
    }
}
