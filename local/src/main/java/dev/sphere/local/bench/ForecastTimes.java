package dev.sphere.local.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.commons.math3.stat.StatUtils;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What one step of one signal was measured to cost, and a refit of its history; all times are the
 * processor's.
 *
 * @param points of the curve that is forecast
 * @param iterations seconds measured, one iteration each
 * @param medianMicros of one step: the median over the iterations of their means
 * @param leastMicros of one step: the least of these means
 * @param stateBytes of the signal, as Flink writes them into a checkpoint
 * @param plainMedianMicros the same of the plain Holt-Winters recursion
 * @param plainLeastMicros the same of the plain Holt-Winters recursion
 * @param dayAndWeek the same of the forecaster with a day and a week, and no hour
 * @param refitOfTheJobMillis one refit of alpha and gamma as the job does it: the median
 * @param refit a fit of all parameters, as statsmodels does it
 */
public record ForecastTimes(
        int points,
        int iterations,
        double medianMicros,
        double leastMicros,
        int stateBytes,
        double plainMedianMicros,
        double plainLeastMicros,
        Step dayAndWeek,
        double refitOfTheJobMillis,
        Fit refit) {

    private static final int WARM_UP_SECONDS = 5;
    private static final double NANOS_IN_MICRO = 1e3;
    private static final double NANOS_IN_MILLI = 1e6;

    /** One step and the state of the signal, with other seasons in the model. */
    public record Step(double medianMicros, double leastMicros, int stateBytes) {}

    /**
     * A fit of fourteen days.
     *
     * @param values that are fitted to
     * @param season how many values a day has
     * @param medianCpuMillis of one fit: the median over the iterations of their means
     * @param leastCpuMillis of one fit: the least of these means
     * @param sse the sum of squared errors that it leaves
     */
    public record Fit(
            int values, int season, double medianCpuMillis, double leastCpuMillis, double sse) {}

    /**
     * Runs the benchmarks, each in a JVM of its own.
     *
     * @param progress is told what is measured next
     * @throws IllegalStateException if such a JVM failed
     */
    public static ForecastTimes measure(int iterations, Consumer<String> progress) {
        int seconds = WARM_UP_SECONDS + iterations;
        progress.accept("a step of the forecaster, about %d s".formatted(seconds));
        double[] forecast = cpuNanos(run("forecast", iterations));
        progress.accept("the same without the hour, about %d s".formatted(seconds));
        double[] dayAndWeek = cpuNanos(run("dayAndWeek", iterations));
        progress.accept("a step of plain Holt-Winters, about %d s".formatted(seconds));
        double[] plain = cpuNanos(run("plainHoltWinters", iterations));
        progress.accept("the job's refit of 14 days, about %d s".formatted(seconds));
        double[] ofTheJob = cpuNanos(run("refitOfTheJob", iterations));
        progress.accept("a fit of all parameters to 14 days, about %d s".formatted(seconds));
        double[] refit = cpuNanos(run("refit", iterations));
        return new ForecastTimes(
                WarmSignal.POINTS,
                iterations,
                rounded(median(forecast) / NANOS_IN_MICRO),
                rounded(StatUtils.min(forecast) / NANOS_IN_MICRO),
                WarmSignal.start().stateBytes(),
                rounded(median(plain) / NANOS_IN_MICRO),
                rounded(StatUtils.min(plain) / NANOS_IN_MICRO),
                new Step(
                        rounded(median(dayAndWeek) / NANOS_IN_MICRO),
                        rounded(StatUtils.min(dayAndWeek) / NANOS_IN_MICRO),
                        WarmSignal.withoutTheHour().stateBytes()),
                rounded(median(ofTheJob) / NANOS_IN_MILLI),
                new Fit(
                        Fortnight.VALUES,
                        Fortnight.SEASON,
                        rounded(median(refit) / NANOS_IN_MILLI),
                        rounded(StatUtils.min(refit) / NANOS_IN_MILLI),
                        new Fortnight().fit().sse()));
    }

    private static RunResult run(String benchmark, int iterations) {
        var options =
                new OptionsBuilder()
                        .include("^" + ForecastBenchmark.class.getName() + "\\." + benchmark + "$")
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
        try {
            return new Runner(options).runSingle();
        } catch (RunnerException e) {
            throw new IllegalStateException("the benchmark did not run: " + e.getMessage(), e);
        }
    }

    /** Of each iteration, the processor's time for each call. */
    private static double[] cpuNanos(RunResult result) {
        return result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .mapToDouble(it -> counted(it, "nanos") / counted(it, "calls"))
                .toArray();
    }

    private static double counted(IterationResult iteration, String counter) {
        return iteration.getSecondaryResults().get(counter).getScore();
    }

    static double median(double[] values) {
        return StatUtils.percentile(values, 50);
    }

    static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
