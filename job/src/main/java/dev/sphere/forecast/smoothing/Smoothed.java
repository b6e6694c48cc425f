package dev.sphere.forecast.smoothing;

import java.io.Serializable;

/**
 * What exponential smoothing remembers of a series. Durable state: add fields, never remove.
 *
 * <p>The first value of each season belongs to the first step after the start, and from there on
 * they take turns.
 */
public final class Smoothed implements Serializable {
    private static final long serialVersionUID = 1L;

    public double level;
    public double trend;

    /** One value for each step of the season; empty without one. */
    public double[] seasonal = {};

    /** The same of the longer of two seasons. */
    public double[] longSeasonal = {};

    /** Steps since the start, missing ones too. */
    public long steps;

    /** The newest error, before its correction; fades while observations are missing. */
    public double error;

    /** Steps since the newest observation that was not missing. */
    public int missing;

    public Smoothed() {}

    Smoothed(double level, double trend, double... seasonal) {
        this.level = level;
        this.trend = trend;
        this.seasonal = seasonal;
    }

    /** A state of its own, which the original does not see change. */
    public Smoothed copy() {
        var copy = new Smoothed(level, trend, seasonal.clone());
        copy.longSeasonal = longSeasonal.clone();
        copy.steps = steps;
        copy.error = error;
        copy.missing = missing;
        return copy;
    }

    /** Whose turn it is some steps ahead in a season of this length. */
    int turn(int season, int ahead) {
        return (int) ((steps + ahead - 1) % season);
    }
}
