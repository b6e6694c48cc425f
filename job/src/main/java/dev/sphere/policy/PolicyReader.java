package dev.sphere.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sphere.policy.v1alpha1.Behavior;
import dev.sphere.policy.v1alpha1.Mode;
import dev.sphere.policy.v1alpha1.PredictiveAutoscaler;
import dev.sphere.policy.v1alpha1.PredictiveAutoscalerSpec;
import dev.sphere.policy.v1alpha1.ScalingPolicy;
import dev.sphere.policy.v1alpha1.ScalingRules;
import dev.sphere.policy.v1alpha1.Signal;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the spec of a {@code PredictiveAutoscaler}, wherever it comes from: by the schema that
 * Kubernetes has of it, then by its rules, then for what it means.
 */
final class PolicyReader {
    private static final String DEFINITION = "05-crd.yaml";

    private static final StructuralSchema SPEC = StructuralSchema.of(schemaOfSpec());

    private static final JsonMapper JSON = new JsonMapper();

    /** A limit that is not given leaves a replica 90 % full where the target leaves it 70 %. */
    private static final double LIMIT_OVER_TARGET = 0.9 / 0.7;

    private static final double TOLERANCE = 0.1;
    private static final double DOWN_WINDOW = 300;

    private static final List<Policy.Rate> UP_RATES =
            List.of(
                    new Policy.Rate(Policy.Unit.PODS, 4, 15_000),
                    new Policy.Rate(Policy.Unit.PERCENT, 100, 15_000));

    private static final List<Policy.Rate> DOWN_RATES =
            List.of(new Policy.Rate(Policy.Unit.PERCENT, 100, 15_000));

    private PolicyReader() {}

    /**
     * @param namespace that the resource is in
     * @param spec completed by its defaults
     * @return null if there were errors
     */
    static Policy read(String namespace, JsonNode spec, Consumer<PolicyError> errors) {
        List<PolicyError> found = new ArrayList<>();
        SPEC.apply(spec, "spec", found::add);
        Policy policy = null;
        if (found.isEmpty()) {
            PredictiveAutoscalerSpec read = typed(spec);
            PolicyRules.check(read, spec, found::add);
            policy = found.isEmpty() ? policy(namespace, read) : null;
        }
        found.forEach(errors);
        return policy;
    }

    private static PredictiveAutoscalerSpec typed(JsonNode spec) {
        try {
            return JSON.treeToValue(spec, PredictiveAutoscalerSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the schema lets pass what its classes do not", e);
        }
    }

    private static JsonNode schemaOfSpec() {
        try (InputStream in = PolicyReader.class.getResourceAsStream(DEFINITION)) {
            for (JsonNode version : new YAMLMapper().readTree(in).at("/spec/versions")) {
                if (version.path("name").asText().equals(PredictiveAutoscaler.VERSION)) {
                    return version.at("/schema/openAPIV3Schema/properties/spec");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(DEFINITION, e);
        }
        throw new IllegalStateException(DEFINITION + " has no " + PredictiveAutoscaler.VERSION);
    }

    private static Policy policy(String namespace, PredictiveAutoscalerSpec spec) {
        return new Policy(
                namespace + "/" + spec.scaleTargetRef().name(),
                spec.minReplicas(),
                spec.maxReplicas(),
                spec.signals().stream().map(PolicyReader::signal).toList(),
                spec.forecast().enabled(),
                spec.forecast().quantile(),
                spec.mode() == Mode.SCALE ? Policy.Mode.SCALE : Policy.Mode.RECOMMEND,
                behavior(spec.behavior()));
    }

    private static Policy.Signal signal(Signal signal) {
        double target = number(signal.target().averageValue());
        return new Policy.Signal(
                signal.name(),
                target,
                signal.limit() == null
                        ? target * LIMIT_OVER_TARGET
                        : number(signal.limit().averageValue()));
    }

    private static Policy.Behavior behavior(Behavior behavior) {
        return new Policy.Behavior(
                direction(behavior == null ? null : behavior.scaleUp(), 0, UP_RATES),
                direction(behavior == null ? null : behavior.scaleDown(), DOWN_WINDOW, DOWN_RATES),
                TOLERANCE);
    }

    private static Policy.Direction direction(
            ScalingRules rules, double window, List<Policy.Rate> rates) {
        if (rules == null) {
            return new Policy.Direction(millis(window), rates);
        }
        Double given = rules.stabilizationWindowSeconds();
        return new Policy.Direction(
                millis(given == null ? window : given),
                rules.policies() == null
                        ? rates
                        : rules.policies().stream().map(PolicyReader::rate).toList(),
                switch (rules.selectPolicy()) {
                    case MAX -> Policy.Select.MAX;
                    case MIN -> Policy.Select.MIN;
                    case DISABLED -> Policy.Select.DISABLED;
                },
                rules.tolerance() == null ? Double.NaN : number(rules.tolerance()));
    }

    private static Policy.Rate rate(ScalingPolicy policy) {
        return new Policy.Rate(
                switch (policy.type()) {
                    case PODS -> Policy.Unit.PODS;
                    case PERCENT -> Policy.Unit.PERCENT;
                },
                policy.value(),
                // what is above 0 stays above 0
                Math.max(1, millis(policy.periodSeconds())));
    }

    private static long millis(double seconds) {
        return Math.round(seconds * 1_000);
    }

    private static double number(Quantity quantity) {
        return quantity.getNumericalAmount().doubleValue();
    }
}
