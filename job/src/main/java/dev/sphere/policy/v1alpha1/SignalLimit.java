package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Quantity;

/** The most load that a replica may take, in what its target is given in. */
public record SignalLimit(
        @Required
                @JsonPropertyDescription(
                        "Load per replica: a quantity such as 50, \"45.5\" or 650m.")
                Quantity averageValue) {}
