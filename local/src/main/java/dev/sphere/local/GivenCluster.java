package dev.sphere.local;

import dev.sphere.local.kubernetes.ClusterView;
import dev.sphere.local.load.Address;
import dev.sphere.sockshop.ShopStatistics;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A Sock Shop that runs in the cluster of a given kubeconfig. */
final class GivenCluster implements Demo {
    private final Path kubeconfig;
    private final KubernetesClient client;
    private final ClusterView view;
    private final Optional<Address> frontEnd;

    private GivenCluster(
            Path kubeconfig,
            KubernetesClient client,
            ClusterView view,
            Optional<Address> frontEnd) {
        this.kubeconfig = kubeconfig;
        this.client = client;
        this.view = view;
        this.frontEnd = frontEnd;
    }

    /**
     * @param frontEnd host:port of the front-end
     * @throws IllegalArgumentException if the file or the address cannot be read
     */
    static GivenCluster open(Path kubeconfig, String frontEnd) {
        if (!Files.isReadable(kubeconfig)) {
            throw new IllegalArgumentException(
                    "--kubeconfig: " + kubeconfig + ": expected a readable kubeconfig file");
        }
        var address = address(frontEnd);
        var client =
                new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                        .build();
        try {
            return new GivenCluster(
                    kubeconfig.toAbsolutePath(),
                    client,
                    ClusterView.of(client, NAMESPACE),
                    Optional.of(address));
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static Address address(String frontEnd) {
        int colon = frontEnd.lastIndexOf(':');
        try {
            return new Address(
                    frontEnd.substring(0, Math.max(0, colon)),
                    Integer.parseInt(frontEnd.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "--front-end: " + frontEnd + ": expected host:port", e);
        }
    }

    @Override
    public KubernetesClient client() {
        return client;
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public Path kubeconfig(Path folder) {
        return kubeconfig;
    }

    @Override
    public Optional<Address> frontEnd() {
        return frontEnd;
    }

    @Override
    public Optional<ShopStatistics> statistics() {
        return Optional.empty();
    }

    @Override
    public void close() {
        view.close();
        client.close();
    }
}
