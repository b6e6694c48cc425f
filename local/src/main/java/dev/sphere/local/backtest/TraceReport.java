package dev.sphere.local.backtest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sphere.forecast.Forecast;
import dev.sphere.observe.ObserveSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is told of the forecasts for one trace.
 *
 * @param found seasons found in what was known at the first origin; null if none were searched
 * @param known how many steps that was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TraceReport(
        @JsonProperty("trace") String name,
        @JsonProperty("stepMillis") long step,
        @JsonProperty("steps") int steps,
        @JsonProperty("missing") long missing,
        @JsonProperty("unused") int unused,
        @JsonProperty("origins") int origins,
        @JsonProperty("seasonsFound") List<Forecast.Seasonality> found,
        @JsonProperty("stepsToFirstOrigin") int known,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("horizons") List<Horizon> horizons) {

    private static final String FORMAT = "%-8s %-14s %9s %9s %9s %9s %9s %9s %9s%n";

    /** All methods at one horizon. */
    public record Horizon(
            @JsonProperty("steps") int steps,
            @JsonProperty("millis") long millis,
            @JsonProperty("methods") Map<Method, Score> scores) {}

    /** Means over traces at one horizon: geometric ones of ratios, arithmetic ones of shares. */
    public record Mean(
            @JsonProperty("millis") long millis,
            @JsonProperty("traces") int traces,
            @JsonProperty("methods") Map<Method, Score> scores) {}

    public static TraceReport of(
            Forecasts forecasts, List<Forecast.Seasonality> found, double seconds) {
        var trace = forecasts.trace();
        var scores = forecasts.scores();
        List<Horizon> horizons = new ArrayList<>();
        for (int h = 0; h < scores.size(); h++) {
            int steps = forecasts.horizons()[h];
            horizons.add(new Horizon(steps, steps * trace.step(), scores.get(h)));
        }
        return new TraceReport(
                trace.name(),
                trace.step(),
                trace.values().length,
                Arrays.stream(trace.values()).filter(Double::isNaN).count(),
                trace.unused(),
                forecasts.origins().length,
                found,
                forecasts.origins()[0] + 1,
                seconds,
                horizons);
    }

    /** A table for people. */
    public String inWords() {
        var text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%s: %d steps of %s, %d missing; %d origins; %.1f s%n",
                        name,
                        steps,
                        ObserveSettings.inWords(step),
                        missing,
                        origins,
                        seconds));
        if (found != null) {
            text.append(seasonsInWords());
        }
        header(text);
        horizons.forEach(horizon -> rows(text, horizon.millis(), horizon.scores()));
        return text.toString();
    }

    private String seasonsInWords() {
        String where =
                String.format(
                        "in the first %d steps (%s)", known, ObserveSettings.inWords(known * step));
        if (found.isEmpty()) {
            return String.format("no season found %s: forecast without one%n", where);
        }
        return String.format(
                "seasons found %s: %s%n",
                where,
                found.stream()
                        .map(
                                season ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s (evidence %.2f)",
                                                ObserveSettings.inWords(season.length()),
                                                season.evidence()))
                        .collect(Collectors.joining(", ")));
    }

    /** Means over several traces, for people. */
    public static String inWords(List<TraceReport> reports) {
        var text = new StringBuilder();
        text.append(
                String.format(
                        "%d traces: geometric means of MAE/last, MASE, WAPE and wQL, means of"
                                + " the rest%n",
                        reports.size()));
        header(text);
        means(reports).forEach(mean -> rows(text, mean.millis(), mean.scores()));
        return text.toString();
    }

    private static void header(StringBuilder text) {
        text.append(
                String.format(
                        FORMAT,
                        "horizon",
                        "method",
                        "MAE/last",
                        "MASE",
                        "WAPE %",
                        "wQL.9 %",
                        "wQL/last",
                        "p05-p95 %",
                        "<=p95 %"));
    }

    private static void rows(StringBuilder text, long millis, Map<Method, Score> scores) {
        String horizon = ObserveSettings.inWords(millis);
        for (var entry : scores.entrySet()) {
            var score = entry.getValue();
            text.append(
                    String.format(
                            FORMAT,
                            horizon,
                            entry.getKey().title(),
                            number("%.3f", score.toLastValue()),
                            number("%.3f", score.mase()),
                            number("%.2f", score.wape()),
                            number("%.2f", score.quantileLoss()),
                            number("%.3f", score.quantileLossToLastValue()),
                            number("%.1f", score.coverage()),
                            number("%.1f", score.below95())));
            horizon = "";
        }
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    public static List<Mean> means(List<TraceReport> reports) {
        var byHorizon = new TreeMap<Long, List<Map<Method, Score>>>();
        for (var report : reports) {
            for (var horizon : report.horizons()) {
                byHorizon
                        .computeIfAbsent(horizon.millis(), millis -> new ArrayList<>())
                        .add(horizon.scores());
            }
        }
        List<Mean> means = new ArrayList<>();
        byHorizon.forEach(
                (millis, scores) -> means.add(new Mean(millis, scores.size(), mean(scores))));
        return means;
    }

    private static Map<Method, Score> mean(List<Map<Method, Score>> scores) {
        var means = new EnumMap<Method, Score>(Method.class);
        for (Method method : Method.values()) {
            var of = scores.stream().map(each -> each.get(method)).toList();
            means.put(
                    method,
                    new Score(
                            of.stream().mapToInt(Score::targets).sum(),
                            Double.NaN,
                            geometric(of.stream().mapToDouble(Score::toLastValue).toArray()),
                            geometric(of.stream().mapToDouble(Score::mase).toArray()),
                            geometric(of.stream().mapToDouble(Score::wape).toArray()),
                            geometric(of.stream().mapToDouble(Score::quantileLoss).toArray()),
                            geometric(
                                    of.stream()
                                            .mapToDouble(Score::quantileLossToLastValue)
                                            .toArray()),
                            arithmetic(of.stream().mapToDouble(Score::coverage).toArray()),
                            arithmetic(of.stream().mapToDouble(Score::below95).toArray())));
        }
        return means;
    }

    /** Of what is known and above 0. */
    private static double geometric(double[] values) {
        return Math.exp(
                Arrays.stream(values)
                        .filter(value -> value > 0)
                        .map(Math::log)
                        .average()
                        .orElse(Double.NaN));
    }

    private static double arithmetic(double[] values) {
        return Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }
}
