package dev.sphere.local.kubernetes;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Desired and ready replicas of each deployment of a namespace, as the API tells them. */
public final class ClusterView implements AutoCloseable {
    private final Map<String, Replicas> deployments = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Deployment> informer;

    /** What a deployment shall have and has. */
    public record Replicas(int desired, int ready) {
        public static final Replicas NONE = new Replicas(0, 0);
    }

    private ClusterView(KubernetesClient client, String namespace) {
        informer =
                client.apps()
                        .deployments()
                        .inNamespace(namespace)
                        .inform(
                                new ResourceEventHandler<>() {
                                    @Override
                                    public void onAdd(Deployment deployment) {
                                        changed(deployment);
                                    }

                                    @Override
                                    public void onUpdate(Deployment before, Deployment now) {
                                        changed(now);
                                    }

                                    @Override
                                    public void onDelete(Deployment deployment, boolean unknown) {
                                        deployments.remove(deployment.getMetadata().getName());
                                    }
                                });
    }

    /** A view that has seen all deployments that there are now. */
    public static ClusterView of(KubernetesClient client, String namespace) {
        return new ClusterView(client, namespace);
    }

    /** The replicas of a deployment; none if there is no such deployment. */
    public Replicas replicas(String deployment) {
        return deployments.getOrDefault(deployment, Replicas.NONE);
    }

    /** All deployments by name. */
    public Map<String, Replicas> all() {
        return new TreeMap<>(deployments);
    }

    @Override
    public void close() {
        informer.close();
    }

    private void changed(Deployment deployment) {
        var name = deployment.getMetadata().getName();
        var desired = deployment.getSpec().getReplicas();
        var ready =
                deployment.getStatus() == null ? null : deployment.getStatus().getReadyReplicas();
        deployments.put(
                name, new Replicas(desired == null ? 1 : desired, ready == null ? 0 : ready));
    }
}
