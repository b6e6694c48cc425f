package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A measure of load, and how much of it a replica gets. */
@ValidationRule(
        value =
                "!has(self.limit) || quantity(string(self.limit.averageValue)).compareTo("
                        + "quantity(string(self.target.averageValue))) >= 0",
        fieldPath = ".limit",
        message = Messages.LIMIT_BELOW_TARGET)
public record Signal(
        @Required
                @Size(max = 63)
                @Pattern("^[a-z][a-z0-9_-]*$")
                @JsonPropertyDescription("The name of a signal, such as requests or cpu.")
                String name,
        @Required
                @JsonPropertyDescription(
                        "What the HorizontalPodAutoscaler would aim at: so much load per replica"
                                + " there is while the forecast is not used.")
                SignalTarget target,
        @JsonPropertyDescription(
                        "The most load that a replica may take: the forecast is kept under it."
                                + " Without it: the target times 0.9/0.7.")
                SignalLimit limit) {}
