package dev.sphere.local.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was measured in one run, and how ours and theirs compare.
 *
 * @param statsmodels null without it, as are the ratios
 * @param whyNoStatsmodels null with it
 */
public record ForecastReport(
        @JsonUnwrapped ForecastTimes ours,
        StatsmodelsTimes statsmodels,
        Ratios ratios,
        String whyNoStatsmodels) {

    /**
     * How many times as much statsmodels takes.
     *
     * @param givenStartToRefit processor's time of a fit from the same start, over that of ours
     * @param fittedStartToRefit the same of a fit of the start, too
     * @param processToStep processor's time of a process for a forecast, over that of one step of
     *     ours
     */
    public record Ratios(
            double givenStartToRefit, double fittedStartToRefit, double processToStep) {}

    public static ForecastReport of(ForecastTimes ours, StatsmodelsTimes statsmodels) {
        double refit = ours.refit().medianCpuMillis();
        var ratios =
                new Ratios(
                        statsmodels.givenStart().medianCpuMillis() / refit,
                        statsmodels.fittedStart().medianCpuMillis() / refit,
                        statsmodels.processCpuSeconds() * 1e6 / ours.medianMicros());
        return new ForecastReport(ours, statsmodels, ratios, null);
    }

    /**
     * @param why there is nothing to compare with
     */
    public static ForecastReport withoutStatsmodels(ForecastTimes ours, String why) {
        return new ForecastReport(ours, null, null, why);
    }

    /** The figures as lines for people. */
    public List<String> inWords() {
        var refit = ours.refit();
        List<String> lines = new ArrayList<>();
        lines.add(
                line(
                        "one step with a forecast of %d points, day and week: median %.2f µs of CPU, least"
                                + " %.2f µs; state %d bytes",
                        ours.points(),
                        ours.dayAndWeek().medianMicros(),
                        ours.dayAndWeek().leastMicros(),
                        ours.dayAndWeek().stateBytes()));
        lines.add(
                line(
                        "the same with the hour, as in the job: median %.2f µs of CPU, least %.2f µs; state"
                                + " %d bytes",
                        ours.medianMicros(), ours.leastMicros(), ours.stateBytes()));
        lines.add(
                line(
                        "plain Holt-Winters, as many points: median %.2f µs of CPU, least %.2f µs (%.1f times"
                                + " as fast)",
                        ours.plainMedianMicros(),
                        ours.plainLeastMicros(),
                        ours.medianMicros() / ours.plainMedianMicros()));
        lines.add(
                line(
                        "the job's refit of 14 days, alpha and gamma: median %.2f ms of CPU",
                        ours.refitOfTheJobMillis()));
        lines.add(
                line(
                        "fit of all parameters to 14 days, %d values, %d a day: median %.1f ms of CPU, least %.1f ms;"
                                + " sum of squared errors %.0f",
                        refit.values(),
                        refit.season(),
                        refit.medianCpuMillis(),
                        refit.leastCpuMillis(),
                        refit.sse()));
        if (statsmodels == null) {
            lines.add("statsmodels: not measured, " + whyNoStatsmodels);
            return lines;
        }
        lines.add(
                line(
                        "statsmodels %s, Python %s, fit of the same model to the same series:",
                        statsmodels.version(), statsmodels.python()));
        lines.add(fit("from the same start", statsmodels.givenStart(), ratios.givenStartToRefit()));
        lines.add(
                fit(
                        "the start fitted too",
                        statsmodels.fittedStart(),
                        ratios.fittedStartToRefit()));
        lines.add(
                line(
                        "a process for each forecast, with statsmodels: median %.2f s, %.2f s of CPU (%.0f"
                                + " times one step of ours)",
                        statsmodels.processSeconds(),
                        statsmodels.processCpuSeconds(),
                        ratios.processToStep()));
        return lines;
    }

    private static String fit(String start, StatsmodelsTimes.Fit fit, double ratio) {
        return line(
                "  %s: median %.0f ms of CPU (%.1f times ours); sum of squared errors %.0f%s",
                start,
                fit.medianCpuMillis(),
                ratio,
                fit.sse(),
                fit.converged() ? "" : ", not converged");
    }

    private static String line(String format, Object... figures) {
        return String.format(Locale.ROOT, format, figures);
    }
}
