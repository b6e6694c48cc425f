package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a target is given in. */
public enum TargetType {
    /** load per replica */
    @JsonProperty("AverageValue")
    AVERAGE_VALUE
}
