package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/** How much may change in a period, as in autoscaling/v2. */
public record ScalingPolicy(
        @Required
                @JsonPropertyDescription(
                        "What value counts in: Pods, or Percent of the replicas at the start of"
                                + " the period.")
                PolicyType type,
        @Required @Min(1) @Max(Integer.MAX_VALUE) @JsonPropertyDescription("How much may change.")
                Integer value,
        @Required
                @Min(value = 0, inclusive = false)
                @Max(1800)
                @JsonPropertyDescription("In how many seconds; fractions are allowed.")
                Double periodSeconds) {}
