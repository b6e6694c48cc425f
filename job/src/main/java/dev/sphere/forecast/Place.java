package dev.sphere.forecast;

import java.io.Serializable;

/**
 * Where a time is in a season: between the middles of two bins, and how far from the one to the
 * other. Set once, it is looked up in everything that is kept by the bins of that season.
 */
final class Place implements Serializable {
    private static final long serialVersionUID = 1L;

    private int left;
    private int right;
    private double share;

    /**
     * @param since time since the season began, in milliseconds, at least 0 and below its length
     */
    void set(Season season, long since) {
        set(season, since, season.binsOfAMilli());
    }

    /** The same with what only depends on the season known already. */
    void set(Season season, long since, double binsOfAMilli) {
        double between = since * binsOfAMilli - 0.5;
        left = (int) Math.floor(between);
        share = between - left;
        right = left + 1 == season.bins() ? 0 : left + 1;
        left = left < 0 ? season.bins() - 1 : left;
    }

    /** The value of a season here; 0 if there is no season yet. */
    double in(double[] seasonal) {
        return seasonal.length == 0 ? 0 : (1 - share) * seasonal[left] + share * seasonal[right];
    }

    /** The same of bins that may be unknown, {@code NaN}; {@code NaN} where both of them are. */
    double in(float[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double a = values[left];
        double b = values[right];
        if (Double.isNaN(a)) {
            return b;
        }
        return Double.isNaN(b) ? a : (1 - share) * a + share * b;
    }

    /** Moves the value of a season here by an amount, in place. */
    void add(double[] seasonal, double amount) {
        double norm = share * share + (1 - share) * (1 - share);
        seasonal[left] += amount * (1 - share) / norm;
        seasonal[right] += amount * share / norm;
    }
}
