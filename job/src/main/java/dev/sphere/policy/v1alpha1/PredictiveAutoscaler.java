package dev.sphere.policy.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.crd.generator.annotation.Labels;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** How one workload is to be scaled, as a person writes it into Kubernetes or a file. */
@Group(PredictiveAutoscaler.GROUP)
@Version(PredictiveAutoscaler.VERSION)
@ShortNames("pras")
@Labels("app.kubernetes.io/part-of=sphere")
@JsonClassDescription("How one workload is to be scaled, ahead of its load.")
@AdditionalPrinterColumn(
        name = "Target",
        type = Type.STRING,
        jsonPath = ".spec.scaleTargetRef.name")
@AdditionalPrinterColumn(name = "Mode", type = Type.STRING, jsonPath = ".spec.mode")
@AdditionalPrinterColumn(name = "Min", type = Type.INTEGER, jsonPath = ".spec.minReplicas")
@AdditionalPrinterColumn(name = "Max", type = Type.INTEGER, jsonPath = ".spec.maxReplicas")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
public final class PredictiveAutoscaler extends CustomResource<PredictiveAutoscalerSpec, Void>
        implements Namespaced {
    private static final long serialVersionUID = 1;

    public static final String GROUP = "autoscaling.sphere.dev";
    public static final String VERSION = "v1alpha1";

    @Required
    @Override
    public PredictiveAutoscalerSpec getSpec() {
        return super.getSpec();
    }
}
