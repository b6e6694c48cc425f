package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which of several policies counts. */
public enum PolicySelect {
    @JsonProperty("Max")
    MAX,
    @JsonProperty("Min")
    MIN,
    @JsonProperty("Disabled")
    DISABLED
}
