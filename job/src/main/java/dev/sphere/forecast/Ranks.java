package dev.sphere.forecast;

import java.io.Serializable;

/**
 * Where the quantiles of {@link Quantiles#LEVELS} are among a number of sorted errors: the value
 * that {@code level (count + 1)} of them do not exceed, linearly between two (Weibull; the
 * conformal choice).
 */
final class Ranks implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int[] below = new int[Quantiles.LEVELS.length];
    private final int[] above = new int[Quantiles.LEVELS.length];
    private final double[] share = new double[Quantiles.LEVELS.length];
    private int count;

    /** Sets them for a number of errors; the same as before costs nothing. */
    Ranks of(int errors) {
        if (errors != count && errors > 0) {
            count = errors;
            for (int level = 0; level < below.length; level++) {
                set(level, Quantiles.LEVELS[level] * (errors + 1) - 1);
            }
        }
        return this;
    }

    private void set(int level, double position) {
        int rank = (int) Math.floor(position);
        below[level] = Math.max(0, Math.min(count - 1, rank));
        above[level] = Math.max(0, Math.min(count - 1, rank + 1));
        share[level] = position - rank;
    }

    int below(int level) {
        return below[level];
    }

    int above(int level) {
        return above[level];
    }

    double share(int level) {
        return share[level];
    }
}
