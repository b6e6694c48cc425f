package dev.sphere.forecast;

import java.io.Serializable;

/**
 * Where quantiles of some levels are among a number of sorted errors: the value that {@code level
 * (count + 1)} of them do not exceed, linearly between two (Weibull; the conformal choice).
 */
final class Ranks implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double[] levels;
    private final int[] below;
    private final int[] above;
    private final double[] share;
    private int count;

    Ranks(double... levels) {
        this.levels = levels.clone();
        this.below = new int[levels.length];
        this.above = new int[levels.length];
        this.share = new double[levels.length];
    }

    /** Sets them for a number of errors; the same as before costs nothing. */
    Ranks of(int errors) {
        if (errors != count && errors > 0) {
            count = errors;
            for (int level = 0; level < below.length; level++) {
                set(level, levels[level] * (errors + 1) - 1);
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

    int size() {
        return levels.length;
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
