package dev.sphere.bridge;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the scraper's targets what Kubernetes says: annotated pods that run and are not leaving.
 */
final class PodTargets implements AutoCloseable {
    static final String SCRAPE = "prometheus.io/scrape";
    static final String PORT = "prometheus.io/port";
    static final String PATH = "prometheus.io/path";

    /** A name of RFC 1123, as the job expects of a service. */
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private static final String ALL_NAMESPACES = "*";
    private static final Logger LOG = LoggerFactory.getLogger(PodTargets.class);

    private final KubernetesClient client;
    private final BridgeConfig.Pods config;
    private final Scraper scraper;
    private final BridgeMetrics metrics;
    private final List<SharedIndexInformer<Pod>> informers = new ArrayList<>();

    /** UIDs of pods that ask to be scraped but do not say how; told once each. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    PodTargets(
            KubernetesClient client,
            BridgeConfig.Pods config,
            Scraper scraper,
            BridgeMetrics metrics) {
        this.client = client;
        this.config = config;
        this.scraper = scraper;
        this.metrics = metrics;
    }

    void start() {
        boolean all = config.namespaces().contains(ALL_NAMESPACES);
        for (String namespace : all ? List.of(ALL_NAMESPACES) : config.namespaces()) {
            SharedIndexInformer<Pod> informer =
                    all
                            ? client.pods().inAnyNamespace().runnableInformer(0)
                            : client.pods().inNamespace(namespace).runnableInformer(0);
            var changes = new Changes(namespace);
            informer.addEventHandler(changes);
            informer.exceptionHandler(
                    (started, failure) -> {
                        changes.failed(failure);
                        return true;
                    });
            informers.add(informer);
            informer.start();
        }
    }

    boolean hasSynced() {
        return informers.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
    }

    /** What happens in one namespace; each fault is told once, not at each retry. */
    private final class Changes implements ResourceEventHandler<Pod> {
        private final String namespace;
        private final AtomicReference<String> told = new AtomicReference<>();

        Changes(String namespace) {
            this.namespace = namespace;
        }

        void failed(Throwable failure) {
            metrics.podWatchFaults.inc();
            String fault = failure.toString();
            if (!fault.equals(told.getAndSet(fault))) {
                LOG.warn("pods of {} cannot be watched, trying again: {}", namespace, fault);
            }
        }

        @Override
        public void onAdd(Pod pod) {
            told.set(null);
            consider(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            told.set(null);
            consider(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean finalStateUnknown) {
            told.set(null);
            scraper.remove(pod.getMetadata().getUid());
            refused.remove(pod.getMetadata().getUid());
        }
    }

    private void consider(Pod pod) {
        String uid = pod.getMetadata().getUid();
        Target target = isScraped(pod) ? targetOf(pod) : null;
        if (target == null) {
            scraper.remove(uid);
        } else {
            scraper.put(target);
        }
    }

    private static boolean isScraped(Pod pod) {
        return "true".equals(annotations(pod).get(SCRAPE))
                && pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && "Running".equals(pod.getStatus().getPhase())
                && pod.getStatus().getPodIP() != null
                && !pod.getStatus().getPodIP().isEmpty();
    }

    private static Map<String, String> annotations(Pod pod) {
        var annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    private Target targetOf(Pod pod) {
        var metadata = pod.getMetadata();
        String name =
                metadata.getLabels() == null
                        ? null
                        : metadata.getLabels().get(config.serviceLabel());
        if (name == null || name.isEmpty()) {
            return refuse(
                    pod,
                    "label " + config.serviceLabel() + ": missing, expected the service's name");
        }
        if (!NAME.matcher(name).matches()) {
            return refuse(
                    pod,
                    "label %s: %s, expected a name in lower case letters, digits and '-'"
                            .formatted(config.serviceLabel(), name));
        }
        int port = port(pod);
        if (port < 0) {
            return refuse(
                    pod,
                    "annotation %s: %s, expected a number from 1 to 65535"
                            .formatted(PORT, annotations(pod).get(PORT)));
        }
        String path = annotations(pod).getOrDefault(PATH, "/metrics");
        try {
            String host = pod.getStatus().getPodIP();
            String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
            var url = new URI("http://" + authority + (path.startsWith("/") ? path : "/" + path));
            if (url.getHost() == null) {
                return refuse(pod, "status.podIP: " + host + ", expected an IP address");
            }
            return new Target(
                    metadata.getUid(),
                    metadata.getNamespace() + "/" + name,
                    metadata.getName(),
                    url,
                    startTime(pod));
        } catch (URISyntaxException e) {
            return refuse(pod, "annotation %s: %s, expected a path".formatted(PATH, path));
        }
    }

    private Target refuse(Pod pod, String why) {
        if (refused.add(pod.getMetadata().getUid())) {
            metrics.targetsRefused.inc();
            LOG.warn(
                    "pod {}/{} is not scraped: {}",
                    pod.getMetadata().getNamespace(),
                    pod.getMetadata().getName(),
                    why);
        }
        return null;
    }

    /** The annotation's, else the only one that the containers declare; -1 if there is none. */
    private static int port(Pod pod) {
        String text = annotations(pod).get(PORT);
        if (text != null) {
            int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
            return port >= 1 && port <= 65535 ? port : -1;
        }
        var declared =
                pod.getSpec().getContainers().stream()
                        .flatMap(container -> container.getPorts().stream())
                        .map(ContainerPort::getContainerPort)
                        .distinct()
                        .toList();
        return declared.size() == 1 ? declared.get(0) : -1;
    }

    private static long startTime(Pod pod) {
        String text = pod.getStatus().getStartTime();
        if (text == null) {
            return 0;
        }
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            LOG.debug("start time {} of pod {} ignored", text, pod.getMetadata().getName(), e);
            return 0;
        }
    }
}
