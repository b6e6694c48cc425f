package dev.sphere.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;

/**
 * Finds the seasons of a signal by itself. The periodogram hints at lengths, which are then judged
 * in time (as Vlachos, Yu and Castelli do, SIAM Data Mining 2005), beside an hour, a day and a
 * week. It is that of the tapered series (Bloomfield, Fourier Analysis of Time Series, 2000), and a
 * peak is what stands out of its neighbourhood: slow wandering makes none.
 *
 * <p>A length is judged by what the cycles before make known of each cycle, as {@link
 * SeasonEvidence} does in the job. The best is taken out, and what is left is searched again: what
 * a season adds counts, so that its multiples and divisors are none.
 */
public final class SeasonSearch {
    private static final long HOUR = 3_600_000;
    private static final List<Long> NAMED = List.of(HOUR, 24 * HOUR, 7 * 24 * HOUR);

    private static final int LEAST_STEPS = 4;
    private static final int LEAST_CYCLES = 3;

    /** The job keeps each of them for every signal. */
    private static final int MOST_SEASONS = 4;

    /** Peaks of the periodogram that are looked at. */
    private static final int PEAKS = 8;

    /** A season is seen in bins of an hour, or of this share of it if that is less. */
    private static final int BINS = 24;

    /**
     * What any other length has to explain at least. More than {@link SeasonEvidence#LEAST}, as
     * some of the many lengths that are tried explain a little by chance.
     */
    private static final double LEAST_UNNAMED = 0.1;

    /**
     * What a season has to explain besides, over the number of its cycles: a few cycles of a random
     * walk may be alike. Of 200 random walks, with and without noise, and as many autoregressions,
     * each in seven lengths and steps, at most one of a kind was then taken for a season.
     */
    private static final double BY_CHANCE = 0.5;

    private static final double BY_CHANCE_UNNAMED = 1.2;

    /** A length that people live by is preferred if it explains nearly as much. */
    private static final double NEARLY = 0.05;

    /**
     * A season that a multiple shows, too, is first if it explains this share of what that does.
     */
    private static final double PART = 0.5;

    /** Values are held within so many times their mean distance from the level. */
    private static final double HELD = 6;

    /** The same before anything is known of seasons: what comes once an hour is no outlier. */
    private static final double HELD_AT_FIRST = 20;

    private static final int HOLD_ROUNDS = 3;

    /** Less, over the size of the values, is rounding. */
    private static final double ROUNDING = 1e-9;

    /** Newer cycles count at least this much. */
    private static final double FOLLOWS = 0.02;

    private final long step;

    private SeasonSearch(long step) {
        this.step = step;
    }

    /**
     * @param values at even steps; {@code NaN} is missing
     * @param step in milliseconds
     * @return the strongest first, each with what it explains where the others are known; none if
     *     there is none
     */
    public static List<Forecast.Seasonality> find(double[] values, long step) {
        if (step <= 0) {
            throw new IllegalArgumentException("step of " + step + " ms: expected 1 or more");
        }
        return new SeasonSearch(step).find(Arrays.stream(values).map(SeasonSearch::root).toArray());
    }

    /** Counts scatter with the root of their size. */
    private static double root(double value) {
        return Double.isFinite(value)
                ? Math.signum(value) * Math.sqrt(Math.abs(value))
                : Double.NaN;
    }

    private List<Forecast.Seasonality> find(double[] unheld) {
        if (unheld.length < LEAST_STEPS * LEAST_CYCLES) {
            return List.of();
        }
        // The level of a short cycle must not follow a spike, so that goes first.
        double[] values = new Level(unheld).heldValues(unheld.length / LEAST_CYCLES);
        List<Long> found = new ArrayList<>();
        double[] left = values;
        while (found.size() < MOST_SEASONS) {
            var next = strongest(new Level(left), found);
            if (next == null) {
                break;
            }
            found.add(next.length());
            left = without(left, next);
        }
        return judged(values, found);
    }

    /**
     * With what each adds to the others; one that adds nothing to those found after it is left out.
     * A day is no less a day where a week shows it, too: what has a name is not judged beside what
     * is longer.
     */
    private List<Forecast.Seasonality> judged(double[] values, List<Long> found) {
        List<Forecast.Seasonality> seasons = new ArrayList<>();
        List<Long> kept = new ArrayList<>(found);
        for (long length : found) {
            boolean isNamed = NAMED.contains(length);
            double[] left = values;
            for (long other : kept) {
                if (other != length && (other < length || !isNamed)) {
                    left = without(left, judge(new Level(left), other));
                }
            }
            var trial = judge(new Level(left), length);
            if (trial.counts()) {
                seasons.add(new Forecast.Seasonality(length, trial.evidence()));
            } else {
                kept.remove(length);
            }
        }
        seasons.sort(Comparator.comparingDouble(Forecast.Seasonality::evidence).reversed());
        return seasons;
    }

    // --- candidates ---

    /** Null if there is none. */
    private Trial strongest(Level level, List<Long> found) {
        List<Trial> named =
                NAMED.stream()
                        .filter(length -> isWithin(length, level.size()))
                        .filter(length -> !found.contains(length))
                        .map(length -> judge(level, length))
                        .filter(Trial::counts)
                        .toList();
        List<Trial> trials = new ArrayList<>(named);
        peaks(level)
                .distinct()
                .filter(length -> isWithin(length, level.size()) && !found.contains(length))
                .mapToObj(length -> judge(level, length))
                .max(Comparator.comparing(Trial::margin))
                .map(trial -> refined(level, trial))
                .filter(trial -> trial.counts() && !found.contains(trial.length()))
                .ifPresent(trials::add);
        var best = trials.stream().max(Comparator.comparing(Trial::evidence)).orElse(null);
        return best == null ? null : preferred(best, trials, named, level);
    }

    private Trial preferred(Trial best, List<Trial> trials, List<Trial> named, Level level) {
        var whole =
                named.stream()
                        .filter(
                                trial ->
                                        Math.abs(trial.length() - best.length())
                                                <= resolution(best.length(), level))
                        .filter(trial -> trial.evidence() >= best.evidence() - NEARLY)
                        .findFirst()
                        .orElse(best);
        return trials.stream()
                .filter(part -> whole.length() % part.length() == 0)
                .filter(part -> part.evidence() >= PART * whole.evidence())
                .min(Comparator.comparing(Trial::length))
                .orElse(whole);
    }

    private boolean isWithin(long length, int steps) {
        return length >= LEAST_STEPS * step && length * LEAST_CYCLES <= steps * step;
    }

    /** Two lengths that differ by less are hardly told apart in a series of this length. */
    private long resolution(long length, Level level) {
        return (long) ((double) length * length / (level.size() * step));
    }

    /** The length nearby that explains most. */
    private Trial refined(Level level, Trial trial) {
        var best = trial;
        for (long by = resolution(trial.length(), level) / step / 2; by >= 1; by /= 2) {
            for (long moved : new long[] {best.length() - by * step, best.length() + by * step}) {
                if (isWithin(moved, level.size())) {
                    var other = judge(level, moved);
                    best = other.evidence() > best.evidence() ? other : best;
                }
            }
        }
        return best;
    }

    /** Lengths of the highest peaks of the periodogram over their neighbourhood. */
    private LongStream peaks(Level level) {
        int steps = level.size();
        double[] log = periodogram(level.held(steps / LEAST_CYCLES));
        double[] sums = new double[log.length + 1];
        for (int k = 0; k < log.length; k++) {
            sums[k + 1] = sums[k] + log[k];
        }
        int period = 2 * log.length;
        int least = Math.max(2, LEAST_CYCLES * period / steps);
        double[] heights = new double[log.length];
        Arrays.fill(heights, Double.NEGATIVE_INFINITY);
        for (int k = least; k < log.length - 1 && k * LEAST_STEPS <= period; k++) {
            if (log[k] >= log[k - 1] && log[k] > log[k + 1]) {
                int around = Math.max(k / 3, 8);
                int from = Math.max(1, k - around);
                int to = Math.min(log.length, k + around + 1);
                heights[k] = log[k] - (sums[to] - sums[from]) / (to - from);
            }
        }
        return IntStream.range(0, heights.length)
                .filter(k -> heights[k] > 0)
                .boxed()
                .sorted(Comparator.comparing((Integer k) -> heights[k]).reversed())
                .limit(PEAKS)
                .mapToLong(k -> Math.round(period / top(log, k)) * step);
    }

    /** Where the parabola through a peak and its neighbours has its top. */
    private static double top(double[] log, int k) {
        double bend = log[k - 1] - 2 * log[k] + log[k + 1];
        return bend < 0 ? k + (log[k - 1] - log[k + 1]) / (2 * bend) : k;
    }

    /** The logarithm of the power at each frequency, of the values with a cosine bell over them. */
    private static double[] periodogram(double[] values) {
        int size = Math.max(4, Integer.highestOneBit(2 * values.length - 1));
        double[][] parts = new double[2][size];
        for (int i = 0; i < values.length; i++) {
            double bell = 1 - Math.cos(2 * Math.PI * (i + 0.5) / values.length);
            parts[0][i] = Double.isNaN(values[i]) ? 0 : bell * values[i];
        }
        FastFourierTransformer.transformInPlace(
                parts, DftNormalization.STANDARD, TransformType.FORWARD);
        double[] log = new double[size / 2];
        for (int k = 0; k < log.length; k++) {
            double power = parts[0][k] * parts[0][k] + parts[1][k] * parts[1][k];
            log[k] = Math.log(Math.max(power, Double.MIN_NORMAL));
        }
        return log;
    }

    // --- evidence ---

    /**
     * A season that was tried.
     *
     * @param expected at each step, from the cycles before; in the first cycle, of all
     * @param cycles how many were seen, without what is missing
     */
    private record Trial(long length, double[] expected, double evidence, double cycles) {
        boolean counts() {
            return margin() >= 0;
        }

        /** What it explains beyond what a season has to. */
        double margin() {
            return NAMED.contains(length)
                    ? evidence - SeasonEvidence.LEAST - BY_CHANCE / cycles
                    : evidence - LEAST_UNNAMED - BY_CHANCE_UNNAMED / cycles;
        }
    }

    private Trial judge(Level level, long length) {
        double[] values = level.held((int) Math.round((double) length / step));
        double[] expected = new double[values.length];
        var cycles = new Cycles(bins(length));
        double perBin = (double) cycles.profile.length / length;
        double without = 0;
        double with = 0;
        int known = 0;
        long since = 0;
        for (int i = 0; i < values.length; i++) {
            double position = (since + step / 2.0) * perBin;
            expected[i] = cycles.at(position);
            if (!Double.isNaN(values[i])) {
                if (!Double.isNaN(expected[i])) {
                    without += Math.abs(values[i]);
                    with += Math.abs(values[i] - expected[i]);
                }
                cycles.add(position, values[i]);
                known++;
            }
            since += step;
            // Only at its end, so that no cycle is known from its own beginning.
            if (since >= length) {
                since -= length;
                cycles.learn();
            }
        }
        cycles.learn();
        since = 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(expected[i])) {
                expected[i] = cycles.at((since + step / 2.0) * perBin);
            }
            since = (since + step) % length;
        }
        boolean isMore = without > ROUNDING * level.size * known;
        double seen = (double) known * step / length;
        return new Trial(length, expected, isMore ? 1 - with / without : 0, seen);
    }

    private int bins(long length) {
        // Whole steps, or what happens within one would be seen in two.
        long width = Math.max(1, Math.min(HOUR, length / BINS) / step) * step;
        return (int) Math.max(LEAST_STEPS, length / width);
    }

    private static double[] without(double[] values, Trial season) {
        double[] left = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double seasonal = season.expected()[i];
            left[i] = Double.isNaN(seasonal) ? values[i] : values[i] - seasonal;
        }
        return left;
    }

    /** The mean of the cycles of one season, bin by bin. */
    private static final class Cycles {
        private final double[] profile;
        private final double[] learned;
        private final int[] cycles;
        private final double[] sums;
        private final int[] counts;

        Cycles(int bins) {
            profile = new double[bins];
            Arrays.fill(profile, Double.NaN);
            learned = new double[bins];
            cycles = new int[bins];
            sums = new double[bins];
            counts = new int[bins];
        }

        void add(double position, double value) {
            int bin = Math.min(sums.length - 1, (int) position);
            sums[bin] += value;
            counts[bin]++;
        }

        void learn() {
            double sum = 0;
            int known = 0;
            for (int bin = 0; bin < sums.length; bin++) {
                if (counts[bin] > 0) {
                    cycles[bin]++;
                    double share = Math.max(FOLLOWS, 1.0 / cycles[bin]);
                    learned[bin] += share * (sums[bin] / counts[bin] - learned[bin]);
                    sums[bin] = 0;
                    counts[bin] = 0;
                }
                sum += learned[bin];
                known += cycles[bin] > 0 ? 1 : 0;
            }
            // A mean of 0: a season is no level.
            for (int bin = 0; bin < sums.length; bin++) {
                profile[bin] = cycles[bin] > 0 ? learned[bin] - sum / known : Double.NaN;
            }
        }

        /** Between the middles of two bins on a straight line; of one if only that is known. */
        double at(double position) {
            double fromFirst = position - 0.5;
            int left = (int) Math.floor(fromFirst);
            double share = fromFirst - left;
            double before = profile[left < 0 ? profile.length - 1 : left];
            double after = profile[left + 1 < profile.length ? left + 1 : 0];
            if (Double.isNaN(before) || Double.isNaN(after)) {
                return share < 0.5 ? before : after;
            }
            return before + share * (after - before);
        }
    }

    /** A series, and its level: the mean of one cycle around, so that no season is in it. */
    private static final class Level {
        private final double[] values;
        private final double[] sums;
        private final int[] counts;
        private final double size;

        Level(double[] values) {
            this.values = values;
            sums = new double[values.length + 1];
            counts = new int[values.length + 1];
            double absolute = 0;
            for (int i = 0; i < values.length; i++) {
                boolean known = !Double.isNaN(values[i]);
                sums[i + 1] = sums[i] + (known ? values[i] : 0);
                counts[i + 1] = counts[i] + (known ? 1 : 0);
                absolute += known ? Math.abs(values[i]) : 0;
            }
            size = absolute / Math.max(1, counts[values.length]);
        }

        int size() {
            return values.length;
        }

        /** What values differ from the level, without outliers. */
        double[] held(int cycle) {
            double[] differences = differences(cycle);
            hold(differences, HELD);
            return differences;
        }

        /** The values themselves, without outliers. */
        double[] heldValues(int cycle) {
            double[] differences = differences(cycle);
            double[] held = differences.clone();
            hold(held, HELD_AT_FIRST);
            for (int i = 0; i < held.length; i++) {
                boolean isKnown = !Double.isNaN(held[i]);
                held[i] = isKnown ? values[i] - differences[i] + held[i] : values[i];
            }
            return held;
        }

        private double[] differences(int cycle) {
            double[] differences = new double[values.length];
            int last = values.length - cycle;
            double atStart = slope(0, cycle);
            double atEnd = slope(last - cycle, cycle);
            for (int i = 0; i < values.length; i++) {
                int from = i - cycle / 2;
                int kept = Math.max(0, Math.min(last, from));
                // At the ends no whole cycle is around: the level goes on as it was nearby.
                double beyond = from < kept ? atStart : atEnd;
                differences[i] = values[i] - mean(kept, cycle) - beyond * (from - kept);
            }
            return differences;
        }

        private double slope(int from, int cycle) {
            double slope = (mean(from + cycle, cycle) - mean(from, cycle)) / cycle;
            return Double.isNaN(slope) ? 0 : slope;
        }

        private double mean(int from, int cycle) {
            int known = counts[from + cycle] - counts[from];
            return 2 * known >= cycle ? (sums[from + cycle] - sums[from]) / known : Double.NaN;
        }

        private static void hold(double[] differences, double times) {
            for (int round = 0; round < HOLD_ROUNDS; round++) {
                double sum = 0;
                int known = 0;
                for (double each : differences) {
                    if (!Double.isNaN(each)) {
                        sum += Math.abs(each);
                        known++;
                    }
                }
                double most = times * sum / Math.max(1, known);
                for (int i = 0; i < differences.length; i++) {
                    differences[i] = Math.max(-most, Math.min(most, differences[i]));
                }
            }
        }
    }
}
