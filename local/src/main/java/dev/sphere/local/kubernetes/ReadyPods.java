package dev.sphere.local.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for scheduler and kubelet beside a {@link ControllerManager}: pods of one namespace are
 * said to run and to be ready after their start-up time; nothing runs in them.
 */
public final class ReadyPods implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadyPods.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final StartUpTimes startUpTimes;
    private final ScheduledExecutorService loop;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private SharedIndexInformer<Pod> informer;

    private ReadyPods(KubernetesClient client, String namespace, StartUpTimes startUpTimes) {
        this.client = client;
        this.startUpTimes = startUpTimes;
        this.loop =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            var thread = new Thread(task, "ready-pods-" + namespace);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Starts with the pods that are there, and those to come.
     *
     * @param client is used from now on, and not closed
     */
    public static ReadyPods start(
            KubernetesClient client, String namespace, StartUpTimes startUpTimes) {
        var pods = new ReadyPods(client, namespace, startUpTimes);
        try {
            pods.informer = client.pods().inNamespace(namespace).inform(pods.handler());
            return pods;
        } catch (RuntimeException e) {
            pods.close();
            throw e;
        }
    }

    /** Pods that are not ready by now stay so. */
    @Override
    public void close() {
        if (informer != null) {
            informer.close();
        }
        loop.shutdownNow();
    }

    private ResourceEventHandler<Pod> handler() {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                if (!Readiness.isPodReady(pod) && seen.add(pod.getMetadata().getUid())) {
                    readyAfter(startUpTimes.next(), pod);
                }
            }

            @Override
            public void onUpdate(Pod before, Pod now) {
                onAdd(now);
            }

            @Override
            public void onDelete(Pod pod, boolean unknown) {
                seen.remove(pod.getMetadata().getUid());
            }
        };
    }

    private void readyAfter(Duration time, Pod pod) {
        try {
            loop.schedule(() -> tellReady(pod), time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed before {} was ready", pod.getMetadata().getName());
        }
    }

    private void tellReady(Pod pod) {
        var metadata = pod.getMetadata();
        if (!seen.contains(metadata.getUid())) {
            return;
        }
        try {
            client.pods()
                    .inNamespace(metadata.getNamespace())
                    .withName(metadata.getName())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), ready());
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                LOG.info("Cannot tell yet that {} is ready: {}", metadata.getName(), e.toString());
                readyAfter(AGAIN, pod);
            }
        }
    }

    private static String ready() {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        var status = new PodStatusBuilder().withPhase("Running").withStartTime(now);
        for (var type : new String[] {"PodScheduled", "ContainersReady", "Ready"}) {
            status.addToConditions(
                    new PodConditionBuilder()
                            .withType(type)
                            .withStatus("True")
                            .withLastTransitionTime(now)
                            .build());
        }
        return Serialization.asJson(Map.of("status", status.build()));
    }
}
