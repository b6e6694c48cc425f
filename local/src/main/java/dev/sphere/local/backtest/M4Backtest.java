package dev.sphere.local.backtest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sphere.SphereConfig;
import dev.sphere.forecast.ForecastSettings;
import dev.sphere.forecast.Forecaster;
import dev.sphere.observe.Observation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * The job's forecaster on the series of the M4 competition: it learns each value of a series once,
 * in order, and its forecasts from the series' end are judged.
 *
 * @param seasons in observations, the main one first
 * @param horizon in observations
 */
public record M4Backtest(List<M4Series> series, List<Integer> seasons, int horizon) {
    /** M4's series have no times; a season's length in steps is all that counts. */
    private static final Duration STEP = Duration.ofHours(1);

    private static final String SIGNAL = "series";

    /** What is told of it. */
    public record Report(
            @JsonProperty("series") int series,
            @JsonProperty("horizon") int horizon,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("sphere") M4Accuracy sphere,
            @JsonProperty("benchmarks") Map<M4Benchmark, M4Accuracy> benchmarks) {

        /** A table for people. */
        public String inWords() {
            var text = new StringBuilder();
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%d series, %d steps ahead from the end of each; %.1f s%n",
                            series,
                            horizon,
                            seconds));
            text.append(
                    String.format(
                            "%-12s %8s %8s %8s %8s %12s%n",
                            "method", "sMAPE %", "MASE", "OWA", "MSIS", "within 95 %"));
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-12s %8.3f %8.3f %8.3f %8.2f %12.1f%n",
                            "sphere",
                            sphere.smape(),
                            sphere.mase(),
                            sphere.owa(),
                            sphere.msis(),
                            sphere.coverage()));
            benchmarks.forEach(
                    (benchmark, of) ->
                            text.append(
                                    String.format(
                                            Locale.ROOT,
                                            "%-12s %8.3f %8.3f %8.3f %8s %12s%n",
                                            benchmark.name().toLowerCase(Locale.ROOT),
                                            of.smape(),
                                            of.mase(),
                                            of.owa(),
                                            "-",
                                            "-")));
            return text.toString();
        }
    }

    /**
     * @param output null for none
     * @param progress is told the share that is done, from several threads
     */
    public Report run(Path output, DoubleConsumer progress)
            throws IOException, InterruptedException {
        long began = System.nanoTime();
        List<M4Forecast> forecasts = forecasts(progress);
        double seconds = (System.nanoTime() - began) / 1e9;
        if (output != null) {
            M4Forecast.write(forecasts, horizon, output);
        }
        return new Report(series.size(), horizon, seconds, accuracy(forecasts), benchmarks());
    }

    private List<M4Forecast> forecasts(DoubleConsumer progress) throws InterruptedException {
        var settings = settings();
        var done = new AtomicInteger();
        var pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Callable<M4Forecast>> tasks = new ArrayList<>();
            for (var each : series) {
                tasks.add(
                        () -> {
                            var forecast = forecast(settings, each);
                            progress.accept((double) done.incrementAndGet() / series.size());
                            return forecast;
                        });
            }
            List<M4Forecast> forecasts = new ArrayList<>();
            for (Future<M4Forecast> made : pool.invokeAll(tasks)) {
                forecasts.add(made.get());
            }
            return forecasts;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a series could not be forecast", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private ForecastSettings settings() {
        return SphereConfig.defaultForecast(
                STEP,
                seasons.stream().map(STEP::multipliedBy).toList(),
                IntStream.rangeClosed(1, horizon).boxed().toList());
    }

    private M4Forecast forecast(ForecastSettings settings, M4Series of) {
        var forecaster = new Forecaster(settings);
        var model = forecaster.startOrContinue(null);
        double[] mean = new double[horizon];
        double[] lower = new double[horizon];
        double[] upper = new double[horizon];
        for (int i = 0; i < of.train().length; i++) {
            var observation = new Observation(SIGNAL, of.train()[i], 1, 1, 1);
            var forecast = forecaster.next(model, observation, (i + 1) * STEP.toMillis());
            if (i == of.train().length - 1) {
                for (int h = 0; h < horizon; h++) {
                    mean[h] = forecast.curve().get(h).mean();
                }
            }
        }
        for (int h = 0; h < horizon; h++) {
            double[] limits =
                    forecaster.quantiles(
                            model, h + 1, M4Accuracy.LEFT_OUT / 2, 1 - M4Accuracy.LEFT_OUT / 2);
            lower[h] = limits[0];
            upper[h] = limits[1];
        }
        return new M4Forecast(of.id(), mean, lower, upper);
    }

    private M4Accuracy accuracy(List<M4Forecast> forecasts) {
        List<M4Accuracy> each = new ArrayList<>();
        for (int i = 0; i < series.size(); i++) {
            each.add(M4Accuracy.of(series.get(i), seasons.get(0), forecasts.get(i)));
        }
        return M4Accuracy.of(each);
    }

    /** Of other forecasts of the same series; the competition's show that the measures are its. */
    Map<M4Benchmark, M4Accuracy> benchmarks() {
        var accuracies = new EnumMap<M4Benchmark, M4Accuracy>(M4Benchmark.class);
        for (var benchmark : M4Benchmark.values()) {
            accuracies.put(
                    benchmark,
                    accuracy(
                            series.stream()
                                    .map(
                                            each ->
                                                    M4Forecast.withoutLimits(
                                                            each.id(),
                                                            benchmark.forecast(
                                                                    each.train(),
                                                                    seasons.get(0),
                                                                    horizon)))
                                    .toList()));
        }
        return accuracies;
    }
}
