package dev.sphere.local.backtest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sphere.forecast.smoothing.Family;
import dev.sphere.forecast.smoothing.Family.Trend;
import dev.sphere.forecast.smoothing.Fitting;
import dev.sphere.forecast.smoothing.SeasonForm;
import dev.sphere.forecast.smoothing.Start;
import java.util.Arrays;

/** Other forecasts of a series: the competition's simple ones, and Holt-Winters by itself. */
public enum M4Benchmark {
    /** The last value. */
    @JsonProperty("naive")
    NAIVE {
        @Override
        double[] forecast(double[] x, int season, int horizon) {
            double[] forecast = new double[horizon];
            Arrays.fill(forecast, x[x.length - 1]);
            return forecast;
        }
    },
    /** The last season again. */
    @JsonProperty("sNaive")
    SNAIVE {
        @Override
        double[] forecast(double[] x, int season, int horizon) {
            double[] forecast = new double[horizon];
            int back = Math.min(season, x.length);
            Arrays.setAll(forecast, h -> x[x.length - back + h % back]);
            return forecast;
        }
    },
    /** The last value, in a series with a season the last seasonally adjusted one. */
    @JsonProperty("naive2")
    NAIVE2 {
        @Override
        double[] forecast(double[] x, int season, int horizon) {
            if (!isSeasonal(x, season)) {
                return NAIVE.forecast(x, season, horizon);
            }
            double[] factors = factors(x, season);
            int last = x.length - 1;
            double adjusted = x[last] / factors[last % season];
            double[] forecast = new double[horizon];
            Arrays.setAll(forecast, h -> adjusted * factors[(x.length + h) % season]);
            return forecast;
        }
    },
    /**
     * Holt-Winters by itself, as people fit it: damped trend, additive season, Taylor's correction
     * by the last error; the last season again where the series is too short for it.
     */
    @JsonProperty("holtWinters")
    HOLT_WINTERS {
        @Override
        double[] forecast(double[] x, int season, int horizon) {
            if (season < 2 || x.length < LEAST_SEASONS * season) {
                return SNAIVE.forecast(x, season, horizon);
            }
            var family = Family.holtWinters(Trend.DAMPED, SeasonForm.ADDITIVE, season, true);
            var fitted = FITTING.fit(family, x, Start.medians(x, season));
            double[] forecast = new double[horizon];
            Arrays.setAll(forecast, h -> fitted.model().forecast(fitted.end(), h + 1));
            return forecast;
        }
    };

    private static final Fitting FITTING = new Fitting(1, 300);

    /** Of the 90 % test. */
    private static final double CRITICAL = 1.645;

    private static final int LEAST_SEASONS = 3;

    abstract double[] forecast(double[] x, int season, int horizon);

    /** Whether the autocorrelation at the season's lag is more than chance (Bartlett's limits). */
    private static boolean isSeasonal(double[] x, int season) {
        if (season < 2 || x.length < LEAST_SEASONS * season) {
            return false;
        }
        double mean = Arrays.stream(x).average().orElse(0);
        double variance = Arrays.stream(x).map(y -> (y - mean) * (y - mean)).sum();
        double sum = 1;
        double correlation = 0;
        for (int lag = 1; lag <= season; lag++) {
            sum += lag == 1 ? 0 : 2 * correlation * correlation;
            double product = 0;
            for (int i = lag; i < x.length; i++) {
                product += (x[i] - mean) * (x[i - lag] - mean);
            }
            correlation = product / variance;
        }
        return Math.abs(correlation) > CRITICAL * Math.sqrt(sum / x.length);
    }

    /** By index modulo season, with mean 1: classical multiplicative decomposition. */
    private static double[] factors(double[] x, int season) {
        double[] sums = new double[season];
        int[] counts = new int[season];
        int half = season / 2;
        for (int i = half; i < x.length - half; i++) {
            double trend = 0;
            for (int j = -half; j <= half; j++) {
                boolean isEnd = season % 2 == 0 && Math.abs(j) == half;
                trend += (isEnd ? 0.5 : 1) * x[i + j] / season;
            }
            sums[i % season] += x[i] / trend;
            counts[i % season]++;
        }
        double[] factors = new double[season];
        Arrays.setAll(factors, i -> sums[i] / counts[i]);
        double mean = Arrays.stream(factors).average().orElse(1);
        return Arrays.stream(factors).map(factor -> factor / mean).toArray();
    }
}
