package dev.sphere.forecast;

import java.util.Arrays;

/**
 * The load of the last cycles of the longest season, bin by bin: what seasons are learned anew from
 * when it is amended, and what smoothing parameters are fitted to. Durable state: add fields, never
 * remove.
 */
public final class History {
    /** By slot: the mean of the bin's steps; {@code NaN} where nothing was seen. */
    public float[] means = {};

    /** By slot: of how many steps. */
    public short[] counts = {};

    /** The newest bin, counted from the epoch. */
    public long newest = Long.MIN_VALUE;

    public History() {}

    History(int bins) {
        means = new float[bins];
        counts = new short[bins];
        Arrays.fill(means, Float.NaN);
    }

    int bins() {
        return means.length;
    }

    /** The oldest bin that it may have. */
    long oldest() {
        return newest - means.length + 1;
    }

    /** Adds a value to a bin, the newest or a newer one; {@code NaN} only lets time go on. */
    void add(long bin, double value) {
        if (means.length == 0) {
            return;
        }
        goOnTo(bin);
        if (!Double.isNaN(value) && isKept(bin)) {
            int slot = slot(bin);
            int count = counts[slot];
            set(slot, count + 1, count == 0 ? value : (means[slot] * (double) count + value));
        }
    }

    private void set(int slot, int count, double sum) {
        counts[slot] = (short) Math.min(Short.MAX_VALUE, count);
        means[slot] = count == 0 ? Float.NaN : (float) (sum / count);
    }

    /**
     * Puts a value in the place of another.
     *
     * @param before that the bin holds; {@code NaN} if it does not hold one for it
     * @return whether the bin is kept
     */
    boolean amend(long bin, double before, double value) {
        if (!isKept(bin)) {
            return false;
        }
        int slot = slot(bin);
        int count = counts[slot];
        double sum = count == 0 ? 0 : means[slot] * (double) count;
        if (Double.isNaN(before) || count == 0) {
            set(slot, count + 1, sum + value);
        } else {
            set(slot, count, sum + value - before);
        }
        return true;
    }

    /** Forgets a bin; returns whether it held anything. */
    boolean forget(long bin) {
        if (!isKept(bin) || counts[slot(bin)] == 0) {
            return false;
        }
        set(slot(bin), 0, 0);
        return true;
    }

    /** The mean of a bin; {@code NaN} where nothing was seen, or it is not kept. */
    double at(long bin) {
        return isKept(bin) ? means[slot(bin)] : Double.NaN;
    }

    /** All bins, the oldest first; {@code NaN} where nothing was seen. */
    double[] values() {
        double[] values = new double[means.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = at(oldest() + i);
        }
        return values;
    }

    /** The bins that are a number of bins apart from each other and from the given one. */
    double[] every(int bins, long bin) {
        long first = oldest() + Math.floorMod(bin - oldest(), (long) bins);
        int count = (int) ((newest - first) / bins) + 1;
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = at(first + (long) i * bins);
        }
        return values;
    }

    private boolean isKept(long bin) {
        return newest != Long.MIN_VALUE && bin <= newest && bin >= oldest();
    }

    private void goOnTo(long bin) {
        if (newest == Long.MIN_VALUE) {
            newest = bin;
        }
        long from = Math.max(newest + 1, bin - means.length + 1);
        for (long each = from; each <= bin; each++) {
            set(slot(each), 0, 0);
        }
        newest = Math.max(newest, bin);
    }

    private int slot(long bin) {
        return (int) Math.floorMod(bin, (long) means.length);
    }
}
