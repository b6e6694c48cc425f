package dev.sphere.local;

import dev.sphere.local.kubernetes.ClusterView;
import dev.sphere.local.kubernetes.EmbeddedKubernetes;
import dev.sphere.local.kubernetes.Kubelet;
import dev.sphere.local.kubernetes.PodRuntime;
import dev.sphere.local.kubernetes.StartUpTimes;
import dev.sphere.local.load.Address;
import dev.sphere.sockshop.Endpoints.Endpoint;
import dev.sphere.sockshop.ShopPod;
import dev.sphere.sockshop.ShopService;
import dev.sphere.sockshop.ShopStatistics;
import dev.sphere.sockshop.SockShop;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/** The Sock Shop stand-in on the embedded Kubernetes API: as many pods as the API says. */
final class DemoShop implements Demo {
    private final SockShop shop;
    private final EmbeddedKubernetes kubernetes;
    private final ClusterView view;
    private final Kubelet kubelet;

    private DemoShop(
            SockShop shop, EmbeddedKubernetes kubernetes, ClusterView view, Kubelet kubelet) {
        this.shop = shop;
        this.kubernetes = kubernetes;
        this.view = view;
        this.kubelet = kubelet;
    }

    /**
     * @param replicas that each service begins with, ready at once
     */
    static DemoShop open(LocalPlan plan, int port, ToIntFunction<ShopService> replicas) {
        var opened = new ArrayDeque<Runnable>();
        try {
            var shop = SockShop.open(plan.seed());
            opened.push(shop::close);
            var kubernetes = EmbeddedKubernetes.start(port);
            opened.push(kubernetes::close);
            var client = kubernetes.client();
            for (ShopService service : ShopService.values()) {
                deploy(client, service, replicas.applyAsInt(service));
            }
            var view = ClusterView.of(client, NAMESPACE);
            opened.push(view::close);
            var kubelet =
                    Kubelet.start(
                            client,
                            NAMESPACE,
                            new ShopRuntime(shop),
                            new StartUpTimes(plan.startUp(), LocalPlan.START_UP_SIGMA, plan.seed()),
                            Kubelet.InitialReplicas.READY_AT_ONCE,
                            plan.seed());
            return new DemoShop(shop, kubernetes, view, kubelet);
        } catch (RuntimeException e) {
            opened.forEach(Runnable::run);
            throw e;
        }
    }

    private static void deploy(KubernetesClient client, ShopService service, int replicas) {
        var labels = Map.of("app", service.id());
        client.resource(
                        new DeploymentBuilder()
                                .withNewMetadata()
                                .withName(service.id())
                                .withNamespace(NAMESPACE)
                                .withLabels(labels)
                                .endMetadata()
                                .withNewSpec()
                                .withReplicas(replicas)
                                .withNewSelector()
                                .withMatchLabels(labels)
                                .endSelector()
                                .withNewTemplate()
                                .withNewMetadata()
                                .withLabels(labels)
                                .endMetadata()
                                .withNewSpec()
                                .addNewContainer()
                                .withName(service.id())
                                .withImage("sphere/sock-shop-stand-in")
                                .endContainer()
                                .endSpec()
                                .endTemplate()
                                .endSpec()
                                .build())
                .create();
    }

    @Override
    public KubernetesClient client() {
        return kubernetes.client();
    }

    @Override
    public Path kubeconfig(Path folder) {
        var file = folder.resolve("kubeconfig");
        kubernetes.writeKubeconfig(file, NAMESPACE);
        return file;
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public Optional<ShopStatistics> statistics() {
        return Optional.of(shop.statistics());
    }

    @Override
    public Optional<Address> frontEnd() {
        return shop.endpoints().choose(ShopService.FRONT_END).map(DemoShop::address);
    }

    private static Address address(Endpoint endpoint) {
        return new Address(endpoint.host(), endpoint.port());
    }

    @Override
    public void close() {
        view.close();
        // Under load the pods would otherwise take their time, one drain for all.
        shop.hurry();
        kubelet.close();
        shop.close();
        kubernetes.close();
    }

    /** Pods as the kubelet wants them are replicas of the shop. */
    private record ShopRuntime(SockShop shop, Map<String, ShopPod> pods) implements PodRuntime {
        ShopRuntime(SockShop shop) {
            this(shop, new ConcurrentHashMap<>());
        }

        @Override
        public CompletionStage<Integer> start(String namespace, String deployment, String name) {
            return shop.start(ShopService.of(deployment), name, namespace)
                    .thenApply(
                            pod -> {
                                pods.put(name, pod);
                                return pod.port();
                            });
        }

        @Override
        public CompletionStage<Void> stop(String name) {
            pods.remove(name);
            return shop.stop(name);
        }

        @Override
        public void ready(String deployment, String name, int port) {
            var pod = pods.get(name);
            if (pod != null) {
                pod.ready();
            }
        }

        @Override
        public void unready(String deployment, String name) {
            shop.endpoints().gone(ShopService.of(deployment), name);
        }
    }
}
