package dev.sphere.forecast;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Collects the first cycles of a season, bin by bin, and makes the starting season of them: the
 * median over the cycles of what a bin differs from its cycle's mean. Durable state: add fields,
 * never remove.
 */
public final class SeasonStart {
    /** Fewer cycles cannot tell a season from a trend. */
    static final int CYCLES = 2;

    /** End of the first step, in epoch milliseconds. */
    public long since = Long.MIN_VALUE;

    /** By cycle, then by bin. */
    public double[] sums = {};

    public int[] counts = {};

    /** Adds an observation; {@code NaN} adds nothing. */
    public void add(Season season, double y, long at) {
        if (sums.length == 0) {
            since = at;
            sums = new double[CYCLES * season.bins()];
            counts = new int[CYCLES * season.bins()];
        }
        long cycle = (at - since) / season.length();
        if (Double.isNaN(y) || cycle < 0 || cycle >= CYCLES) {
            return;
        }
        int slot = (int) cycle * season.bins() + season.bin(at);
        sums[slot] += y;
        counts[slot]++;
    }

    /** Whether all cycles have passed, so that {@link #season} may be called. */
    public boolean isComplete(Season season, long at) {
        return sums.length > 0 && (at - since) / season.length() >= CYCLES;
    }

    /** The starting season, with mean 0, or nothing if too many bins were never seen. */
    public double[] season(Season season) {
        int bins = season.bins();
        double[] started = new double[bins];
        int unseen = 0;
        for (int bin = 0; bin < bins; bin++) {
            int at = bin;
            double[] differences =
                    IntStream.range(0, CYCLES)
                            .filter(cycle -> counts[cycle * bins + at] > 0)
                            .mapToDouble(cycle -> mean(cycle * bins + at) - cycleMean(cycle, bins))
                            .toArray();
            started[bin] =
                    differences.length == 0 ? Double.NaN : new Median().evaluate(differences);
            unseen += differences.length == 0 ? 1 : 0;
        }
        if (unseen > bins / 4) {
            return new double[0];
        }
        fillHoles(started);
        double mean = Arrays.stream(started).average().orElse(0);
        Arrays.setAll(started, bin -> started[bin] - mean);
        return started;
    }

    private double mean(int slot) {
        return sums[slot] / counts[slot];
    }

    private double cycleMean(int cycle, int bins) {
        return IntStream.range(cycle * bins, (cycle + 1) * bins)
                .filter(slot -> counts[slot] > 0)
                .mapToDouble(this::mean)
                .average()
                .orElse(0);
    }

    private static void fillHoles(double[] values) {
        double[] seen = values.clone();
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(seen[i])) {
                int left = 1;
                int right = 1;
                while (Double.isNaN(seen[Math.floorMod(i - left, seen.length)])) {
                    left++;
                }
                while (Double.isNaN(seen[Math.floorMod(i + right, seen.length)])) {
                    right++;
                }
                double before = seen[Math.floorMod(i - left, seen.length)];
                double after = seen[Math.floorMod(i + right, seen.length)];
                values[i] = before + (after - before) * left / (left + right);
            }
        }
    }
}
