package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/** Limits of one direction, as in autoscaling/v2. */
public record ScalingRules(
        @Min(0)
                @Max(3600)
                @JsonPropertyDescription(
                        "How long past recommendations count, in seconds; fractions are allowed."
                                + " Up takes the lowest of them, down the highest. Without it: up"
                                + " 0, down 300.")
                Double stabilizationWindowSeconds,
        @Default("Max")
                @JsonPropertyDescription(
                        "Which of the policies counts. Max: the one that allows the greatest"
                                + " change. Min: the one that allows the least. Disabled: none, the"
                                + " target is not scaled in this direction.")
                PolicySelect selectPolicy,
        @Size(min = 1, max = 16) @JsonPropertyDescription("How much may change in a period.")
                List<ScalingPolicy> policies,
        @JsonPropertyDescription(
                        "A ratio around 1 within which nothing changes: a quantity such as"
                                + " \"0.05\" or 50m. It counts while the forecast is not used."
                                + " Without it: 0.1.")
                Quantity tolerance) {}
