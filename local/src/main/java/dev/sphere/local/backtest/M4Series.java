package dev.sphere.local.backtest;

import dev.sphere.local.load.CsvFields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One series of the M4 competition: what is known of it, and what came then. */
public record M4Series(String id, double[] train, double[] test) {

    /**
     * Reads the competition's files: a header, then on each line an id and the values of its
     * series, with empty fields or {@code NA} after the last.
     *
     * @throws IllegalArgumentException naming file, line, value and what was expected
     */
    public static List<M4Series> read(Path train, Path test, int horizon) throws IOException {
        var known = values(train);
        var then = values(test);
        List<M4Series> series = new ArrayList<>();
        for (var each : known.entrySet()) {
            double[] came = then.remove(each.getKey());
            if (came == null || came.length < horizon) {
                throw new IllegalArgumentException(
                        "%s: series %s: %d values: expected the horizon's %d"
                                .formatted(
                                        test,
                                        each.getKey(),
                                        came == null ? 0 : came.length,
                                        horizon));
            }
            series.add(new M4Series(each.getKey(), each.getValue(), Arrays.copyOf(came, horizon)));
        }
        if (!then.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: series %s: expected it in %s too"
                            .formatted(test, then.keySet().iterator().next(), train));
        }
        if (series.isEmpty()) {
            throw new IllegalArgumentException(train + ": expected at least one series");
        }
        return series;
    }

    private static Map<String, double[]> values(Path file) throws IOException {
        List<String> lines = Trace.lines(file);
        Map<String, double[]> values = new LinkedHashMap<>();
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String place = file + " line " + (i + 1);
                String[] fields = lines.get(i).replace("\"", "").split(",");
                if (values.put(fields[0], values(place, fields)) != null) {
                    throw new IllegalArgumentException(
                            place + ": series " + fields[0] + ": expected each series once");
                }
            }
        }
        return values;
    }

    private static double[] values(String place, String[] fields) {
        int end = fields.length;
        while (end > 1 && (fields[end - 1].isBlank() || fields[end - 1].equals("NA"))) {
            end--;
        }
        double[] values = new double[end - 1];
        for (int i = 1; i < end; i++) {
            try {
                values[i - 1] = CsvFields.number(fields[i].strip());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "%s field %d: \"%s\": expected a number".formatted(place, i + 1, fields[i]),
                        e);
            }
        }
        if (values.length == 0) {
            throw new IllegalArgumentException(place + ": expected an id and at least one value");
        }
        return values;
    }
}
