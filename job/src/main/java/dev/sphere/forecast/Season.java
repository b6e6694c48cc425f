package dev.sphere.forecast;

import java.io.Serializable;

/**
 * A season and the bins that it is kept in. Between the middles of two bins the season is a
 * straight line, so that steps may be much shorter than bins.
 *
 * @param length of the season, in milliseconds; 0 for none
 * @param bins how many values the season is kept in; 0 for none
 */
public record Season(long length, int bins) implements Serializable {
    public static final Season NONE = new Season(0, 0);

    public Season {
        if (length < 0 || bins < 0 || (length == 0) != (bins == 0)) {
            throw new IllegalArgumentException(
                    "season of " + length + " ms in " + bins + " bins: expected both, or neither");
        }
    }

    /** Fewer bins would not show the shape of a season. */
    private static final int LEAST_BINS = 12;

    /** A season in bins of about the given width, or narrower, but not narrower than a step. */
    public static Season of(long length, long binWidth, long step) {
        if (length == 0) {
            return NONE;
        }
        long width = Math.max(step, Math.min(binWidth, length / LEAST_BINS));
        int bins = (int) Math.max(2, length / width);
        return new Season(length, even(length, bins));
    }

    /** As many bins, or a few less so that all are of the same whole width. */
    private static int even(long length, int bins) {
        for (int fewer = bins; fewer > 3 * bins / 4; fewer--) {
            if (length % fewer == 0) {
                return fewer;
            }
        }
        return bins;
    }

    public boolean exists() {
        return bins > 0;
    }

    /** In milliseconds. */
    long binWidth() {
        return length / bins;
    }

    /** Bins that a millisecond is long: a small part of one. */
    double binsOfAMilli() {
        return (double) bins / length;
    }

    /** The bin that a time falls into. */
    public int bin(long at) {
        return (int) Math.min(bins - 1L, (long) (position(at) * bins));
    }

    /** The value of a season at a time; 0 if there is no season yet. */
    public double at(double[] seasonal, long at) {
        return seasonal.length == 0 ? 0 : place(at).in(seasonal);
    }

    /** The same of bins that may be unknown, {@code NaN}; {@code NaN} where both of them are. */
    double at(float[] values, long at) {
        return values.length == 0 ? Double.NaN : place(at).in(values);
    }

    /** Moves the value of a season at a time by an amount, in place. */
    void add(double[] seasonal, long at, double amount) {
        place(at).add(seasonal, amount);
    }

    /** Time since the season began last, in milliseconds. */
    long since(long at) {
        return Math.floorMod(at, length);
    }

    private Place place(long at) {
        var place = new Place();
        place.set(this, since(at));
        return place;
    }

    private double position(long at) {
        return (double) since(at) / length;
    }
}
