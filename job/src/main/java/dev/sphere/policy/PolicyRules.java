package dev.sphere.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sphere.policy.v1alpha1.Messages;
import dev.sphere.policy.v1alpha1.PredictiveAutoscalerSpec;
import dev.sphere.policy.v1alpha1.ScaleTargetRef;
import dev.sphere.policy.v1alpha1.Signal;
import java.util.List;
import java.util.function.Consumer;

/**
 * The rules between the fields of a spec, which its definition has in CEL: one is broken here if,
 * and only if, it is broken there.
 */
final class PolicyRules {
    private final JsonNode written;
    private final Consumer<PolicyError> errors;

    private PolicyRules(JsonNode written, Consumer<PolicyError> errors) {
        this.written = written;
        this.errors = errors;
    }

    /**
     * @param written the same spec, for the values in the errors
     */
    static void check(
            PredictiveAutoscalerSpec spec, JsonNode written, Consumer<PolicyError> errors) {
        new PolicyRules(written, errors).check(spec);
    }

    private void check(PredictiveAutoscalerSpec spec) {
        ScaleTargetRef target = spec.scaleTargetRef();
        require(
                target.apiVersion().equals("apps/v1") && target.kind().equals("Deployment"),
                "/scaleTargetRef",
                Messages.NO_DEPLOYMENT);
        require(spec.maxReplicas() >= spec.minReplicas(), "/maxReplicas", Messages.MAX_BELOW_MIN);
        List<Signal> signals = spec.signals();
        for (int i = 0; i < signals.size(); i++) {
            check(signals.get(i), "/signals/" + i);
        }
    }

    private void check(Signal signal, String at) {
        var target = signal.target().averageValue().getNumericalAmount();
        require(target.signum() > 0, at + "/target/averageValue", Messages.NOT_POSITIVE);
        require(
                signal.limit() == null
                        || signal.limit().averageValue().getNumericalAmount().compareTo(target)
                                >= 0,
                at + "/limit",
                Messages.LIMIT_BELOW_TARGET);
    }

    /**
     * @param pointer to what has to be different if not
     */
    private void require(boolean kept, String pointer, String message) {
        if (!kept) {
            String path = ("spec" + pointer).replaceAll("/([0-9]+)", "[$1]").replace('/', '.');
            errors.accept(PolicyError.of(path, written.at(pointer), message));
        }
    }
}
