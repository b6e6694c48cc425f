package dev.sphere.local.load;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The load of a file of {@code timestamp,value}: one day of the file is one day of the run, its
 * greatest value is the peak.
 *
 * <ul>
 *   <li>Days are counted from the file's first timestamp; only whole days are used, and after the
 *       last the first follows.
 *   <li>Between the samples, and where a value is missing, the load is interpolated linearly.
 * </ul>
 */
public final class RecordedLoad implements LoadShape {
    private static final double DAY_SECONDS = 86_400;
    private static final double GREATEST_SPACING_SECONDS = 6 * 3600;
    private static final int MOMENTS = 96;

    private final String name;
    private final double[] shares;
    private final double spacingSeconds;
    private final int days;
    private final int firstDay;
    private final double start;

    private RecordedLoad(String name, double[] shares, double spacingSeconds, int historyDays) {
        this.name = name;
        this.shares = shares;
        this.spacingSeconds = spacingSeconds;
        this.days = (int) Math.floor(shares.length * spacingSeconds / DAY_SECONDS + 1e-9);
        this.firstDay = Math.floorMod(historyDays, days);
        this.start = quietest();
    }

    /**
     * Reads a file.
     *
     * @param historyDays how many of the file's days lie before day 0
     * @throws IllegalArgumentException naming file, line, value and what was expected
     */
    public static RecordedLoad read(Path file, int historyDays) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    file + ": expected a text file in UTF-8 with lines of timestamp,value", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + ": cannot be read: " + e + "; expected lines of timestamp,value", e);
        }
        return parse(file.toString(), lines, historyDays);
    }

    static RecordedLoad parse(String file, List<String> lines, int historyDays) {
        List<Double> values = new ArrayList<>();
        double first = Double.NaN;
        double spacing = Double.NaN;
        double previous = Double.NaN;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (i == 0 && line.startsWith("\uFEFF")) {
                line = line.substring(1);
            }
            if (line.isEmpty()
                    || line.startsWith("#")
                    || values.isEmpty() && line.replace(" ", "").equals("timestamp,value")) {
                continue;
            }
            String place = file + " line " + (i + 1);
            String[] fields = line.split(",", -1);
            if (fields.length != 2) {
                throw new IllegalArgumentException(
                        place + ": \"" + line + "\": expected two fields, timestamp,value");
            }
            double at = CsvFields.seconds(place, fields[0].strip());
            double value = value(place, fields[1].strip());
            if (values.isEmpty()) {
                first = at;
            } else if (values.size() == 1) {
                spacing = at - first;
                if (!(spacing > 0)) {
                    throw new IllegalArgumentException(
                            place + ": " + fields[0] + ": expected a time after the line before");
                }
                if (spacing > GREATEST_SPACING_SECONDS) {
                    throw new IllegalArgumentException(
                            String.format(
                                    "%s: %s: %.0f s after the line before; expected at most 6 hours"
                                            + " between samples, as a day must show",
                                    place, fields[0], spacing));
                }
            } else if (Math.abs(at - previous - spacing) > 1e-3) {
                throw new IllegalArgumentException(
                        String.format(
                                "%s: %s: %s s after the line before; expected %s s, evenly as the"
                                        + " first two (write a missing value as an empty one)",
                                place, fields[0], plain(at - previous), plain(spacing)));
            }
            previous = at;
            values.add(value);
        }
        return of(file, values, spacing, historyDays);
    }

    private static RecordedLoad of(
            String file, List<Double> values, double spacing, int historyDays) {
        if (values.size() < 2 || values.size() * spacing < DAY_SECONDS - 1e-6) {
            throw new IllegalArgumentException(
                    file
                            + ": "
                            + values.size()
                            + " samples"
                            + (values.size() < 2
                                    ? ""
                                    : " over " + plain(values.size() * spacing) + " s")
                            + "; expected at least one day (86400 s)");
        }
        double max = 0;
        for (double value : values) {
            if (value > max) {
                max = value;
            }
        }
        if (!(max > 0)) {
            throw new IllegalArgumentException(
                    file + ": no value above 0; expected some load to scale to the peak");
        }
        double[] shares = new double[values.size()];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = values.get(i) / max;
        }
        interpolate(shares);
        return new RecordedLoad(file, shares, spacing, historyDays);
    }

    private static double value(String place, String text) {
        if (text.isEmpty()) {
            return Double.NaN;
        }
        try {
            double value = CsvFields.number(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new IllegalArgumentException(
                place
                        + ": value \""
                        + text
                        + "\": expected a number not below 0, or nothing if it is missing");
    }

    private static String plain(double seconds) {
        return seconds == Math.rint(seconds)
                ? Long.toString((long) seconds)
                : Double.toString(seconds);
    }

    /** Fills what is missing from its neighbours; at the ends from the only neighbour. */
    private static void interpolate(double[] shares) {
        int known = -1;
        for (int i = 0; i < shares.length; i++) {
            if (Double.isNaN(shares[i])) {
                continue;
            }
            if (known < 0) {
                Arrays.fill(shares, 0, i, shares[i]);
            }
            for (int gap = known + 1; known >= 0 && gap < i; gap++) {
                double way = (double) (gap - known) / (i - known);
                shares[gap] = shares[known] + way * (shares[i] - shares[known]);
            }
            known = i;
        }
        Arrays.fill(shares, known + 1, shares.length, shares[known]);
    }

    @Override
    public double at(long day, double dayFraction) {
        long fileDay = Math.floorMod(day + firstDay, (long) days);
        double position = (fileDay + dayFraction) * DAY_SECONDS / spacingSeconds;
        int before = (int) Math.min(position, shares.length - 1);
        // After the last whole day comes the first one again.
        int used = (int) Math.ceil(days * DAY_SECONDS / spacingSeconds - 1e-9);
        int after = before + 1 < used ? before + 1 : 0;
        return shares[before] + (position - before) * (shares[after] - shares[before]);
    }

    /** The time of the mean day around which, for an hour, the load is least. */
    private double quietest() {
        double[] mean = new double[MOMENTS];
        for (int i = 0; i < MOMENTS; i++) {
            for (int day = 0; day < days; day++) {
                mean[i] += at(day, (double) i / MOMENTS);
            }
        }
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < MOMENTS; i++) {
            double around = 0;
            for (int j = -2; j <= 2; j++) {
                around += mean[Math.floorMod(i + j, MOMENTS)];
            }
            if (around < least - 1e-12) {
                least = around;
                best = i;
            }
        }
        return (double) best / MOMENTS;
    }

    /** Whole days in the file. */
    public int days() {
        return days;
    }

    @Override
    public double start() {
        return start;
    }

    @Override
    public String name() {
        return name;
    }
}
