package dev.sphere.forecast;

import java.util.Arrays;

/**
 * What one season looks like, bin by bin: the mean of its cycles, the newer counting more. Durable
 * state: add fields, never remove.
 */
public final class SeasonalProfile {
    private static final byte MANY = 100;

    /** By bin; {@code NaN} where nothing was seen. */
    public float[] mean = {};

    /** By bin, of the main season only: its newest cycle, outliers held. */
    public float[] newest = {};

    /** By bin, of the main season only: the last value of its newest cycle, not a mean. */
    public float[] samples = {};

    /** By bin: in how many cycles it was seen, at most {@link #MANY}. */
    public byte[] cycles = {};

    /** When the first value was learned, and whether a whole cycle has passed since. */
    public long since = Long.MIN_VALUE;

    public boolean isWhole;

    /** The bin that is being filled, and what it holds so far. */
    public int bin = -1;

    public double sum;
    public double last;
    public int count;

    /** A bin that is far off what it was is held: one outage must not be expected every week. */
    public OutlierBound bound = new OutlierBound();

    public SeasonalProfile() {}

    /**
     * @param isMain whether the newest cycle is remembered as well
     */
    SeasonalProfile(Season season, boolean isMain) {
        mean = unknown(season.bins());
        newest = unknown(isMain ? season.bins() : 0);
        samples = unknown(isMain ? season.bins() : 0);
        cycles = new byte[season.bins()];
    }

    /**
     * Learns one value; {@code NaN} teaches nothing.
     *
     * @param gamma how much a bin follows its newest cycle, in (0, 1]
     * @param at the middle of the step, in epoch milliseconds
     */
    void add(Season season, double gamma, double value, long at, long step) {
        if (since == Long.MIN_VALUE && !Double.isNaN(value)) {
            since = at;
        }
        isWhole = isWhole || since != Long.MIN_VALUE && at - since >= season.length();
        int now = season.bin(at);
        if (now != bin) {
            close(gamma);
            bin = now;
        }
        if (!Double.isNaN(value)) {
            sum += value;
            last = value;
            count++;
        }
        if (season.bin(at + step) != bin) {
            close(gamma);
        }
    }

    private void close(double gamma) {
        if (count > 0) {
            learn(bin, sum / count, gamma);
            if (samples.length > 0) {
                samples[bin] = (float) last;
            }
        }
        empty();
    }

    private void learn(int bin, double value, double gamma) {
        follow(bin, cycles[bin] == 0 ? value : bound.held(value, mean[bin]), gamma);
    }

    private void follow(int bin, double value, double gamma) {
        boolean isFirst = cycles[bin] == 0;
        cycles[bin] = (byte) Math.min(MANY, cycles[bin] + 1);
        mean[bin] = (float) (isFirst ? value : mean[bin] + share(bin, gamma) * (value - mean[bin]));
        if (newest.length > 0) {
            newest[bin] = (float) value;
        }
    }

    private double share(int bin, double gamma) {
        return Math.max(gamma, 1.0 / cycles[bin]);
    }

    /**
     * Amends a bin of the newest cycle that was learned.
     *
     * @param at the middle of the step that is amended, less than a season ago
     * @param before mean of the bin as it was learned; {@code NaN} if nothing was
     * @param after mean of the bin as it is now
     */
    void amend(Season season, double gamma, long at, double before, double after) {
        int amended = season.bin(at);
        if (Double.isNaN(before)) {
            learn(amended, after, gamma);
        } else {
            mean[amended] += (float) (share(amended, gamma) * (after - before));
            if (newest.length > 0) {
                newest[amended] = (float) bound.near(after, mean[amended]);
            }
        }
    }

    /**
     * Amends a step of the bin that is being filled, which is learned when it is full.
     *
     * @param before the value that was taken for it; {@code NaN} if none was
     */
    void amendFilling(double before, double after) {
        if (Double.isNaN(before) || count == 0) {
            last = count == 0 ? after : last;
            sum += after;
            count++;
        } else {
            sum += after - before;
        }
    }

    boolean isFilling() {
        return count > 0;
    }

    /** Takes back what the bin that is being filled holds so far. */
    void empty() {
        sum = 0;
        count = 0;
    }

    /** Learns a bin anew, from the cycles that are remembered, the oldest first. */
    void relearn(int bin, double[] remembered, double gamma) {
        mean[bin] = Float.NaN;
        cycles[bin] = 0;
        if (newest.length > 0) {
            newest[bin] = Float.NaN;
            samples[bin] = Float.NaN;
        }
        for (double value : remembered) {
            if (!Double.isNaN(value)) {
                follow(bin, cycles[bin] == 0 ? value : bound.near(value, mean[bin]), gamma);
            }
        }
    }

    private static float[] unknown(int size) {
        var values = new float[size];
        Arrays.fill(values, Float.NaN);
        return values;
    }
}
