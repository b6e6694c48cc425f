package dev.sphere.local.backtest;

import dev.sphere.local.load.CsvFields;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One recorded signal: evenly spaced values, {@code NaN} where one is missing.
 *
 * @param name of the file, without its ending
 * @param start of the first step, in epoch milliseconds
 * @param step between two values, in milliseconds
 * @param unused values of the file that are not at a step, or of a step that has one already
 */
public record Trace(String name, long start, long step, double[] values, int unused) {
    static final String HEADER = "timestamp,value";

    private static final int MOST_STEPS = 50_000_000;
    private static final long SECOND = 1_000;
    private static final String ENDING = ".csv";

    /**
     * Reads a file of {@code timestamp,value}; the step is the median difference of timestamps.
     *
     * @throws IllegalArgumentException naming file, line, value and what was expected
     */
    public static Trace read(Path file) throws IOException {
        return parse(file.toString(), nameOf(file), lines(file));
    }

    /** The name of a file without its folder and {@code .csv}. */
    public static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    }

    /** Whether the first line says that this is a trace. */
    public static boolean isTrace(Path file) throws IOException {
        try (var reader = Files.newBufferedReader(file)) {
            String first = reader.readLine();
            return first != null && withoutMark(first).equals(HEADER);
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": expected a text file in UTF-8", e);
        }
    }

    static String withoutMark(String line) {
        return (line.startsWith("\uFEFF") ? line.substring(1) : line).strip();
    }

    static Trace parse(String file, String name, List<String> lines) {
        String header = lines.isEmpty() ? "" : withoutMark(lines.get(0));
        if (!header.equals(HEADER)) {
            throw new IllegalArgumentException(
                    "%s line 1: \"%s\": expected the header %s".formatted(file, header, HEADER));
        }
        List<Long> times = new ArrayList<>(lines.size());
        List<Double> values = new ArrayList<>(lines.size());
        for (int i = 1; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty()) {
                continue;
            }
            String place = file + " line " + (i + 1);
            String[] fields = line.split(",", -1);
            if (fields.length != 2) {
                throw new IllegalArgumentException(
                        place + ": \"" + line + "\": expected two fields, timestamp,value");
            }
            long at = Math.round(CsvFields.seconds(place, fields[0].strip()) * SECOND);
            if (!times.isEmpty() && at < times.get(times.size() - 1)) {
                throw new IllegalArgumentException(
                        place
                                + ": timestamp \""
                                + fields[0]
                                + "\": expected none before that of the line before");
            }
            times.add(at);
            values.add(value(place, fields[1].strip()));
        }
        return of(file, name, times, values);
    }

    private static Trace of(String file, String name, List<Long> times, List<Double> values) {
        if (times.size() < 2) {
            throw new IllegalArgumentException(
                    file + ": " + times.size() + " values: expected at least 2");
        }
        long start = times.get(0);
        long step = medianStep(times);
        if (step <= 0) {
            throw new IllegalArgumentException(
                    file + ": most timestamps are alike: expected one line for each time");
        }
        long steps = (times.get(times.size() - 1) - start) / step + 1;
        if (steps > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "%s: %d steps of %d ms from the first to the last timestamp: expected at most %d"
                            .formatted(file, steps, step, MOST_STEPS));
        }
        double[] even = new double[(int) steps];
        Arrays.fill(even, Double.NaN);
        int unused = 0;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < times.size(); i++) {
            long at = times.get(i);
            if (at == last || (at - start) % step != 0) {
                unused++;
            } else {
                even[(int) ((at - start) / step)] = values.get(i);
            }
            last = at;
        }
        return new Trace(name, start, step, even, unused);
    }

    private static long medianStep(List<Long> times) {
        long[] differences = new long[times.size() - 1];
        Arrays.setAll(differences, i -> times.get(i + 1) - times.get(i));
        Arrays.sort(differences);
        int middle = differences.length / 2;
        long median =
                differences.length % 2 == 1
                        ? differences[middle]
                        : (differences[middle - 1] + differences[middle]) / 2;
        // What is a second or more is meant in whole seconds; jitter makes no other step.
        return median < SECOND ? median : Math.round((double) median / SECOND) * SECOND;
    }

    private static double value(String place, String text) {
        if (text.isEmpty()) {
            return Double.NaN;
        }
        try {
            return CsvFields.number(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    place
                            + ": value \""
                            + text
                            + "\": expected a number, or nothing if it is missing",
                    e);
        }
    }

    /** How many steps a time takes, rounded up; at least one. */
    int stepsOf(long millis) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, (millis + step - 1) / step));
    }

    /** Steps in a day; 0 if a step is longer than that. */
    int day() {
        return (int) (86_400_000 / step);
    }

    long at(int index) {
        return start + index * step;
    }

    /** When the step has ended; a timestamp is the start of what it measures. */
    long end(int index) {
        return at(index + 1);
    }
}
