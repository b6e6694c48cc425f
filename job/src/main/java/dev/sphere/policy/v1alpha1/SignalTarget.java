package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** The load that the HPA would give to a replica. */
@ValidationRule(
        value = "quantity(string(self.averageValue)).isGreaterThan(quantity('0'))",
        fieldPath = ".averageValue",
        message = Messages.NOT_POSITIVE)
public record SignalTarget(
        @Required
                @JsonPropertyDescription(
                        "What the target is given in. AverageValue: load per replica.")
                TargetType type,
        @Required
                @JsonPropertyDescription(
                        "Load per replica: a quantity such as 35, \"38.9\" or 500m.")
                Quantity averageValue) {}
