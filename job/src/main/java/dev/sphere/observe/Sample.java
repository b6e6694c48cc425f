package dev.sphere.observe;

/**
 * One sample of one series, as the bridge sent it.
 *
 * @param signal what is measured, e.g. {@code requests}
 * @param kind whether the value counts up or is a level
 * @param aggregation how the series of a service become one number
 * @param series the canonical form of the labels; names the series within service and signal
 * @param pod the pod that the series was measured on, empty if it was not measured on a pod
 * @param value the value; meaningless when stale
 * @param stale whether the series has ended, so that nothing more is expected of it
 * @param created when the counter started from zero, in epoch milliseconds; 0 if unknown
 */
public record Sample(
        String signal,
        Kind kind,
        Aggregation aggregation,
        String series,
        String pod,
        double value,
        boolean stale,
        long created) {

    /** What a sample's value means. */
    public enum Kind {
        COUNTER,
        GAUGE
    }

    /** How the series of one service and signal become one number. */
    public enum Aggregation {
        SUM,
        MEAN,
        MAX
    }
}
