package dev.sphere.local.bench;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What one step of one signal was measured to cost.
 *
 * @param points of the curve that is forecast
 * @param medianMicros of one step: the median over the iterations of their means
 * @param leastMicros of one step: the least of these means
 * @param stateBytes of the signal, as Flink writes them into a checkpoint
 * @param plainMedianMicros the same of the plain Holt-Winters recursion
 * @param plainLeastMicros the same of the plain Holt-Winters recursion
 */
public record ForecastTimes(
        int points,
        int iterations,
        double medianMicros,
        double leastMicros,
        int stateBytes,
        double plainMedianMicros,
        double plainLeastMicros) {

    private static final int WARM_UP_SECONDS = 5;

    /**
     * Runs the benchmark, each half of it in a JVM of its own.
     *
     * @throws IllegalStateException if such a JVM failed
     */
    public static ForecastTimes measure(int iterations) {
        var options =
                new OptionsBuilder()
                        .include("^" + ForecastBenchmark.class.getName() + "\\.")
                        .forks(1)
                        .warmupIterations(WARM_UP_SECONDS)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(iterations)
                        .measurementTime(TimeValue.seconds(1))
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .jvmArgs("-Xmx512m", "-XX:+UseG1GC")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build();
        Collection<RunResult> results;
        try {
            results = new Runner(options).run();
        } catch (RunnerException e) {
            throw new IllegalStateException("the benchmark did not run: " + e.getMessage(), e);
        }
        var forecast = result(results, "forecast");
        var plain = result(results, "plainHoltWinters");
        return new ForecastTimes(
                WarmSignal.POINTS,
                iterations,
                micros(forecast.getStatistics().getPercentile(50)),
                micros(forecast.getStatistics().getMin()),
                WarmSignal.start().stateBytes(),
                micros(plain.getStatistics().getPercentile(50)),
                micros(plain.getStatistics().getMin()));
    }

    private static Result<?> result(Collection<RunResult> results, String benchmark) {
        return results.stream()
                .<Result<?>>map(RunResult::getPrimaryResult)
                .filter(result -> result.getLabel().equals(benchmark))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no result of " + benchmark));
    }

    private static double micros(double nanos) {
        return Math.round(nanos) / 1e3;
    }

    /** The figures as lines for people. */
    public List<String> inWords() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "one step with a forecast of %d points: median %.2f µs, least %.2f µs",
                        points,
                        medianMicros,
                        leastMicros),
                String.format(
                        Locale.ROOT,
                        "plain Holt-Winters, as many points: median %.2f µs, least %.2f µs (%.1f"
                                + " times as fast)",
                        plainMedianMicros,
                        plainLeastMicros,
                        medianMicros / plainMedianMicros),
                String.format(Locale.ROOT, "state of the signal: %d bytes", stateBytes));
    }
}
