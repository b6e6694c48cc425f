package dev.sphere.local.backtest;

import java.util.Arrays;

/** The newest errors of a method at one horizon, and their quantiles. */
final class PastErrors {
    private static final int MOST = 1_000;
    private static final int LEAST = 50;

    private final double[] newest = new double[MOST];
    private final double[] sorted = new double[MOST];
    private int count;
    private int next;

    /** Takes the place of the oldest; {@code NaN} is none. */
    void add(double error) {
        if (Double.isNaN(error)) {
            return;
        }
        if (count == MOST) {
            int oldest = Arrays.binarySearch(sorted, newest[next]);
            System.arraycopy(sorted, oldest + 1, sorted, oldest, MOST - oldest - 1);
            count--;
        }
        int found = Arrays.binarySearch(sorted, 0, count, error);
        int at = found < 0 ? -found - 1 : found;
        System.arraycopy(sorted, at, sorted, at + 1, count - at);
        sorted[at] = error;
        count++;
        newest[next] = error;
        next = (next + 1) % MOST;
    }

    /** Linear between two of them (Hyndman and Fan's type 7); {@code NaN} while they are few. */
    double quantile(double level) {
        if (count < LEAST) {
            return Double.NaN;
        }
        double place = level * (count - 1);
        int below = (int) place;
        int above = Math.min(count - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
