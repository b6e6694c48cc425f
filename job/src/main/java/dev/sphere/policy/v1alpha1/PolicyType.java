package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the value of a policy counts in. */
public enum PolicyType {
    @JsonProperty("Pods")
    PODS,
    @JsonProperty("Percent")
    PERCENT
}
