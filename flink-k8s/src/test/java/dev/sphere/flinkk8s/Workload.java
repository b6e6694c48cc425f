package dev.sphere.flinkk8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pods that a manifest makes.
 *
 * @param serviceAccounts the accounts that they run as; empty if they get no token
 */
record Workload(
        String name, Map<String, String> labels, Set<String> serviceAccounts, PodTemplateSpec pod) {

    static List<Workload> all() {
        List<Workload> workloads = new ArrayList<>();
        for (Manifest manifest : Manifest.all()) {
            JsonNode spec = manifest.tree().path("spec");
            switch (manifest.kind()) {
                case "Deployment", "StatefulSet", "Job" -> {
                    var pod = pod(spec.path("template"));
                    boolean token =
                            !Boolean.FALSE.equals(pod.getSpec().getAutomountServiceAccountToken());
                    var account = pod.getSpec().getServiceAccountName();
                    workloads.add(
                            new Workload(
                                    manifest.name(),
                                    pod.getMetadata().getLabels(),
                                    token
                                            ? Set.of(account == null ? "default" : account)
                                            : Set.of(),
                                    pod));
                }
                case "FlinkDeployment" -> {
                    var pod = pod(spec.path("podTemplate"));
                    workloads.add(
                            new Workload(
                                    manifest.name(),
                                    pod.getMetadata().getLabels(),
                                    Set.of(
                                            spec.path("serviceAccount").asText(),
                                            spec.path("flinkConfiguration")
                                                    .path("kubernetes.taskmanager.service-account")
                                                    .asText()),
                                    pod));
                }
                default -> {}
            }
        }
        return workloads;
    }

    private static PodTemplateSpec pod(JsonNode template) {
        try {
            return StrictModel.read(template, PodTemplateSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
