package dev.sphere.forecast;

import dev.sphere.observe.Observation;
import java.util.List;

/**
 * What is expected of one signal, and how far that can be trusted.
 *
 * @param observed the observation that the forecast starts from
 * @param curve the expected value and its quantiles at growing horizons
 * @param peak the greatest value expected within the horizon that scaling looks at
 */
public record Forecast(
        Observation observed,
        List<Point> curve,
        Peak peak,
        Model model,
        Accuracy accuracy,
        Health health) {

    /**
     * One point of the curve.
     *
     * @param at end of the step that is forecast, in epoch milliseconds
     * @param quantiles values of the quantiles of {@link Quantiles#LEVELS}, in that order
     */
    public record Point(long at, double mean, double[] quantiles) {}

    /**
     * The distribution of the greatest value within a horizon.
     *
     * @param horizon how far it reaches, in milliseconds
     * @param quantiles values of the quantiles of {@link Quantiles#LEVELS}, in that order
     */
    public record Peak(long horizon, double mean, double[] quantiles) {}

    /**
     * The model that made the forecast.
     *
     * @param kind what it has grown to so far: {@code level}, {@code trend} or {@code season}
     * @param seasons those of which a whole cycle has been seen, with the evidence for each
     * @param shiftedAt when the level shifted last, in epoch milliseconds; 0 for never
     */
    public record Model(
            String kind,
            List<Seasonality> seasons,
            double alpha,
            double beta,
            double gamma,
            double phi,
            long shiftedAt) {}

    /**
     * A season that the load may have.
     *
     * @param length in milliseconds
     * @param evidence share by which knowing it makes smaller what values differ from their level:
     *     1 explains everything, 0 or less nothing
     */
    public record Seasonality(long length, double evidence) {}

    /**
     * How good the forecasts of this signal have been at the horizon that scaling looks at.
     *
     * @param mase mean absolute error over that of the seasonal-naive forecast; NaN if unknown
     * @param coverage share of peaks that stayed under the 0.9 quantile; NaN if unknown
     * @param interval share of values between the 0.05 and the 0.95 quantile; NaN if unknown
     * @param errors how many errors were measured so far, at most the size of the window
     */
    public record Accuracy(double mase, double coverage, double interval, int errors) {}

    /** How far a forecast can be trusted. */
    public enum Health {
        /** too little has been seen */
        COLD,
        /** there is a model, but it does not beat the seasonal-naive forecast */
        WARM,
        /** better than the seasonal-naive forecast, and its quantiles hold */
        SKILLED
    }

    public String signal() {
        return observed.signal();
    }
}
