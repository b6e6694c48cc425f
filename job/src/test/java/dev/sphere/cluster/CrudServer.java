package dev.sphere.cluster;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.util.HashMap;

/** A Kubernetes API that stores what it is sent, with Deployments of the namespace sock-shop. */
final class CrudServer implements AutoCloseable {
    private final KubernetesMockServer server =
            new KubernetesMockServer(
                    new Context(),
                    new MockWebServer(),
                    new HashMap<>(),
                    new KubernetesCrudDispatcher(),
                    false);
    private final KubernetesClient client;

    /**
     * @param port 0: a free one
     */
    CrudServer(int port) {
        server.init(InetAddress.getLoopbackAddress(), port);
        client = connection().client();
    }

    KubernetesConnection connection() {
        return KubernetesConnection.ofMaster(server.url("/"));
    }

    void create(String name, int replicas) {
        client.resource(deployment(name, replicas)).create();
    }

    void scale(String name, int replicas) {
        client.apps()
                .deployments()
                .inNamespace("sock-shop")
                .withName(name)
                .edit(
                        d ->
                                new DeploymentBuilder(d)
                                        .editSpec()
                                        .withReplicas(replicas)
                                        .endSpec()
                                        .build());
    }

    void ready(String name, int replicas) {
        client.apps()
                .deployments()
                .inNamespace("sock-shop")
                .withName(name)
                .editStatus(
                        d ->
                                new DeploymentBuilder(d)
                                        .editOrNewStatus()
                                        .withReadyReplicas(replicas)
                                        .endStatus()
                                        .build());
    }

    void delete(String name) {
        client.apps().deployments().inNamespace("sock-shop").withName(name).delete();
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }

    private static Deployment deployment(String name, int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("sock-shop")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .build();
    }
}
