package dev.sphere.forecast;

import java.util.Arrays;

/**
 * What one season looks like, bin by bin: the mean of its cycles, the newer counting more, and its
 * newest cycle. Durable state: add fields, never remove.
 */
public final class SeasonalProfile {
    private static final byte MANY = 100;

    /** By bin; {@code NaN} where nothing was seen. */
    public float[] mean = {};

    public float[] newest = {};

    /** By bin: in how many cycles it was seen, at most {@link #MANY}. */
    public byte[] cycles = {};

    /** When the first value was learned, and whether a whole cycle has passed since. */
    public long since = Long.MIN_VALUE;

    public boolean isWhole;

    /** The bin that is being filled, and what it holds so far. */
    public int bin = -1;

    public double sum;
    public int count;

    /**
     * Learns one value; {@code NaN} teaches nothing.
     *
     * @param gamma how much a bin follows its newest cycle, in (0, 1]
     * @param at the middle of the step, in epoch milliseconds
     */
    void add(Season season, double gamma, double value, long at, long step) {
        if (mean.length == 0) {
            mean = unknown(season.bins());
            newest = unknown(season.bins());
            cycles = new byte[season.bins()];
        }
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
            count++;
        }
        if (season.bin(at + step) != bin) {
            close(gamma);
        }
    }

    private void close(double gamma) {
        if (count > 0) {
            double value = sum / count;
            newest[bin] = (float) value;
            cycles[bin] = (byte) Math.min(MANY, cycles[bin] + 1);
            double share = Math.max(gamma, 1.0 / cycles[bin]);
            mean[bin] =
                    cycles[bin] == 1
                            ? (float) value
                            : (float) (mean[bin] + share * (value - mean[bin]));
        }
        sum = 0;
        count = 0;
    }

    private static float[] unknown(int size) {
        var values = new float[size];
        Arrays.fill(values, Float.NaN);
        return values;
    }
}
