package dev.sphere.local.backtest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The M4 competition's measures, means over series (Makridakis, Spiliotis and Assimakopoulos,
 * International Journal of Forecasting 36, 2020); {@code NaN} where there are no limits.
 *
 * @param smape in per cent
 * @param mase mean absolute error over that of the seasonal-naive forecast in the training data
 * @param owa mean of sMAPE and MASE over those published of Naive2 for the hourly series
 * @param msis interval score of the 95 % limits over the scale of MASE
 * @param coverage share of values within the limits, in per cent
 */
public record M4Accuracy(
        @JsonProperty("smape") double smape,
        @JsonProperty("mase") double mase,
        @JsonProperty("owa") double owa,
        @JsonProperty("msis") double msis,
        @JsonProperty("coverage95") double coverage) {
    private static final double NAIVE2_SMAPE = 18.383;
    private static final double NAIVE2_MASE = 2.395;

    /** Share of values that the limits leave out. */
    static final double LEFT_OUT = 0.05;

    static M4Accuracy of(List<M4Accuracy> each) {
        double smape = each.stream().mapToDouble(M4Accuracy::smape).average().orElse(Double.NaN);
        double mase = each.stream().mapToDouble(M4Accuracy::mase).average().orElse(Double.NaN);
        return new M4Accuracy(
                smape,
                mase,
                owa(smape, mase),
                each.stream().mapToDouble(M4Accuracy::msis).average().orElse(Double.NaN),
                each.stream().mapToDouble(M4Accuracy::coverage).average().orElse(Double.NaN));
    }

    static M4Accuracy of(M4Series series, int season, M4Forecast forecast) {
        double scale = scale(series.train(), season);
        double[] y = series.test();
        double smape = 0;
        double mase = 0;
        double msis = 0;
        double covered = 0;
        for (int h = 0; h < y.length; h++) {
            double f = forecast.mean()[h];
            double l = forecast.lower()[h];
            double u = forecast.upper()[h];
            double sizes = Math.abs(y[h]) + Math.abs(f);
            smape += sizes == 0 ? 0 : 200 * Math.abs(y[h] - f) / sizes / y.length;
            mase += Math.abs(y[h] - f) / scale / y.length;
            double outside = Math.max(0, Math.max(l - y[h], y[h] - u));
            msis += Double.isNaN(l) ? l : (u - l + 2 / LEFT_OUT * outside) / scale / y.length;
            covered += Double.isNaN(l) ? l : outside > 0 ? 0 : 100.0 / y.length;
        }
        return new M4Accuracy(smape, mase, owa(smape, mase), msis, covered);
    }

    private static double owa(double smape, double mase) {
        return (smape / NAIVE2_SMAPE + mase / NAIVE2_MASE) / 2;
    }

    private static double scale(double[] x, int season) {
        double sum = 0;
        for (int i = season; i < x.length; i++) {
            sum += Math.abs(x[i] - x[i - season]);
        }
        return sum / (x.length - season);
    }
}
