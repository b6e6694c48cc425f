package dev.sphere.local.bench.scale;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The figures of all numbers of services, and whether they grow as a straight line does.
 *
 * @param plan of the last of them
 * @param processors of this machine
 * @param loadBefore load average of this machine before; negative if it is not known
 * @param stateBytes by services; null of fewer than three numbers of services, as both below
 * @param checkpointMillis median, by services
 * @param cores all but the generated load, by services
 * @param forecastingCores of observe and forecast, by services
 */
public record ScaleReport(
        ScalePlan plan,
        int processors,
        double loadBefore,
        List<ScaleFigures> figures,
        LineFit stateBytes,
        LineFit checkpointMillis,
        LineFit cores,
        LineFit forecastingCores) {
    private static final int LEAST_SIZES = 3;
    private static final double THOUSAND = 1_000;
    private static final double MEGA = 1e6;

    /** Draws the lines. */
    public static ScaleReport of(
            ScalePlan plan, int processors, double loadBefore, List<ScaleFigures> figures) {
        return new ScaleReport(
                plan,
                processors,
                loadBefore,
                List.copyOf(figures),
                fit(figures, one -> one.checkpoints().stateBytes()),
                fit(figures, one -> one.checkpoints().medianMillis()),
                fit(figures, ScaleFigures::cores),
                fit(figures, ScaleFigures::forecastingCores));
    }

    private static LineFit fit(List<ScaleFigures> figures, ToDoubleFunction<ScaleFigures> value) {
        double[] services = figures.stream().mapToDouble(ScaleFigures::services).toArray();
        double[] values = figures.stream().mapToDouble(value).toArray();
        return figures.size() < LEAST_SIZES ? null : LineFit.of(services, values);
    }

    /** The figures as lines for people. */
    public List<String> inWords() {
        List<String> lines = new ArrayList<>(List.of(conditions(), warmth(), ""));
        lines.add(
                "            |    state MB    | checkpoint ms  |  cores, all but the source   | delay"
                        + " from due to forecast, ms         | collector  | heap");
        lines.add(
                "   services |    all per 1,000 | median longest |    all per 1,000 forecasting |"
                        + " median    p99  p99.9 longest records |    longest |   MB");
        figures.forEach(one -> lines.add(line(one)));
        lines.add("");
        figures.forEach(one -> lines.add(warmUp(one)));
        lines.add("");
        if (stateBytes == null) {
            lines.add("A line is fitted to three numbers of services or more.");
        } else {
            lines.add(line("state", stateBytes, MEGA, "MB"));
            lines.add(line("checkpoint, median", checkpointMillis, 1, "ms"));
            lines.add(line("CPU, all but the source", cores, 1, "cores"));
            lines.add(line("CPU, observe and forecast", forecastingCores, 1, "cores"));
        }
        return lines;
    }

    private String conditions() {
        return String.format(
                Locale.ROOT,
                "Each service a step every %s for %s, a checkpoint every %s; state backend %s,"
                        + " parallelism %d; %d processors, load average before %s",
                seconds(plan.pace()),
                seconds(plan.duration()),
                seconds(plan.checkpointInterval()),
                plan.stateBackend(),
                plan.parallelism(),
                processors,
                loadBefore < 0 ? "unknown" : String.format(Locale.ROOT, "%.2f", loadBefore));
    }

    private String warmth() {
        return String.format(
                Locale.ROOT,
                "Warm from %.1f days of history: learned at a step of %s, its last %s at the %s of"
                        + " the measurement",
                plan.history() / 86_400e3,
                seconds(plan.historyStep()),
                seconds(plan.recent()),
                seconds(plan.step()));
    }

    private static String line(ScaleFigures one) {
        var checkpoints = one.checkpoints();
        var delays = one.delays();
        double thousands = one.services() / THOUSAND;
        double state = checkpoints.stateBytes() / MEGA;
        return String.format(
                Locale.ROOT,
                "%,11d | %6.1f %9.2f | %6.0f %7d | %6.3f %9.3f %11.3f | %6.1f %6.1f %6.1f %7.1f"
                        + " %7d | %7d ms | %4.0f",
                one.services(),
                state,
                state / thousands,
                checkpoints.medianMillis(),
                checkpoints.longestMillis(),
                one.cores(),
                one.cores() / thousands,
                one.forecastingCores(),
                delays.median(),
                delays.p99(),
                delays.p999(),
                delays.longest(),
                delays.records(),
                one.longestCollectionMillis(),
                one.heapBytes() / MEGA);
    }

    private static String warmUp(ScaleFigures one) {
        var text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%,d services: %d forecast, %d with their season, %d checkpoints (%d failed);"
                                + " CPU s: forecast %.1f, source %.1f, checkpoints %.1f, Flink %.1f,"
                                + " JVM %.1f",
                        one.services(),
                        one.servicesForecast(),
                        one.servicesWithSeason(),
                        one.checkpoints().completed(),
                        one.checkpoints().failed(),
                        one.cpu().forecasting(),
                        one.cpu().source(),
                        one.cpu().checkpoints(),
                        one.cpu().flink(),
                        one.cpu().jvm()));
        for (var part : one.warmUps()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%n    %,d steps of %s replayed in %.0f s, %,.0f a second for each core",
                            part.steps(),
                            seconds(part.step()),
                            part.seconds(),
                            part.stepsPerCoreSecond()));
        }
        return text.toString();
    }

    private static String line(String what, LineFit fit, double unit, String unitName) {
        return String.format(
                Locale.ROOT,
                "%s: %.3f + %.3f %s per 1,000 services, R² %.4f, at most %.1f %% off",
                what,
                fit.intercept() / unit,
                fit.slope() * THOUSAND / unit,
                unitName,
                fit.rSquared(),
                100 * fit.largestDeviation());
    }

    private static String seconds(long millis) {
        return millis % 60_000 == 0 && millis > 0 ? millis / 60_000 + " min" : millis / 1e3 + " s";
    }
}
