package dev.sphere.local;

import dev.sphere.local.kubernetes.ClusterView;
import dev.sphere.local.load.Address;
import dev.sphere.sockshop.ShopStatistics;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Optional;

/** The system that is scaled, and the Kubernetes API that says how many replicas it has. */
interface Demo extends AutoCloseable {
    String NAMESPACE = "sock-shop";

    KubernetesClient client();

    ClusterView view();

    /** A kubeconfig of that API, written below the folder if there is none yet. */
    Path kubeconfig(Path folder);

    /** Where the next request to the front-end goes; empty while no replica is ready. */
    Optional<Address> frontEnd();

    /** How well the services answer; empty where that cannot be seen from here. */
    Optional<ShopStatistics> statistics();

    @Override
    void close();
}
