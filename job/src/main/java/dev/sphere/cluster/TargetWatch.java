package dev.sphere.cluster;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the Deployments that policies scale, one informer a namespace, and tells what changed of
 * them.
 *
 * <p>A target that is not there when its namespace was listed is told as not existing. While the
 * API cannot be reached, the last known states hold, and it is tried again for ever.
 */
public final class TargetWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TargetWatch.class);

    /** Hears what the watch learns, on the watch's threads. */
    public interface Listener {
        void seen(TargetState state);

        /** The API could not be listed or watched, or what it sent not be understood. */
        void failed(Throwable fault);
    }

    private final KubernetesClient client;
    private final Listener listener;
    private final Map<String, TargetState> told = new HashMap<>();
    private final List<SharedIndexInformer<Deployment>> informers = new ArrayList<>();

    private TargetWatch(KubernetesClient client, Listener listener) {
        this.client = client;
        this.listener = listener;
    }

    /**
     * Begins to watch; returns at once.
     *
     * @param client closed with the watch
     * @param services namespace/name of the Deployments
     */
    public static TargetWatch start(
            KubernetesClient client, Set<String> services, Listener listener) {
        TargetWatch watch = new TargetWatch(client, listener);
        Map<String, Set<String>> byNamespace = new TreeMap<>();
        for (String service : services) {
            String namespace = service.substring(0, service.indexOf('/'));
            byNamespace.computeIfAbsent(namespace, n -> new HashSet<>()).add(service);
        }
        byNamespace.forEach(watch::watch);
        return watch;
    }

    private void watch(String namespace, Set<String> services) {
        Namespace handler = new Namespace(namespace, services);
        SharedIndexInformer<Deployment> informer =
                client.apps().deployments().inNamespace(namespace).runnableInformer(0);
        informer.addEventHandler(handler);
        informer.exceptionHandler(
                (started, fault) -> {
                    handler.failed(fault);
                    return true;
                });
        informers.add(informer);
        informer.start();
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
        client.close();
    }

    private synchronized void tell(TargetState state) {
        if (!state.equals(told.put(state.service(), state))) {
            listener.seen(state);
        }
    }

    private synchronized boolean isTold(String service) {
        return told.containsKey(service);
    }

    private static String serviceOf(Deployment deployment) {
        return deployment.getMetadata().getNamespace() + "/" + deployment.getMetadata().getName();
    }

    /** What the informer of one namespace hears. */
    private final class Namespace implements ResourceEventHandler<Deployment> {
        private final String name;
        private final Set<String> services;
        private String fault = "";

        Namespace(String name, Set<String> services) {
            this.name = name;
            this.services = services;
        }

        /** One warning for a fault that stays the same, however often it is met. */
        synchronized void failed(Throwable failure) {
            listener.failed(failure);
            String now = words(failure);
            if (!now.equals(fault)) {
                fault = now;
                LOG.warn(
                        "Deployments of namespace {} cannot be watched ({}); the last known"
                                + " states hold, trying again",
                        name,
                        now);
            }
        }

        private static String words(Throwable failure) {
            Throwable cause = failure;
            while (cause.getCause() != null) {
                if (cause instanceof KubernetesClientException answer && answer.getCode() != 0) {
                    break;
                }
                cause = cause.getCause();
            }
            return cause.getClass().getSimpleName() + ": " + cause.getMessage();
        }

        private synchronized void answered() {
            if (!fault.isEmpty()) {
                fault = "";
                LOG.info("Deployments of namespace {} are watched again", name);
            }
        }

        @Override
        public void onAdd(Deployment deployment) {
            onState(deployment);
        }

        @Override
        public void onUpdate(Deployment before, Deployment deployment) {
            onState(deployment);
        }

        @Override
        public void onDelete(Deployment deployment, boolean lastStateUnknown) {
            if (services.contains(serviceOf(deployment))) {
                tell(missing(serviceOf(deployment)));
            }
        }

        @Override
        public void onList(String resourceVersion, boolean remainedEmpty) {
            answered();
            for (String service : services) {
                if (!isTold(service)) {
                    tell(missing(service));
                }
            }
        }

        private void onState(Deployment deployment) {
            if (!services.contains(serviceOf(deployment))) {
                return;
            }
            Integer replicas = deployment.getSpec().getReplicas();
            Integer ready =
                    deployment.getStatus() == null
                            ? null
                            : deployment.getStatus().getReadyReplicas();
            tell(
                    new TargetState(
                            serviceOf(deployment),
                            true,
                            // the API server's default
                            replicas == null ? 1 : replicas,
                            ready == null ? 0 : ready,
                            deployment.getMetadata().getResourceVersion()));
        }

        private TargetState missing(String service) {
            return new TargetState(service, false, 0, 0, "");
        }
    }
}
