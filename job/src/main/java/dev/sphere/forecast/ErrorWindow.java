package dev.sphere.forecast;

import java.util.Arrays;

/** The last errors made, newest over oldest. Durable state: add fields, never remove. */
public final class ErrorWindow {
    public float[] errors = {};
    public int next;
    public int count;

    /** The same in ascending order; made anew after a restore. */
    private transient float[] sorted;

    public ErrorWindow() {}

    ErrorWindow(int size) {
        errors = new float[size];
    }

    void add(double error) {
        if (Double.isNaN(error)) {
            return;
        }
        if (sorted == null) {
            sort();
        }
        int held = count;
        if (count == errors.length) {
            int oldest = Arrays.binarySearch(sorted, 0, held, errors[next]);
            held--;
            System.arraycopy(sorted, oldest + 1, sorted, oldest, held - oldest);
        }
        float added = (float) error;
        int at = Arrays.binarySearch(sorted, 0, held, added);
        at = at < 0 ? -at - 1 : at;
        System.arraycopy(sorted, at, sorted, at + 1, held - at);
        sorted[at] = added;
        errors[next] = added;
        next = (next + 1) % errors.length;
        count = held + 1;
    }

    double mean() {
        if (count == 0) {
            return Double.NaN;
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += errors[i];
        }
        return sum / count;
    }

    /**
     * The quantile at a level: the error that {@code level (count + 1)} of them do not exceed,
     * linearly between two (Weibull; the conformal choice); {@code NaN} while there are none.
     */
    double quantile(double level) {
        if (count == 0) {
            return Double.NaN;
        }
        if (sorted == null) {
            sort();
        }
        double position = level * (count + 1) - 1;
        int below = (int) Math.floor(position);
        if (below < 0) {
            return sorted[0];
        }
        if (below >= count - 1) {
            return sorted[count - 1];
        }
        double share = position - below;
        return (1 - share) * sorted[below] + share * sorted[below + 1];
    }

    private void sort() {
        sorted = errors.clone();
        Arrays.sort(sorted, 0, count);
    }
}
