package dev.sphere.local.backtest;

/**
 * Forecasts that SPHERE's are compared with: by origin, then by horizon.
 *
 * @param quantiles p05, p90 and p95, from the errors known at the origin; {@code NaN} while these
 *     are few
 */
record Baseline(double[][] means, double[][][] quantiles) {
    private static final double[] LEVELS = {0.05, 0.9, 0.95};

    /**
     * With the quantiles of what is forecast from the origins and from some before them.
     *
     * @param origins those before, too
     * @param before how many of these are before the first that counts
     * @param forecasts from each of the origins
     */
    static Baseline of(
            double[] values, int[] horizons, int[] origins, int before, double[][] forecasts) {
        int counted = origins.length - before;
        var means = new double[counted][];
        var quantiles = new double[counted][horizons.length][];
        System.arraycopy(forecasts, before, means, 0, counted);
        for (int h = 0; h < horizons.length; h++) {
            var errors = new PastErrors();
            int known = 0;
            for (int o = 0; o < origins.length; o++) {
                for (; origins[known] + horizons[h] <= origins[o]; known++) {
                    errors.add(values[origins[known] + horizons[h]] - forecasts[known][h]);
                }
                if (o >= before) {
                    quantiles[o - before][h] = quantiles(forecasts[o][h], errors);
                }
            }
        }
        return new Baseline(means, quantiles);
    }

    private static double[] quantiles(double mean, PastErrors errors) {
        double[] quantiles = new double[LEVELS.length];
        for (int level = 0; level < LEVELS.length; level++) {
            quantiles[level] = mean + errors.quantile(LEVELS[level]);
        }
        return quantiles;
    }
}
