package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** How forecasts are used. */
@ValidationRule(
        // of a whole number, as 0, the API server compares the bounds without their fractions
        value = "!has(self.quantile) || (self.quantile >= 0.05 && self.quantile <= 0.99)",
        fieldPath = ".quantile",
        message = Messages.NO_QUANTILE)
public record ForecastSpec(
        @Default("true")
                @JsonPropertyDescription(
                        "Whether the target is scaled ahead of its load. false: as the"
                                + " HorizontalPodAutoscaler does.")
                Boolean enabled,
        @Min(0.05)
                @Max(0.99)
                @Default("0.9")
                @JsonPropertyDescription(
                        "The quantile of the greatest load within the horizon that must fit under"
                                + " the limit.")
                Double quantile) {}
