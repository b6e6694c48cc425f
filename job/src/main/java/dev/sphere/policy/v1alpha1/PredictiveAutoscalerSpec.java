package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What is wanted of a {@link PredictiveAutoscaler}. */
@ValidationRule(
        value = "!has(self.minReplicas) || self.maxReplicas >= self.minReplicas",
        fieldPath = ".maxReplicas",
        message = Messages.MAX_BELOW_MIN)
public record PredictiveAutoscalerSpec(
        @Required @JsonPropertyDescription("What is scaled.") ScaleTargetRef scaleTargetRef,
        @Min(1)
                @Max(PredictiveAutoscalerSpec.MOST_REPLICAS)
                @Default("1")
                @JsonPropertyDescription("The target never gets fewer replicas.")
                Integer minReplicas,
        @Required
                @Min(1)
                @Max(PredictiveAutoscalerSpec.MOST_REPLICAS)
                @JsonPropertyDescription("The target never gets more replicas.")
                Integer maxReplicas,
        @Default("Recommend")
                @JsonPropertyDescription(
                        "What becomes of a decision. Recommend: it is written down. Scale: it is"
                                + " written down and carried out.")
                Mode mode,
        @Required
                @Size(min = 1, max = 32)
                @JsonPropertyDescription(
                        "What the target's load is measured in. The signal that asks for the most"
                                + " replicas wins. If one is missing, the target may be scaled up"
                                + " but not down.")
                List<Signal> signals,
        @Default("{}") @JsonPropertyDescription("How forecasts are used.") ForecastSpec forecast,
        @JsonPropertyDescription("Limits in time, as in the behavior of autoscaling/v2.")
                Behavior behavior) {

    static final int MOST_REPLICAS = 1_000_000;
}
