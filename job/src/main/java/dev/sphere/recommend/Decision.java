package dev.sphere.recommend;

/**
 * A recommendation after all limits in time, with its reason.
 *
 * @param id service and time of the data; the outcome carries the same
 * @param at time of the data that it rests on, in epoch milliseconds
 * @param decidedAt when it was taken, in epoch milliseconds
 * @param current {@code spec.replicas} as the decision saw it
 * @param ready ready replicas as the decision saw them
 * @param recommended replicas that the load asks for, within min and max
 * @param desired replicas after all limits in time; equal to current when nothing is to change
 * @param basis what the recommendation rests on
 * @param limitedBy the rule that had the last word
 * @param signal the signal that asked for the most; empty if none could be judged
 * @param load present load in that signal; NaN when missing
 * @param expected load that the recommendation prepares for; NaN when missing
 * @param quantile of the forecast that was used; NaN without
 * @param horizon how far the recommendation looks ahead, in milliseconds; 0 without forecast
 * @param perReplica load per replica that was divided by
 * @param resourceVersion of the target as the decision saw it
 * @param apply whether it is to be carried out
 * @param reason for people
 */
public record Decision(
        String id,
        String service,
        long at,
        long decidedAt,
        int current,
        int ready,
        int recommended,
        int desired,
        Basis basis,
        Limit limitedBy,
        String signal,
        double load,
        double expected,
        double quantile,
        long horizon,
        double perReplica,
        String resourceVersion,
        boolean apply,
        String reason) {

    /** What a recommendation rests on. */
    public enum Basis {
        FORECAST,
        REACTIVE,
        NONE
    }

    /** The rule that had the last word. */
    public enum Limit {
        NONE,
        TOLERANCE,
        MIN_REPLICAS,
        MAX_REPLICAS,
        STABILIZATION,
        SCALE_UP_RATE,
        SCALE_DOWN_RATE,
        PARTIAL_DATA,
        MISSING_DATA,
        STALE_DATA,
        UNKNOWN_TARGET,
        REPLICAS_ZERO
    }

    public boolean changes() {
        return desired != current;
    }
}
