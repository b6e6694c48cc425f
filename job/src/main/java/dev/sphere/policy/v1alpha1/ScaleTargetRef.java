package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The workload that is scaled, in the namespace of the resource. */
@ValidationRule(
        value = "self.apiVersion == 'apps/v1' && self.kind == 'Deployment'",
        message = Messages.NO_DEPLOYMENT)
public record ScaleTargetRef(
        @Default("apps/v1")
                @Size(min = 1, max = 253)
                @JsonPropertyDescription("The API version of the target: apps/v1.")
                String apiVersion,
        @Required
                @Size(min = 1, max = 63)
                @JsonPropertyDescription("The kind of the target: Deployment.")
                String kind,
        @Required
                @Size(max = 253)
                @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
                @JsonPropertyDescription("The name of the target: a DNS name in lower case.")
                String name) {}
