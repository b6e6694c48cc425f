package dev.sphere.local.backtest;

import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Quantiles;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What was forecast for a trace: by origin, then by horizon.
 *
 * @param horizons steps ahead, ascending
 * @param origins index of the last observation seen, ascending
 * @param points of SPHERE
 * @param others of the methods it is compared with
 */
public record Forecasts(
        Trace trace,
        int[] horizons,
        int[] origins,
        Forecast.Point[][] points,
        Map<Method, Baseline> others) {
    private static final String HEADER = "origin,horizon_steps,mean,p05,p50,p90,p95,p99,p80";

    /** Where the columns are in {@link Quantiles#LEVELS}. */
    private static final int[] COLUMNS = {0, 1, 3, 4, 5, 2};

    private static final int P05 = 0;
    private static final int P90 = 3;
    private static final int P95 = 4;

    /** Writes one line for each origin and horizon; an unknown number is empty. */
    public void write(Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write(HEADER + "\n");
            var line = new StringBuilder();
            for (int o = 0; o < origins.length; o++) {
                for (int h = 0; h < horizons.length; h++) {
                    var point = points[o][h];
                    line.setLength(0);
                    line.append(seconds(trace.at(origins[o]))).append(',').append(horizons[h]);
                    line.append(',').append(number(point.mean()));
                    for (int column : COLUMNS) {
                        line.append(',').append(number(point.quantiles()[column]));
                    }
                    out.append(line.append('\n'));
                }
            }
        }
    }

    private static String seconds(long millis) {
        return millis % 1_000 == 0
                ? Long.toString(millis / 1_000)
                : "%s%d.%03d"
                        .formatted(
                                millis < 0 ? "-" : "",
                                Math.abs(millis) / 1_000,
                                Math.abs(millis) % 1_000);
    }

    static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    /** How good they are, by horizon, on targets that are not missing. */
    public List<Map<Method, Score>> scores() {
        double scale = scale();
        List<Map<Method, Score>> scores = new ArrayList<>();
        for (int h = 0; h < horizons.length; h++) {
            scores.add(scores(h, scale));
        }
        return scores;
    }

    private Map<Method, Score> scores(int h, double scale) {
        var sums = new EnumMap<Method, Score.Sum>(Method.class);
        for (Method method : Method.values()) {
            sums.put(method, new Score.Sum());
        }
        for (int o = 0; o < origins.length; o++) {
            int target = origins[o] + horizons[h];
            double y = target < trace.values().length ? trace.values()[target] : Double.NaN;
            var point = points[o][h];
            if (Double.isNaN(y) || Double.isNaN(point.mean())) {
                continue;
            }
            double[] lastValue = quantiles(Method.LAST_VALUE, o, h);
            double[] quantiles = point.quantiles();
            double[] ours = {quantiles[P05], quantiles[P90], quantiles[P95]};
            sums.get(Method.SPHERE).add(y, point.mean(), ours, lastValue);
            for (Method other : others.keySet()) {
                double mean = others.get(other).means()[o][h];
                sums.get(other).add(y, mean, quantiles(other, o, h), lastValue);
            }
        }
        var lastValue = sums.get(Method.LAST_VALUE);
        var scores = new EnumMap<Method, Score>(Method.class);
        sums.forEach((method, sum) -> scores.put(method, sum.score(lastValue, scale)));
        return scores;
    }

    private double[] quantiles(Method method, int origin, int horizon) {
        return others.get(method).quantiles()[origin][horizon];
    }

    /** Mean absolute difference to the day before in the warm-up: what MASE is in terms of. */
    private double scale() {
        double[] values = trace.values();
        double sum = 0;
        int count = 0;
        for (int i = trace.day(); trace.day() > 0 && i <= origins[0]; i++) {
            double difference = Math.abs(values[i] - values[i - trace.day()]);
            if (!Double.isNaN(difference)) {
                sum += difference;
                count++;
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
