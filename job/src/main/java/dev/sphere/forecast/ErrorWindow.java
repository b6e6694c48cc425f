package dev.sphere.forecast;

import java.util.Arrays;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/** The last errors made, newest over oldest. Durable state: add fields, never remove. */
public final class ErrorWindow {
    public double[] errors = {};
    public int next;
    public int count;

    public ErrorWindow() {}

    ErrorWindow(int size) {
        errors = new double[size];
    }

    void add(double error) {
        if (Double.isNaN(error)) {
            return;
        }
        errors[next] = error;
        next = (next + 1) % errors.length;
        count = Math.min(count + 1, errors.length);
    }

    double mean() {
        return count == 0 ? Double.NaN : Arrays.stream(errors, 0, count).average().orElseThrow();
    }

    /** Quantiles of the errors at {@link Quantiles#LEVELS}; {@code NaN} while there are none. */
    double[] quantiles() {
        double[] values = new double[Quantiles.LEVELS.length];
        if (count == 0) {
            Arrays.fill(values, Double.NaN);
            return values;
        }
        var percentile = new Percentile();
        percentile.setData(errors, 0, count);
        Arrays.setAll(values, i -> percentile.evaluate(100 * Quantiles.LEVELS[i]));
        return values;
    }
}
