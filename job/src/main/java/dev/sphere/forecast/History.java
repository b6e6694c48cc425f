package dev.sphere.forecast;

import java.util.Arrays;

/**
 * The load of the last days or weeks, bin by bin of the main season: what seasons are learned anew
 * from when it is amended, and what smoothing parameters are fitted to. Durable state: add fields,
 * never remove.
 */
public final class History {
    /** Bins that values may still be added to. */
    private static final int AMENDED = 32;

    /** By slot: the mean of the bin's steps; {@code NaN} where nothing was seen. */
    public float[] means = {};

    /** By slot of the newest bins: of how many steps. */
    public short[] counts = new short[AMENDED];

    /** The newest bin, counted from the epoch. */
    public long newest = Long.MIN_VALUE;

    public History() {}

    History(int bins) {
        means = new float[bins];
        Arrays.fill(means, Float.NaN);
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
        if (!Double.isNaN(value) && isOpen(bin)) {
            put(bin, 1, value);
        }
    }

    /**
     * Puts a value in the place of another.
     *
     * @param before that the bin holds; {@code NaN} if it does not hold one for it
     * @return whether the bin is new enough
     */
    boolean amend(long bin, double before, double value) {
        if (!isOpen(bin)) {
            return false;
        }
        if (Double.isNaN(before) || counts[count(bin)] == 0) {
            put(bin, 1, value);
        } else {
            put(bin, 0, value - before);
        }
        return true;
    }

    private void put(long bin, int values, double sum) {
        int slot = slot(bin);
        int before = counts[count(bin)];
        int after = Math.min(Short.MAX_VALUE, before + values);
        double all = before == 0 ? sum : means[slot] * (double) before + sum;
        means[slot] = (float) (all / after);
        counts[count(bin)] = (short) after;
    }

    /** Forgets a bin; returns whether it held anything. */
    boolean forget(long bin) {
        if (!isKept(bin) || Float.isNaN(means[slot(bin)])) {
            return false;
        }
        empty(bin);
        return true;
    }

    private void empty(long bin) {
        means[slot(bin)] = Float.NaN;
        if (bin > newest - AMENDED) {
            counts[count(bin)] = 0;
        }
    }

    /** The mean of a bin; {@code NaN} where nothing was seen, or it is not kept. */
    double at(long bin) {
        return isKept(bin) ? means[slot(bin)] : Double.NaN;
    }

    /** The bins since the first one that is known, the oldest first; {@code NaN} in holes. */
    double[] known() {
        if (newest == Long.MIN_VALUE) {
            return new double[0];
        }
        long first = oldest();
        while (first <= newest && Double.isNaN(at(first))) {
            first++;
        }
        double[] known = new double[(int) (newest - first + 1)];
        for (int i = 0; i < known.length; i++) {
            known[i] = at(first + i);
        }
        return known;
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

    /** Whether it is known of how many values the bin is the mean. */
    private boolean isOpen(long bin) {
        return isKept(bin) && bin > newest - AMENDED;
    }

    private void goOnTo(long bin) {
        if (newest == Long.MIN_VALUE) {
            newest = bin - 1;
        }
        long from = Math.max(newest + 1, bin - means.length + 1);
        newest = Math.max(newest, bin);
        for (long each = from; each <= bin; each++) {
            empty(each);
        }
    }

    private int slot(long bin) {
        return (int) Math.floorMod(bin, (long) means.length);
    }

    private static int count(long bin) {
        return (int) Math.floorMod(bin, (long) AMENDED);
    }
}
