package dev.sphere.forecast;

/** The quantile levels that every forecast carries. */
public final class Quantiles {
    /** Ascending. */
    public static final double[] LEVELS = {0.05, 0.5, 0.8, 0.9, 0.95, 0.99};

    private Quantiles() {}

    /**
     * The value at a level, linearly between the carried levels.
     *
     * @param values values at {@link #LEVELS}
     * @param level within the carried levels
     * @throws IllegalArgumentException if the level is outside of the carried ones
     */
    public static double at(double[] values, double level) {
        if (!(level >= LEVELS[0] && level <= LEVELS[LEVELS.length - 1])) {
            throw new IllegalArgumentException(
                    "quantile " + level + " is outside of 0.05 to 0.99, which forecasts carry");
        }
        int above = 1;
        while (LEVELS[above] < level) {
            above++;
        }
        double share = (level - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1]);
        return values[above - 1] + share * (values[above] - values[above - 1]);
    }
}
