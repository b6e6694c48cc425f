package dev.sphere.local.backtest;

import dev.sphere.SphereConfig;
import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.SeasonSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Backtests of one or several traces, in parallel, all with the same settings.
 *
 * @param traces files
 * @param seasons the main one first; null for the job's defaults, or those that are searched
 * @param searched whether each trace's seasons are searched in what is known at its first origin
 * @param horizons null for the usual ones
 * @param every null for the usual distance of origins
 * @param warmUp null for the usual one
 * @param origins a file, or a folder with a file of each trace's name; null for even ones
 * @param output a file, or a folder if {@code intoFolder}; null for none
 */
public record TraceBacktests(
        List<Path> traces,
        List<Duration> seasons,
        boolean searched,
        List<Duration> horizons,
        Duration every,
        Duration warmUp,
        Path origins,
        Path output,
        boolean intoFolder) {

    private static final Duration DAY = Duration.ofDays(1);

    /** Is told how far it is. */
    public interface Progress {
        void at(String trace, double share);

        void done(TraceReport report);
    }

    /**
     * @return in the order of the traces
     * @throws IllegalArgumentException naming the file and what is wrong with it, of all traces
     *     that could not be forecast
     */
    public List<TraceReport> run(Progress progress) throws IOException, InterruptedException {
        if (intoFolder && output != null) {
            Files.createDirectories(output);
        }
        int threads = Math.min(traces.size(), Runtime.getRuntime().availableProcessors());
        var pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<TraceReport>> tasks = new ArrayList<>();
            traces.forEach(trace -> tasks.add(() -> run(trace, progress)));
            return reports(pool.invokeAll(tasks));
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<TraceReport> reports(List<Future<TraceReport>> runs)
            throws IOException, InterruptedException {
        List<TraceReport> reports = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (var run : runs) {
            try {
                reports.add(run.get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IllegalArgumentException wrongInput) {
                    errors.add(wrongInput.getMessage());
                } else if (e.getCause() instanceof IOException failure) {
                    throw failure;
                } else {
                    throw new IllegalStateException(e.getCause());
                }
            }
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), errors));
        }
        return reports;
    }

    private TraceReport run(Path file, Progress progress) throws IOException {
        var trace = Trace.read(file);
        int[] steps = Horizons.of(trace, horizons);
        int[] after =
                origins == null
                        ? Origins.every(trace, every, warmUp, steps[steps.length - 1])
                        : Origins.read(originsOf(file), trace);
        var found = searched ? found(trace, after[0]) : null;
        var settings =
                SphereConfig.defaultForecast(
                        Duration.ofMillis(trace.step()),
                        found == null ? seasons : mainFirst(found),
                        Arrays.stream(steps).boxed().toList());
        long began = System.nanoTime();
        var forecasts =
                new Backtest(settings, trace, steps, after)
                        .run(share -> progress.at(trace.name(), share));
        double seconds = (System.nanoTime() - began) / 1e9;
        if (output != null) {
            forecasts.write(intoFolder ? output.resolve(file.getFileName().toString()) : output);
        }
        var report = TraceReport.of(forecasts, found, seconds);
        progress.done(report);
        return report;
    }

    /** Nothing after the first origin is looked at. */
    private static List<Forecast.Seasonality> found(Trace trace, int firstOrigin) {
        return SeasonSearch.find(Arrays.copyOf(trace.values(), firstOrigin + 1), trace.step());
    }

    /** The day, or the strongest if it was not found. */
    private static List<Duration> mainFirst(List<Forecast.Seasonality> found) {
        List<Duration> lengths = new ArrayList<>();
        for (var season : found) {
            var length = Duration.ofMillis(season.length());
            lengths.add(length.equals(DAY) ? 0 : lengths.size(), length);
        }
        return lengths;
    }

    private Path originsOf(Path trace) {
        if (!Files.isDirectory(origins)) {
            return origins;
        }
        Path file = origins.resolve(trace.getFileName().toString());
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(
                    file + ": expected a file of origins for the trace " + trace);
        }
        return file;
    }
}
