package dev.sphere.local.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentList;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stand-in for controller manager, scheduler and kubelet: makes pods of the deployments of one
 * namespace, starts and stops their processes, and keeps the statuses.
 *
 * <pre>
 *   deployment ─► Pending ──start-up time──► process starts ──it listens──► Running and Ready
 *   scale-down ─► unready (no more requests) ─► process stops ─► deleted
 * </pre>
 *
 * <p>Everything is decided in one thread. What the API refuses is tried again at the next look at
 * all deployments, every few seconds, or sooner if anything happens.
 */
public final class Kubelet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Kubelet.class);
    private static final Duration CLOSING = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int CREATE_ATTEMPTS = 5;
    // As Kubernetes names pods: no vowels, so that no words come out.
    private static final String NAME_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final String namespace;
    private final PodRuntime runtime;
    private final StartUpTimes startUpTimes;
    private final ScheduledExecutorService loop;
    private final Map<String, Workload> workloads = new HashMap<>();
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private final Set<String> readyAtOnce = new HashSet<>();
    private final long seed;
    private final Map<String, SplittableRandom> suffixes = new HashMap<>();
    private final AtomicLong failures = new AtomicLong();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private boolean closed;

    /** Which pods are there at once. */
    public enum InitialReplicas {
        /** Those of deployments that are there before the kubelet starts are ready at once. */
        READY_AT_ONCE,
        /** All pods take their start-up time. */
        START_UP
    }

    private static final class Workload {
        private Deployment deployment;
        private DeploymentStatus told;

        Workload(Deployment deployment) {
            this.deployment = deployment;
        }
    }

    private enum Phase {
        PENDING,
        STARTING,
        READY,
        ENDING
    }

    private static final class Process {
        private final String name;
        private final String deployment;
        private final Instant created;
        private Phase phase = Phase.PENDING;
        private Instant readySince;
        private Future<?> timer;
        private boolean started;
        private boolean deleted;

        Process(String name, String deployment, Instant created) {
            this.name = name;
            this.deployment = deployment;
            this.created = created;
        }
    }

    private Kubelet(
            KubernetesClient client,
            String namespace,
            PodRuntime runtime,
            StartUpTimes startUpTimes,
            long seed) {
        this.client = client;
        this.namespace = namespace;
        this.runtime = runtime;
        this.startUpTimes = startUpTimes;
        this.seed = seed;
        this.loop =
                Executors.newSingleThreadScheduledExecutor(
                        task -> {
                            var thread = new Thread(task, "kubelet-" + namespace);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Starts to make pods. Pods that an earlier kubelet left behind are deleted: they have no
     * process.
     *
     * @param client is used from now on, and not closed
     * @param seed of the pods' names: each deployment has the same ones in the same order
     */
    public static Kubelet start(
            KubernetesClient client,
            String namespace,
            PodRuntime runtime,
            StartUpTimes startUpTimes,
            InitialReplicas initial,
            long seed) {
        var kubelet = new Kubelet(client, namespace, runtime, startUpTimes, seed);
        try {
            kubelet.begin(initial);
        } catch (RuntimeException e) {
            kubelet.close();
            throw e;
        }
        return kubelet;
    }

    /** How many calls of the API or of the runtime have failed; each was tried again. */
    public long failures() {
        return failures.get();
    }

    /** Stops all processes; the API's objects stay as they are. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        informers.forEach(SharedIndexInformer::close);
        try {
            loop.submit(this::stopAll)
                    .get(CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Not all processes of {} have stopped in order", namespace, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.shutdownNow();
    }

    private void begin(InitialReplicas initial) {
        for (var pod : client.pods().inNamespace(namespace).list().getItems()) {
            if (isOfDeployment(pod)) {
                client.resource(pod).withGracePeriod(0).delete();
            }
        }
        if (initial == InitialReplicas.READY_AT_ONCE) {
            for (var deployment : deployments().list().getItems()) {
                readyAtOnce.add(deployment.getMetadata().getName());
            }
        }
        informers.add(deployments().inform(handler(this::seen, this::gone)));
        informers.add(
                client.pods()
                        .inNamespace(namespace)
                        .inform(handler(this::seen, pod -> deleted(pod.getMetadata().getName()))));
        loop.scheduleWithFixedDelay(
                guarded("look at all deployments", this::look),
                LOOK.toMillis(),
                LOOK.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private NonNamespaceOperation<Deployment, DeploymentList, RollableScalableResource<Deployment>>
            deployments() {
        return client.apps().deployments().inNamespace(namespace);
    }

    private static boolean isOfDeployment(Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getKind().equals("Deployment"));
    }

    // --- what the API tells ---

    private <T extends HasMetadata> ResourceEventHandler<T> handler(
            Consumer<T> present, Consumer<T> absent) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                onLoop("see " + object.getMetadata().getName(), () -> present.accept(object));
            }

            @Override
            public void onUpdate(T before, T now) {
                onLoop("see " + now.getMetadata().getName(), () -> present.accept(now));
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                onLoop("miss " + object.getMetadata().getName(), () -> absent.accept(object));
            }
        };
    }

    private void seen(Deployment deployment) {
        var name = deployment.getMetadata().getName();
        var workload = workloads.computeIfAbsent(name, n -> new Workload(deployment));
        workload.deployment = deployment;
        reconcile(workload);
        readyAtOnce.remove(name);
    }

    private void gone(Deployment deployment) {
        var name = deployment.getMetadata().getName();
        workloads.remove(name);
        live(name).forEach(this::end);
    }

    /** Someone asked for the pod's end; with a kubelet to wait for, that does not delete it. */
    private void seen(Pod pod) {
        var process = processes.get(pod.getMetadata().getName());
        if (pod.getMetadata().getDeletionTimestamp() != null
                && process != null
                && process.phase != Phase.ENDING) {
            LOG.info("Pod {} is to end", process.name);
            end(process);
            reconcile(process.deployment);
        }
    }

    /** Someone deleted the pod, or it is us who did. */
    private void deleted(String pod) {
        var process = processes.get(pod);
        if (process == null) {
            return;
        }
        process.deleted = true;
        if (process.phase != Phase.ENDING) {
            LOG.info("Pod {} was deleted", pod);
            end(process);
            reconcile(process.deployment);
        }
    }

    // Events may be missed while a watch is down; and what failed is tried again.
    private void look() {
        var present = new HashMap<String, Deployment>();
        deployments().list().getItems().forEach(d -> present.put(d.getMetadata().getName(), d));
        List.copyOf(workloads.keySet()).stream()
                .filter(name -> !present.containsKey(name))
                .forEach(name -> gone(workloads.get(name).deployment));
        var pods = new HashSet<String>();
        client.pods()
                .inNamespace(namespace)
                .list()
                .getItems()
                .forEach(pod -> pods.add(pod.getMetadata().getName()));
        List.copyOf(processes.keySet()).stream()
                .filter(name -> !pods.contains(name))
                .forEach(this::deleted);
        present.values().forEach(this::seen);
    }

    // --- from replicas to pods ---

    private void reconcile(String deployment) {
        var workload = workloads.get(deployment);
        if (workload != null) {
            reconcile(workload);
        }
    }

    private void reconcile(Workload workload) {
        var name = workload.deployment.getMetadata().getName();
        var desired = Objects.requireNonNullElse(workload.deployment.getSpec().getReplicas(), 1);
        var live = live(name);
        for (int missing = desired - live.size(); missing > 0; missing--) {
            create(workload.deployment);
        }
        live.stream()
                .sorted(LEAST_MISSED_FIRST)
                .limit(Math.max(0, live.size() - desired))
                .forEach(this::end);
        tellStatus(workload);
    }

    private List<Process> live(String deployment) {
        return processes.values().stream()
                .filter(p -> p.deployment.equals(deployment) && p.phase != Phase.ENDING)
                .toList();
    }

    /** As Kubernetes chooses: not running, not ready, ready for the shortest, newest. */
    private static final Comparator<Process> LEAST_MISSED_FIRST =
            Comparator.<Process, Phase>comparing(p -> p.phase)
                    .thenComparing(
                            p -> p.readySince,
                            Comparator.nullsFirst(Comparator.<Instant>reverseOrder()))
                    .thenComparing(p -> p.created, Comparator.reverseOrder());

    private void create(Deployment deployment) {
        var owner = deployment.getMetadata().getName();
        for (int attempt = 1; ; attempt++) {
            var name = owner + "-" + suffix(owner);
            try {
                client.pods().inNamespace(namespace).resource(pod(deployment, name)).create();
                begin(new Process(name, owner, Instant.now()));
                return;
            } catch (KubernetesClientException e) {
                // The name may be taken: the next one is another.
                if (e.getCode() != 409 || attempt == CREATE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void begin(Process process) {
        processes.put(process.name, process);
        var startUpTime =
                readyAtOnce.contains(process.deployment) ? Duration.ZERO : startUpTimes.next();
        startAfter(process, startUpTime);
    }

    private void startAfter(Process process, Duration startUpTime) {
        process.phase = Phase.PENDING;
        process.timer =
                loop.schedule(
                        guarded("start " + process.name, () -> startProcess(process)),
                        startUpTime.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private void startProcess(Process process) {
        if (process.phase != Phase.PENDING) {
            return;
        }
        process.phase = Phase.STARTING;
        process.started = true;
        var startTime = Instant.now();
        stage(() -> runtime.start(namespace, process.deployment, process.name))
                .whenComplete(
                        (port, failure) ->
                                onLoop(
                                        "tell that " + process.name + " listens",
                                        () -> {
                                            if (failure == null) {
                                                listens(process, port, startTime);
                                            } else {
                                                failedToStart(process, failure);
                                            }
                                        }));
    }

    private void listens(Process process, int port, Instant startTime) {
        if (process.phase == Phase.ENDING) {
            stopProcess(process);
            return;
        }
        try {
            tellReady(process, port, startTime);
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                process.deleted = true;
                process.phase = Phase.ENDING;
                stopProcess(process);
                reconcile(process.deployment);
                return;
            }
            failed("tell that " + process.name + " is ready", e);
            loop.schedule(
                    guarded(
                            "tell that " + process.name + " is ready",
                            () -> listens(process, port, startTime)),
                    1,
                    TimeUnit.SECONDS);
            return;
        }
        process.phase = Phase.READY;
        process.readySince = Instant.now();
        runtime.ready(process.deployment, process.name, port);
        tellStatus(process.deployment);
    }

    private void failedToStart(Process process, Throwable failure) {
        failed("start the process of " + process.name, failure);
        if (process.phase == Phase.ENDING) {
            process.started = false;
            stopProcess(process);
        } else {
            process.started = false;
            // Never at once: a process that cannot start must not keep the loop busy.
            var again = startUpTimes.next().plusSeconds(1);
            startAfter(process, again);
        }
    }

    // --- the end of a pod ---

    private void end(Process process) {
        var before = process.phase;
        process.phase = Phase.ENDING;
        process.timer.cancel(false);
        switch (before) {
            case READY -> {
                runtime.unready(process.deployment, process.name);
                if (!process.deleted) {
                    attempt(
                            "tell that " + process.name + " is unready",
                            () -> patchStatus(pod(process.name), notReady()));
                }
                stopProcess(process);
            }
            case PENDING -> stopProcess(process);
            case STARTING, ENDING -> LOG.debug("Pod {} ends when it has started", process.name);
        }
    }

    private void stopProcess(Process process) {
        var stopped =
                process.started
                        ? stage(() -> runtime.stop(process.name))
                        : CompletableFuture.<Void>completedFuture(null);
        stopped.whenComplete(
                (nothing, failure) ->
                        onLoop(
                                "delete " + process.name,
                                () -> {
                                    if (failure != null) {
                                        failed("stop the process of " + process.name, failure);
                                    }
                                    delete(process);
                                }));
    }

    private void delete(Process process) {
        if (!process.deleted) {
            // Its grace was our stopping it: a kubelet says so, and only then the pod goes.
            pod(process.name).withGracePeriod(0).delete();
        }
        processes.remove(process.name);
    }

    private CompletableFuture<Void> stopAll() {
        var stops = new ArrayList<CompletableFuture<Void>>();
        for (var process : processes.values()) {
            process.timer.cancel(false);
            if (process.phase == Phase.READY) {
                attempt(
                        "unready " + process.name,
                        () -> runtime.unready(process.deployment, process.name));
            }
            if (process.started && process.phase != Phase.ENDING) {
                stops.add(stage(() -> runtime.stop(process.name)).toCompletableFuture());
            }
            process.phase = Phase.ENDING;
        }
        return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
    }

    // --- what the API is told ---

    private Resource<Pod> pod(String name) {
        return client.pods().inNamespace(namespace).withName(name);
    }

    private static <T> void patchStatus(Resource<T> resource, Object status) {
        // A merge patch of the status alone: nobody else writes it, so that no conflict can be.
        resource.subresource("status").patch(MERGE, Serialization.asJson(Map.of("status", status)));
    }

    private void tellReady(Process process, int port, Instant startTime) {
        PodStatus running =
                new PodStatusBuilder()
                        .withPhase("Running")
                        .withHostIP("127.0.0.1")
                        .withPodIP("127.0.0.1")
                        // Milliseconds, where Kubernetes has seconds: here they count.
                        .withStartTime(startTime.truncatedTo(ChronoUnit.MILLIS).toString())
                        .withConditions(
                                condition("PodScheduled", true, null),
                                condition("ContainersReady", true, null),
                                condition("Ready", true, null))
                        .build();
        // First: who sees a running pod finds its port.
        pod(process.name)
                .patch(
                        MERGE,
                        Serialization.asJson(
                                Map.of(
                                        "metadata",
                                        Map.of(
                                                "annotations",
                                                Map.of(
                                                        "prometheus.io/port",
                                                        String.valueOf(port))))));
        patchStatus(pod(process.name), running);
    }

    private static PodStatus notReady() {
        return new PodStatusBuilder()
                .withConditions(
                        condition("PodScheduled", true, null),
                        condition("Ready", false, "Terminating"))
                .build();
    }

    private static PodCondition condition(String type, boolean holds, String reason) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(holds ? "True" : "False")
                .withReason(reason)
                .withLastTransitionTime(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .build();
    }

    private void tellStatus(String deployment) {
        var workload = workloads.get(deployment);
        if (workload != null) {
            tellStatus(workload);
        }
    }

    private void tellStatus(Workload workload) {
        var metadata = workload.deployment.getMetadata();
        var live = live(metadata.getName());
        int ready = (int) live.stream().filter(p -> p.phase == Phase.READY).count();
        var desired = Objects.requireNonNullElse(workload.deployment.getSpec().getReplicas(), 1);
        var status =
                new DeploymentStatusBuilder()
                        .withObservedGeneration(metadata.getGeneration())
                        .withReplicas(live.size())
                        .withUpdatedReplicas(live.size())
                        .withReadyReplicas(ready)
                        .withAvailableReplicas(ready)
                        .withUnavailableReplicas(live.size() - ready)
                        .addNewCondition()
                        .withType("Available")
                        .withStatus(ready >= desired ? "True" : "False")
                        .withReason(
                                ready >= desired
                                        ? "MinimumReplicasAvailable"
                                        : "MinimumReplicasUnavailable")
                        .endCondition()
                        .build();
        if (status.equals(workload.told)) {
            return;
        }
        try {
            patchStatus(deployments().withName(metadata.getName()), status);
            workload.told = status;
        } catch (KubernetesClientException e) {
            // A deployment that has just gone has no status; anything else is told at the next
            // look.
            if (e.getCode() != 404) {
                failed("tell the status of " + metadata.getName(), e);
            }
        }
    }

    private Pod pod(Deployment deployment, String name) {
        var template = deployment.getSpec().getTemplate();
        var given = template == null ? null : template.getMetadata();
        var labels = new LinkedHashMap<String, String>();
        var annotations = new LinkedHashMap<String, String>();
        annotations.put("prometheus.io/scrape", "true");
        annotations.put("prometheus.io/path", "/metrics");
        labelsAndAnnotations(given, labels, annotations);
        // The port is known when the process listens, whatever the template says.
        annotations.remove("prometheus.io/port");
        labels.putIfAbsent("app", deployment.getMetadata().getName());
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withLabels(labels)
                .withAnnotations(annotations)
                .withOwnerReferences(
                        new OwnerReferenceBuilder()
                                .withApiVersion("apps/v1")
                                .withKind("Deployment")
                                .withName(deployment.getMetadata().getName())
                                .withUid(deployment.getMetadata().getUid())
                                .withController(true)
                                .withBlockOwnerDeletion(true)
                                .build())
                .endMetadata()
                .withSpec(new PodSpecBuilder(specOf(template)).withNodeName("this-machine").build())
                .build();
    }

    private static void labelsAndAnnotations(
            ObjectMeta given, Map<String, String> labels, Map<String, String> annotations) {
        if (given != null && given.getLabels() != null) {
            labels.putAll(given.getLabels());
        }
        if (given != null && given.getAnnotations() != null) {
            annotations.putAll(given.getAnnotations());
        }
    }

    private static PodSpec specOf(PodTemplateSpec template) {
        return template == null || template.getSpec() == null ? new PodSpec() : template.getSpec();
    }

    // Of each deployment its own: what others do meanwhile does not change its pods' names.
    private String suffix(String deployment) {
        var random =
                suffixes.computeIfAbsent(
                        deployment, name -> new SplittableRandom(31 * seed + name.hashCode()));
        var suffix = new StringBuilder(5);
        while (suffix.length() < 5) {
            suffix.append(NAME_CHARACTERS.charAt(random.nextInt(NAME_CHARACTERS.length())));
        }
        return suffix.toString();
    }

    // --- the loop ---

    private void onLoop(String what, Runnable task) {
        try {
            loop.execute(guarded(what, task));
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed before it could {}", what);
        }
    }

    private Runnable guarded(String what, Runnable task) {
        return () -> attempt(what, task);
    }

    private void attempt(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // The API's or the runtime's own; without this the periodic look would end for good.
            failed(what, e);
        }
    }

    private void failed(String what, Throwable failure) {
        failures.incrementAndGet();
        var cause = failure instanceof CompletionException ? failure.getCause() : failure;
        LOG.warn("Could not {} in {}: {}", what, namespace, String.valueOf(cause));
        LOG.debug("The failure", cause);
    }

    /** A runtime that throws is one whose stage has failed. */
    private static <T> CompletionStage<T> stage(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
