package dev.sphere.local.backtest;

import dev.sphere.local.load.CsvFields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Errors of other methods on the same traces, from a file: a line for each trace, method and
 * horizon.
 */
public final class PublishedErrors {
    private static final String TRACE = "trace";
    private static final String METHOD = "method";
    private static final String STEPS = "h_steps";
    private static final String ERROR = "MAE";
    private static final String TARGETS = "n";

    /**
     * The error of a method at one trace and horizon.
     *
     * @param targets that it is over; 0 if the file does not say
     */
    record Published(String method, double mae, long targets) {}

    private record Cell(String trace, long steps) {}

    private final Map<Cell, List<Published>> cells;

    private PublishedErrors(Map<Cell, List<Published>> cells) {
        this.cells = cells;
    }

    public static PublishedErrors none() {
        return new PublishedErrors(Map.of());
    }

    /**
     * Reads the columns trace, method, h_steps and MAE, and n if it is there.
     *
     * @throws IllegalArgumentException naming file, line, value and what was expected
     */
    public static PublishedErrors read(Path file) throws IOException {
        return parse(file.toString(), Trace.lines(file));
    }

    static PublishedErrors parse(String file, List<String> lines) {
        List<String> header =
                lines.isEmpty()
                        ? List.of()
                        : List.of(Trace.withoutMark(lines.get(0)).split(",", -1));
        if (!header.containsAll(List.of(TRACE, METHOD, STEPS, ERROR))) {
            throw new IllegalArgumentException(
                    "%s line 1: \"%s\": expected a header with the columns trace,method,h_steps,MAE"
                            .formatted(file, String.join(",", header)));
        }
        var cells = new HashMap<Cell, List<Published>>();
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            String place = file + " line " + (i + 1);
            String[] fields = lines.get(i).split(",", -1);
            if (fields.length != header.size()) {
                throw new IllegalArgumentException(
                        "%s: \"%s\": expected %d fields as in the header"
                                .formatted(place, lines.get(i), header.size()));
            }
            var cell =
                    new Cell(
                            fields[header.indexOf(TRACE)].strip(),
                            whole(place, STEPS, fields[header.indexOf(STEPS)].strip()));
            int targets = header.indexOf(TARGETS);
            var published =
                    new Published(
                            fields[header.indexOf(METHOD)].strip(),
                            number(place, ERROR, fields[header.indexOf(ERROR)].strip()),
                            targets < 0 ? 0 : whole(place, TARGETS, fields[targets].strip()));
            cells.computeIfAbsent(cell, unknown -> new ArrayList<>()).add(published);
        }
        return new PublishedErrors(cells);
    }

    private static long whole(String place, String column, String text) {
        double number = number(place, column, text);
        if (number < 1 || number != Math.rint(number) || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%s: %s \"%s\": expected a whole number above 0"
                            .formatted(place, column, text));
        }
        return (long) number;
    }

    private static double number(String place, String column, String text) {
        try {
            double number = CsvFields.number(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, with the place
        }
        throw new IllegalArgumentException(
                "%s: %s \"%s\": expected a number, 0 or more".formatted(place, column, text));
    }

    public boolean hasMethod(String method) {
        return cells.values().stream()
                .flatMap(List::stream)
                .anyMatch(published -> published.method().equals(method));
    }

    List<Published> of(String trace, int steps) {
        return cells.getOrDefault(new Cell(trace, steps), List.of());
    }
}
