package dev.sphere.scale;

import dev.sphere.recommend.Decision;

/**
 * The outcome of one decision.
 *
 * @param id of the decision
 * @param at when the outcome was known, in epoch milliseconds
 * @param replicas that were asked for
 * @param detail for people; what the API said, if it said anything
 */
public record ScaleResult(
        String id, String service, long at, ScaleOutcome outcome, int replicas, String detail) {

    /** The outcome of a decision. */
    static ScaleResult of(Decision decision, long at, ScaleOutcome outcome, String detail) {
        return new ScaleResult(
                decision.id(), decision.service(), at, outcome, decision.desired(), detail);
    }
}
