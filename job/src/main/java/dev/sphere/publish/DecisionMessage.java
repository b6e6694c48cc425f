package dev.sphere.publish;

import dev.sphere.recommend.Decision;
import dev.sphere.scale.ScaleResult;

/**
 * One record of the topic {@code decisions}, of either phase, so that both streams can be united
 * before one sink.
 *
 * @param service namespace/name of the scale target; the key of the record
 */
public record DecisionMessage(String service, byte[] json) {

    public static DecisionMessage of(Decision decision) {
        return new DecisionMessage(decision.service(), DecisionJson.bytes(decision));
    }

    public static DecisionMessage of(ScaleResult result) {
        return new DecisionMessage(result.service(), DecisionJson.bytes(result));
    }
}
