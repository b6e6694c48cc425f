package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Limits in time, as in autoscaling/v2. */
public record Behavior(
        @JsonPropertyDescription(
                        "Limits of scaling up. Without policies: 4 Pods or 100 Percent in 15"
                                + " seconds, whichever is more.")
                ScalingRules scaleUp,
        @JsonPropertyDescription(
                        "Limits of scaling down. Without policies: 100 Percent in 15 seconds.")
                ScalingRules scaleDown) {}
