package dev.sphere.publish;

import dev.sphere.recommend.Decision;
import dev.sphere.scale.ScaleResult;

/** Writes both phases of the topic {@code decisions}. */
public final class DecisionJson {
    private DecisionJson() {}

    public static byte[] bytes(Decision decision) {
        return new JsonMessage()
                .text("phase", "decided")
                .text("id", decision.id())
                .text("service", decision.service())
                .whole("at", decision.at())
                .whole("decidedAt", decision.decidedAt())
                .whole("current", decision.current())
                .whole("ready", decision.ready())
                .whole("recommended", decision.recommended())
                .whole("desired", decision.desired())
                .word("basis", decision.basis())
                .word("limitedBy", decision.limitedBy())
                .text("signal", decision.signal())
                .number("load", decision.load())
                .number("expected", decision.expected())
                .number("quantile", decision.quantile())
                .whole("horizon", decision.horizon())
                .number("perReplica", decision.perReplica())
                .text("resourceVersion", decision.resourceVersion())
                .truth("apply", decision.apply())
                .text("reason", decision.reason())
                .bytes();
    }

    public static byte[] bytes(ScaleResult result) {
        return new JsonMessage()
                .text("phase", "outcome")
                .text("id", result.id())
                .text("service", result.service())
                .whole("at", result.at())
                .word("outcome", result.outcome())
                .whole("replicas", result.replicas())
                .text("detail", result.detail())
                .bytes();
    }
}
