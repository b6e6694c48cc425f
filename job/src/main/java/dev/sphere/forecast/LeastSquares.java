package dev.sphere.forecast;

import java.io.Serializable;

/**
 * Solves a {@link Combination}'s ridged normal equations by Cholesky's decomposition. Two rows and
 * two columns at a time, so that no subtraction has to wait for the one before it. Holds nothing
 * but room to calculate in.
 */
final class LeastSquares implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Of the ridge, over the candidate's own sum; less is rounding. */
    private static final double LEAST_PIVOT = 1e-9;

    private final int candidates;

    /** Rows and columns: the candidates, their targets as one more row, and one to be even. */
    private final int size;

    /** The decomposition, row by row; the targets' row turns into the substituted targets. */
    private final double[] l;

    private final double[] ridged;

    LeastSquares(int candidates) {
        this.candidates = candidates;
        this.size = (candidates + 2) / 2 * 2;
        this.l = new double[size * size];
        this.ridged = new double[size];
    }

    /** Adds the products of a row of candidates to the sums, of which a share is kept. */
    void add(Combination to, float[] x, double weight, double target, double keep) {
        float[] products = to.products;
        float kept = (float) keep;
        int at = 0;
        for (int i = 0; i < candidates; i++) {
            float weighted = (float) (weight * x[i]);
            for (int j = 0; j <= i; j++) {
                products[at + j] = kept * products[at + j] + weighted * x[j];
            }
            at += i + 1;
            to.targets[i] = (float) (keep * to.targets[i] + weighted * target);
        }
    }

    /**
     * Sets the weights.
     *
     * @param ridge what is added to each candidate's own sum, as a share of it
     * @param least that is taken for that sum
     */
    void solve(Combination of, double ridge, double least) {
        load(of, ridge, least);
        for (int j = 0; j < size; j += 2) {
            decompose(j);
        }
        for (int i = candidates - 1; i >= 0; i--) {
            double sum = l[candidates * size + i];
            for (int k = i + 1; k < candidates; k++) {
                sum -= l[k * size + i] * of.weights[k];
            }
            of.weights[i] = (float) over(sum, l[i * size + i]);
        }
    }

    private void load(Combination of, double ridge, double least) {
        int at = 0;
        for (int i = 0; i < candidates; i++) {
            for (int j = 0; j <= i; j++) {
                l[i * size + j] = of.products[at + j];
            }
            at += i + 1;
            ridged[i] = ridge * Math.max(l[i * size + i], least);
            l[candidates * size + i] = of.targets[i];
        }
    }

    /** Two columns, of which the first is given. */
    private void decompose(int j) {
        double[] l = this.l;
        int size = this.size;
        int a = j * size;
        int b = a + size;
        double aa = l[a + j];
        double ba = l[b + j];
        double bb = l[b + j + 1];
        double ownA = aa;
        double ownB = bb;
        for (int k = 0; k < j; k++) {
            double ak = l[a + k];
            double bk = l[b + k];
            aa -= ak * ak;
            ba -= bk * ak;
            bb -= bk * bk;
        }
        aa = pivot(j, aa, ownA);
        ba = over(ba, aa);
        bb = pivot(j + 1, bb - ba * ba, ownB);
        l[a + j] = aa;
        l[b + j] = ba;
        l[b + j + 1] = bb;
        for (int i = j + 2; i < size; i += 2) {
            int c = i * size;
            int d = c + size;
            double ca = l[c + j];
            double cb = l[c + j + 1];
            double da = l[d + j];
            double db = l[d + j + 1];
            for (int k = 0; k < j; k++) {
                double ak = l[a + k];
                double bk = l[b + k];
                double ck = l[c + k];
                double dk = l[d + k];
                ca -= ck * ak;
                cb -= ck * bk;
                da -= dk * ak;
                db -= dk * bk;
            }
            ca = over(ca, aa);
            da = over(da, aa);
            l[c + j] = ca;
            l[c + j + 1] = over(cb - ca * ba, bb);
            l[d + j] = da;
            l[d + j + 1] = over(db - da * ba, bb);
        }
    }

    /** 0 for a candidate that has always been the newest value, so that it has no weight. */
    private double pivot(int candidate, double rest, double own) {
        double pivot = rest + ridged[candidate];
        return candidate < candidates && own > 0 && pivot > LEAST_PIVOT * own
                ? Math.sqrt(pivot)
                : 0;
    }

    private static double over(double sum, double pivot) {
        return pivot == 0 ? 0 : sum / pivot;
    }
}
