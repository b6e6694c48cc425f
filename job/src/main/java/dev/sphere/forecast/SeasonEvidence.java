package dev.sphere.forecast;

/**
 * How much of the load one season explains: the share by which it makes smaller what values differ
 * from their mean. The season is known from earlier cycles only, so that one which is none explains
 * nothing, or less. Durable state: add fields, never remove.
 */
public final class SeasonEvidence {
    /** With less of it there is no season. */
    static final double LEAST = 0.05;

    /** Differences are averaged over more than levels are: one cycle is often like another. */
    private static final int CYCLES = 14;

    private static final int VALUES = 2_000;

    /** Means of the values, and of what the season differs from them. */
    public double level;

    public double offset;

    /** Mean absolute differences from the level, and from the season moved by the offset. */
    public double without;

    public double with;
    public long values;

    /**
     * Takes in one value.
     *
     * @param expected what the season has been at that time
     * @param memory values of a cycle, over which levels are followed
     */
    void add(double value, double expected, double memory) {
        values++;
        double share = Math.max(1 / memory, 1.0 / values);
        if (values > 1) {
            double averaged = Math.max(VALUES, CYCLES * memory);
            double counts = Math.max(1 / averaged, 1.0 / (values - 1));
            without += counts * (Math.abs(value - level) - without);
            with += counts * (Math.abs(expected - offset - value) - with);
        }
        level += share * (value - level);
        offset += share * (expected - value - offset);
    }

    /** 1 where the season explains everything, 0 or less where there is none. */
    double share() {
        return without > 0 ? 1 - with / without : 0;
    }
}
