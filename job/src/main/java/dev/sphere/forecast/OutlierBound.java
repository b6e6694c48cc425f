package dev.sphere.forecast;

/**
 * Holds a value near what was expected of it, so that a spike or an outage does not ruin what is
 * learned: at most some times the mean size of the errors there were, themselves so held (the
 * pre-cleaning of Gelper, Fried and Croux, Journal of Forecasting 29, 2010, with a mean absolute
 * error for their scale). Durable state: add fields, never remove.
 */
public final class OutlierBound {
    /** Mean absolute errors; nearly five standard deviations of a normal distribution. */
    private static final double MOST = 6;

    /** Fewer errors do not tell what is usual. */
    private static final int LEAST = 20;

    /** Taken for the size of errors over that of the values: what never moved must be able to. */
    private static final double LEAST_SIZE = 0.02;

    /** How fast the mean size follows. */
    private static final double FOLLOWS = 0.01;

    /** Mean size of the errors. */
    public double size;

    /** How many there were, as far as that matters. */
    public int errors;

    /** The value, or the nearest to it that is not an outlier; learns what is usual from it. */
    double held(double value, double expected) {
        double near = near(value, expected);
        double error = Math.abs(near - expected);
        errors = Math.min(errors + 1, (int) (1 / FOLLOWS));
        size += Math.max(FOLLOWS, 1.0 / errors) * (error - size);
        return near;
    }

    /** The same without learning anything. */
    double near(double value, double expected) {
        double error = value - expected;
        if (errors >= LEAST) {
            double larger = Math.max(Math.abs(value), Math.abs(expected));
            double most = MOST * Math.max(size, LEAST_SIZE * larger);
            error = Math.max(-most, Math.min(most, error));
        }
        return expected + error;
    }
}
