package dev.sphere.local.backtest;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How good the forecasts of one method are at one horizon; {@code NaN} where that is unknown.
 *
 * @param targets that were not missing
 * @param toLastValue mean absolute error over that of the last value, on the same targets
 * @param mase mean absolute error over the mean difference to the day before in the warm-up
 * @param wape sum of absolute errors over sum of absolute values, in per cent
 * @param quantileLoss weighted quantile loss of the 0.9 quantile, in per cent
 * @param coverage share of targets within the quantiles 0.05 and 0.95, in per cent
 * @param below95 share of targets that are at most the 0.95 quantile, in per cent
 */
public record Score(
        @JsonProperty("targets") int targets,
        @JsonProperty("mae") double mae,
        @JsonProperty("maeToLastValue") double toLastValue,
        @JsonProperty("mase") double mase,
        @JsonProperty("wape") double wape,
        @JsonProperty("wql90") double quantileLoss,
        @JsonProperty("coverage90") double coverage,
        @JsonProperty("below95") double below95) {

    /** Adds up what a score is made of. */
    static final class Sum {
        private static final double LEVEL = 0.9;

        private int targets;
        private double errors;
        private double sizes;
        private int withQuantiles;
        private double sizesWithQuantiles;
        private double loss;
        private int covered;
        private int below;

        void add(double y, double forecast) {
            targets++;
            errors += Math.abs(y - forecast);
            sizes += Math.abs(y);
        }

        void addQuantiles(double y, double p05, double p90, double p95) {
            if (Double.isNaN(p05)) {
                return;
            }
            withQuantiles++;
            sizesWithQuantiles += Math.abs(y);
            loss += Math.max(LEVEL * (y - p90), (LEVEL - 1) * (y - p90));
            covered += y >= p05 && y <= p95 ? 1 : 0;
            below += y <= p95 ? 1 : 0;
        }

        double meanAbsoluteError() {
            return ratio(errors, targets);
        }

        Score score(double naiveError, double scale) {
            double mae = meanAbsoluteError();
            return new Score(
                    targets,
                    mae,
                    ratio(mae, naiveError),
                    ratio(mae, scale),
                    100 * ratio(errors, sizes),
                    200 * ratio(loss, sizesWithQuantiles),
                    100 * ratio(covered, withQuantiles),
                    100 * ratio(below, withQuantiles));
        }

        private static double ratio(double of, double to) {
            return to > 0 ? of / to : Double.NaN;
        }
    }
}
