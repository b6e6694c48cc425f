package dev.sphere.local.backtest;

import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.ForecastSettings;
import dev.sphere.forecast.Forecaster;
import dev.sphere.forecast.SignalModel;
import dev.sphere.observe.Observation;
import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Takes the job's forecaster through a trace, step by step as the job's operator does, and keeps
 * what it forecasts at the origins; and beside it the forecasts that it is compared with. Nothing
 * after an origin has been seen when its forecasts are made.
 */
public final class Backtest {
    private static final String SIGNAL = "trace";

    /** Seasons that the seasonal-naive forecast goes back for a value that is not missing. */
    private static final int MOST_SEASONS_BACK = 8;

    private static final int PROGRESS_EVERY = 5_000;

    private final ForecastSettings settings;
    private final Trace trace;
    private final int[] horizons;
    private final int[] origins;

    public Backtest(ForecastSettings settings, Trace trace, int[] horizons, int[] origins) {
        this.settings = settings;
        this.trace = trace;
        this.horizons = horizons;
        this.origins = origins;
    }

    /**
     * @param progress is told the share that is done, now and then
     */
    public Forecasts run(DoubleConsumer progress) {
        var forecaster = new Forecaster(settings);
        var model = forecaster.startOrContinue(null);
        var plain = new PlainHoltWinters(settings.model(), trace.step());
        double[] values = trace.values();
        int[] before = Origins.before(trace, origins);
        int[] all = IntStream.concat(Arrays.stream(before), Arrays.stream(origins)).toArray();
        var points = new Forecast.Point[origins.length][];
        double[][] lastValue = new double[all.length][horizons.length];
        double[][] seasonalNaive = new double[all.length][horizons.length];
        double[][] holtWinters = new double[all.length][horizons.length];
        double last = Double.NaN;
        int next = 0;
        for (int i = 0; next < all.length; i++) {
            long now = trace.at(i) + trace.step() / 2;
            var forecast = next(forecaster, model, i);
            plain.next(values[i], now);
            last = Double.isNaN(values[i]) ? last : values[i];
            if (all[next] == i) {
                if (next >= before.length) {
                    points[next - before.length] = points(forecast, i);
                }
                for (int h = 0; h < horizons.length; h++) {
                    lastValue[next][h] = last;
                    seasonalNaive[next][h] = seasonalNaive(i, horizons[h], last);
                    holtWinters[next][h] = plain.forecast(horizons[h], now);
                }
                next++;
            }
            if (i % PROGRESS_EVERY == 0) {
                progress.accept((double) i / all[all.length - 1]);
            }
        }
        Function<double[][], Baseline> baseline =
                forecasts -> Baseline.of(values, horizons, all, before.length, forecasts);
        return new Forecasts(
                trace,
                horizons,
                origins,
                points,
                Map.of(
                        Method.LAST_VALUE,
                        baseline.apply(lastValue),
                        Method.SEASONAL_NAIVE,
                        baseline.apply(seasonalNaive),
                        Method.HOLT_WINTERS,
                        baseline.apply(holtWinters)));
    }

    private Forecast next(Forecaster forecaster, SignalModel model, int i) {
        double value = trace.values()[i];
        var observation =
                Double.isNaN(value)
                        ? Observation.missing(SIGNAL, 1)
                        : new Observation(SIGNAL, value, 1, 1, 1);
        return forecaster.next(model, observation, trace.end(i));
    }

    /** The points asked for; the curve has others too. */
    private Forecast.Point[] points(Forecast forecast, int origin) {
        var points = new Forecast.Point[horizons.length];
        int h = 0;
        for (var point : forecast.curve()) {
            if (h < horizons.length && point.at() == trace.end(origin + horizons[h])) {
                points[h++] = point;
            }
        }
        if (h < horizons.length) {
            throw new IllegalStateException("no forecast " + horizons[h] + " steps ahead");
        }
        return points;
    }

    /** The value one day before the target, or more days if that is missing or not yet seen. */
    private double seasonalNaive(int origin, int steps, double last) {
        int day = trace.day();
        for (int back = 1; day > 0 && back <= MOST_SEASONS_BACK; back++) {
            int at = origin + steps - back * day;
            if (at >= 0 && at <= origin && !Double.isNaN(trace.values()[at])) {
                return trace.values()[at];
            }
        }
        return last;
    }
}
