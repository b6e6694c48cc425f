package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a decision. */
public enum Mode {
    @JsonProperty("Recommend")
    RECOMMEND,
    @JsonProperty("Scale")
    SCALE
}
