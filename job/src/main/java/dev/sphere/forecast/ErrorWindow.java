package dev.sphere.forecast;

import java.util.Arrays;

/**
 * The last errors made, as multiples of the size that was expected of them, and their quantiles.
 * Each is kept in two bytes, to the next 1/3200 and at most 10.24 either way: a greater one came
 * out of the quiet, and what it says of quiet times says nothing of the unquiet ones that it opens.
 * Durable state: add fields, never remove.
 */
public final class ErrorWindow {
    private static final double UNIT = 1.0 / 3200;

    /** By slot; in {@link #UNIT}s. */
    public short[] errors = {};

    public int next;
    public int count;

    /** The same in ascending order; made anew after a restore. */
    private transient short[] sorted;

    /** Quantiles, as long as no error is added; and the ranks that they are of. */
    private transient double[] quantiles;

    private transient Ranks ranks;

    public ErrorWindow() {}

    ErrorWindow(int size) {
        errors = new short[size];
    }

    /** Adds an error in place of the oldest; {@code NaN} is none. */
    void add(double error) {
        if (Double.isNaN(error)) {
            return;
        }
        if (sorted == null) {
            sort();
        }
        ranks = null;
        short added = inUnits(error);
        if (count < errors.length) {
            int at = position(added);
            System.arraycopy(sorted, at, sorted, at + 1, count - at);
            sorted[at] = added;
            count++;
        } else {
            replace(errors[next], added);
        }
        errors[next] = added;
        next = next + 1 == errors.length ? 0 : next + 1;
    }

    /** Only what lies between the two moves. */
    private void replace(short oldest, short added) {
        int from = 0;
        int to = 0;
        for (int length = count; length > 0; ) {
            int half = length >>> 1;
            from += less(from + half, oldest) & length - half;
            to += less(to + half, added) & length - half;
            length = half;
        }
        if (from < to) {
            to--;
            System.arraycopy(sorted, from + 1, sorted, from, to - from);
        } else {
            System.arraycopy(sorted, to, sorted, to + 1, from - to);
        }
        sorted[to] = added;
    }

    /** How many in {@link #sorted} are less. */
    private int position(short error) {
        int from = 0;
        for (int length = count; length > 0; ) {
            int half = length >>> 1;
            from += less(from + half, error) & length - half;
            length = half;
        }
        return from;
    }

    /**
     * All bits where the one in {@link #sorted} is less, else none: errors defy branch prediction.
     */
    private int less(int at, short error) {
        return sorted[at] - error >> 31;
    }

    /**
     * The quantiles of some levels, linearly between two errors; {@code NaN} while there are none.
     * Not to be changed.
     */
    double[] quantiles(Ranks of) {
        if (ranks != of) {
            quantiles = new double[of.size()];
            of.of(count);
            for (int level = 0; level < quantiles.length; level++) {
                quantiles[level] = quantile(of, level);
            }
            ranks = of;
        }
        return quantiles;
    }

    private double quantile(Ranks of, int level) {
        if (count == 0) {
            return Double.NaN;
        }
        if (sorted == null) {
            sort();
        }
        int error = sorted[of.below(level)];
        // Written so that the quantiles ascend even where rounding is all that they differ by.
        return (error + of.share(level) * (sorted[of.above(level)] - error)) * UNIT;
    }

    private static short inUnits(double error) {
        return (short)
                Math.rint(Math.max(-Short.MAX_VALUE, Math.min(Short.MAX_VALUE, error / UNIT)));
    }

    private void sort() {
        sorted = errors.clone();
        Arrays.sort(sorted, 0, count);
    }
}
