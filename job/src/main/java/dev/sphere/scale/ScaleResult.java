package dev.sphere.scale;

/**
 * The outcome of one decision.
 *
 * @param id of the decision
 * @param at when the outcome was known, in epoch milliseconds
 * @param replicas that were asked for
 * @param detail for people; what the API said, if it said anything
 */
public record ScaleResult(
        String id, String service, long at, ScaleOutcome outcome, int replicas, String detail) {}
