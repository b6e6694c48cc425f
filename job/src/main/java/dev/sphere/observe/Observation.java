package dev.sphere.observe;

/**
 * The value of one signal of one service over one step.
 *
 * @param signal what is measured
 * @param value per-second rate for counters, level for gauges; {@code NaN} when missing
 * @param reported series that reported in the step
 * @param expected series that should have reported
 * @param pods distinct pods among those that reported; 0 when the signal is not measured on pods
 */
public record Observation(String signal, double value, int reported, int expected, int pods) {

    /** An observation of nothing: the series that were expected stayed silent. */
    public static Observation missing(String signal, int expected) {
        return new Observation(signal, Double.NaN, 0, expected, 0);
    }

    public boolean isMissing() {
        return Double.isNaN(value);
    }

    /** Whether a part of the expected series stayed silent, so that a sum would be too small. */
    public boolean isPartial() {
        return reported < expected;
    }
}
