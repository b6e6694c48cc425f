package dev.sphere.local.backtest;

import dev.sphere.local.load.CsvFields;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** After which observations of a trace forecasts are asked for, by index, in ascending order. */
public final class Origins {
    private static final String COLUMN = "origin";

    private static final Duration EVERY = Duration.ofMinutes(13);
    private static final int MOST = 4_500;

    private static final long DAY = 86_400_000;
    private static final long COARSE_STEP = 1_800_000;
    private static final int COARSE_WARM_UP = 28;
    private static final int WARM_UP = 7;
    private static final int SHORT_WARM_UP = 4;
    private static final int LONG_TRACE = 12;
    private static final int DAYS_BEFORE = 2;

    private Origins() {}

    /**
     * Evenly spaced origins after a warm-up. Their distance is raised until it has no divisor in
     * common with a day, so that in time they come upon every step of the day.
     *
     * @param every about how far apart; null for 13 minutes, or more so that there are at most 4500
     * @param warmUp null for 7 days; 4 in a trace shorter than 12 days; 28 if a step takes half an
     *     hour or more
     * @throws IllegalArgumentException if the trace is too short
     */
    public static int[] every(Trace trace, Duration every, Duration warmUp, int furthest) {
        int length = trace.values().length;
        long learned = warmUp == null ? usualWarmUp(trace) : warmUp.toMillis() / trace.step();
        int first = (int) Math.min(Integer.MAX_VALUE, Math.max(0, learned - 1));
        int last = length - 1 - furthest;
        if (first > last) {
            throw new IllegalArgumentException(
                    ("%s: %d steps: expected more than the warm-up of %d and the furthest horizon of"
                                    + " %d; give a shorter --warmup or --horizon")
                            .formatted(trace.name(), length, learned, furthest));
        }
        Duration wanted = every == null ? EVERY : every;
        long stride = (long) Math.max(1, Math.rint((double) wanted.toMillis() / trace.step()));
        while (trace.day() > 1 && commonDivisor(stride, trace.day()) != 1
                || every == null && (last - first) / stride + 1 > MOST) {
            stride++;
        }
        int[] origins = new int[(int) ((last - first) / stride) + 1];
        for (int i = 0; i < origins.length; i++) {
            origins[i] = (int) (first + i * stride);
        }
        return origins;
    }

    /**
     * More origins in the two days before the first, as far apart as the first two, and not in the
     * first day of the trace: what is forecast there tells how large errors are.
     */
    static int[] before(Trace trace, int[] origins) {
        int stride = origins.length > 1 ? origins[1] - origins[0] : 1;
        int from = Math.max(0, origins[0] - DAYS_BEFORE * trace.day());
        return IntStream.iterate(from, at -> at < origins[0], at -> at + stride)
                .filter(at -> at >= trace.day())
                .toArray();
    }

    private static long usualWarmUp(Trace trace) {
        long length = trace.values().length * trace.step();
        int usual = length >= LONG_TRACE * DAY ? WARM_UP : SHORT_WARM_UP;
        return (trace.step() >= COARSE_STEP ? COARSE_WARM_UP : usual) * DAY / trace.step();
    }

    private static long commonDivisor(long a, long b) {
        return b == 0 ? a : commonDivisor(b, a % b);
    }

    /**
     * Reads origins from a file with a column {@code origin}.
     *
     * @throws IllegalArgumentException naming file, line, value and what was expected
     */
    public static int[] read(Path file, Trace trace) throws IOException {
        return parse(file.toString(), Trace.lines(file), trace);
    }

    static int[] parse(String file, List<String> lines, Trace trace) {
        List<String> header =
                lines.isEmpty()
                        ? List.of()
                        : List.of(Trace.withoutMark(lines.get(0)).split(",", -1));
        int column = header.indexOf(COLUMN);
        if (column < 0) {
            throw new IllegalArgumentException(
                    "%s line 1: \"%s\": expected a header with the column origin"
                            .formatted(file, String.join(",", header)));
        }
        var origins = new TreeSet<Integer>();
        for (int i = 1; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String place = file + " line " + (i + 1);
                String[] fields = lines.get(i).split(",", -1);
                if (fields.length != header.size()) {
                    throw new IllegalArgumentException(
                            "%s: \"%s\": expected %d fields as in the header"
                                    .formatted(place, lines.get(i), header.size()));
                }
                origins.add(index(place, fields[column].strip(), trace));
            }
        }
        if (origins.isEmpty()) {
            throw new IllegalArgumentException(file + ": expected at least one origin");
        }
        return new ArrayList<>(origins).stream().mapToInt(Integer::intValue).toArray();
    }

    private static int index(String place, String text, Trace trace) {
        long at = Math.round(CsvFields.seconds(place, text) * 1_000);
        long index = Math.floorDiv(at - trace.start(), trace.step());
        if (index < 0 || index >= trace.values().length || trace.at((int) index) != at) {
            throw new IllegalArgumentException(
                    "%s: origin \"%s\": expected the timestamp of a step of the trace %s"
                            .formatted(place, text, trace.name()));
        }
        return (int) index;
    }
}
