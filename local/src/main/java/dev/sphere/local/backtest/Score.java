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
 * @param quantileLossToLastValue this loss over that of the last value, on the same targets
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
        @JsonProperty("wql90ToLastValue") double quantileLossToLastValue,
        @JsonProperty("coverage90") double coverage,
        @JsonProperty("below95") double below95) {

    /** Adds up what a score is made of. */
    static final class Sum {
        private static final double LEVEL = 0.9;
        private static final int P05 = 0;
        private static final int P90 = 1;
        private static final int P95 = 2;

        private int targets;
        private double errors;
        private double sizes;
        private int withQuantiles;
        private double sizesWithQuantiles;
        private double loss;
        private int covered;
        private int below;
        private int compared;
        private double comparedLoss;

        /**
         * @param quantiles p05, p90 and p95; {@code NaN} if unknown
         * @param lastValue the same of the last value
         */
        void add(double y, double forecast, double[] quantiles, double[] lastValue) {
            targets++;
            errors += Math.abs(y - forecast);
            sizes += Math.abs(y);
            if (Double.isNaN(quantiles[P05])) {
                return;
            }
            withQuantiles++;
            sizesWithQuantiles += Math.abs(y);
            double over = y - quantiles[P90];
            double lost = Math.max(LEVEL * over, (LEVEL - 1) * over);
            loss += lost;
            covered += y >= quantiles[P05] && y <= quantiles[P95] ? 1 : 0;
            below += y <= quantiles[P95] ? 1 : 0;
            if (!Double.isNaN(lastValue[P05])) {
                compared++;
                comparedLoss += lost;
            }
        }

        Score score(Sum lastValue, double scale) {
            double mae = ratio(errors, targets);
            boolean isComparable = compared == lastValue.compared;
            return new Score(
                    targets,
                    mae,
                    ratio(mae, ratio(lastValue.errors, lastValue.targets)),
                    ratio(mae, scale),
                    100 * ratio(errors, sizes),
                    200 * ratio(loss, sizesWithQuantiles),
                    isComparable ? ratio(comparedLoss, lastValue.comparedLoss) : Double.NaN,
                    100 * ratio(covered, withQuantiles),
                    100 * ratio(below, withQuantiles));
        }

        private static double ratio(double of, double to) {
            return to > 0 ? of / to : Double.NaN;
        }
    }
}
