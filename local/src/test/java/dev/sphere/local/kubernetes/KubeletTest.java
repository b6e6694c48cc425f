package dev.sphere.local.kubernetes;

import static dev.sphere.local.kubernetes.Deployments.NAMESPACE;
import static dev.sphere.local.kubernetes.Deployments.deployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kubernetes.ClusterView.Replicas;
import dev.sphere.local.kubernetes.Kubelet.InitialReplicas;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final StartUpTimes SHORT = new StartUpTimes(Duration.ofMillis(100), 0.3, 42);
    private static final StartUpTimes NEVER = new StartUpTimes(Duration.ofHours(1), 0, 42);

    private final RecordingRuntime runtime = new RecordingRuntime();
    private long nextSeed = 1;
    private EmbeddedKubernetes kubernetes;
    private KubernetesClient client;
    private ClusterView view;

    @BeforeEach
    void startKubernetes() {
        kubernetes = EmbeddedKubernetes.start(0);
        client = kubernetes.client();
        view = ClusterView.of(client, NAMESPACE);
    }

    @AfterEach
    void stopKubernetes() {
        view.close();
        kubernetes.close();
    }

    @Test
    void makesPodsThatCanBeScrapedOnceTheyListen() {
        client.resource(deployment("front-end", 2)).create();
        try (var kubelet = start(SHORT, InitialReplicas.START_UP)) {
            awaitReplicas("front-end", new Replicas(2, 2));

            assertThat(pods("front-end")).hasSize(2).allSatisfy(readyPod());
            var status =
                    client.apps()
                            .deployments()
                            .inNamespace(NAMESPACE)
                            .withName("front-end")
                            .get()
                            .getStatus();
            assertThat(status.getReplicas()).isEqualTo(2);
            assertThat(status.getAvailableReplicas()).isEqualTo(2);
            assertThat(status.getUpdatedReplicas()).isEqualTo(2);
            assertThat(status.getObservedGeneration()).isEqualTo(1);
            assertThat(kubelet.failures()).isZero();
        }
    }

    private ThrowingConsumer<Pod> readyPod() {
        return pod -> {
            var metadata = pod.getMetadata();
            assertThat(metadata.getName()).matches("front-end-[a-z0-9]{5}");
            assertThat(metadata.getLabels()).containsEntry("app", "front-end");
            assertThat(metadata.getLabels()).containsEntry("tier", "web");
            assertThat(metadata.getOwnerReferences().get(0).getName()).isEqualTo("front-end");
            assertThat(metadata.getAnnotations())
                    .containsEntry("prometheus.io/scrape", "true")
                    .containsEntry("prometheus.io/path", "/metrics")
                    .containsEntry(
                            "prometheus.io/port",
                            String.valueOf(runtime.running.get(metadata.getName())));
            assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
            assertThat(pod.getStatus().getPodIP()).isEqualTo("127.0.0.1");
            assertThat(pod.getStatus().getStartTime()).isNotNull();
            assertThat(ready(pod)).isEqualTo("True");
        };
    }

    @Test
    void keepsPodsPendingForTheirStartUpTime() {
        client.resource(deployment("front-end", 2)).create();
        try (var kubelet = start(NEVER, InitialReplicas.START_UP)) {
            await().atMost(PATIENCE).until(() -> pods("front-end").size() == 2);

            assertThat(pods("front-end"))
                    .allMatch(pod -> pod.getStatus().getPhase().equals("Pending"));
            assertThat(runtime.events).isEmpty();
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void hasTheInitialReplicasReadyAtOnceAndLaterOnesNot() {
        client.resource(deployment("front-end", 2)).create();
        try (var kubelet = start(NEVER, InitialReplicas.READY_AT_ONCE)) {
            awaitReplicas("front-end", new Replicas(2, 2));

            scale("front-end", 3);

            await().atMost(PATIENCE).until(() -> pods("front-end").size() == 3);
            awaitReplicas("front-end", new Replicas(3, 2));
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void takesAwayPodsThatAreNotReadyFirst() {
        client.resource(deployment("front-end", 2)).create();
        try (var kubelet = start(NEVER, InitialReplicas.READY_AT_ONCE)) {
            awaitReplicas("front-end", new Replicas(2, 2));
            var ready = names("front-end");
            scale("front-end", 4);
            await().atMost(PATIENCE).until(() -> pods("front-end").size() == 4);

            scale("front-end", 2);

            await().atMost(PATIENCE).until(() -> names("front-end").equals(ready));
            assertThat(runtime.events).noneMatch(event -> event.startsWith("stop"));
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void takesPodsOutOfTheEndpointsBeforeItStopsAndDeletesThem() {
        client.resource(deployment("front-end", 2)).create();
        try (var kubelet = start(SHORT, InitialReplicas.READY_AT_ONCE)) {
            awaitReplicas("front-end", new Replicas(2, 2));
            scale("front-end", 3);
            awaitReplicas("front-end", new Replicas(3, 3));
            var newest = runtime.events.get(runtime.events.size() - 1).substring("ready ".length());

            scale("front-end", 2);

            awaitReplicas("front-end", new Replicas(2, 2));
            await().atMost(PATIENCE).until(() -> pods("front-end").size() == 2);
            assertThat(runtime.events).endsWith("unready " + newest, "stop " + newest);
            assertThat(names("front-end")).doesNotContain(newest);
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void replacesAPodThatSomebodyDeleted() {
        client.resource(deployment("front-end", 2)).create();
        try (var kubelet = start(SHORT, InitialReplicas.READY_AT_ONCE)) {
            awaitReplicas("front-end", new Replicas(2, 2));
            var victim = pods("front-end").get(0).getMetadata().getName();

            client.pods().inNamespace(NAMESPACE).withName(victim).delete();

            await().atMost(PATIENCE).until(() -> runtime.events.contains("stop " + victim));
            await().atMost(PATIENCE).until(() -> runtime.running.size() == 2);
            awaitReplicas("front-end", new Replicas(2, 2));
            assertThat(names("front-end")).hasSize(2).doesNotContain(victim);
            assertThat(runtime.events).containsSubsequence("unready " + victim, "stop " + victim);
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void endsAllPodsOfADeploymentThatIsDeletedOrScaledToZero() {
        client.resource(deployment("front-end", 2)).create();
        client.resource(deployment("carts", 2)).create();
        try (var kubelet = start(SHORT, InitialReplicas.READY_AT_ONCE)) {
            awaitReplicas("front-end", new Replicas(2, 2));
            awaitReplicas("carts", new Replicas(2, 2));

            scale("carts", 0);
            client.apps().deployments().inNamespace(NAMESPACE).withName("front-end").delete();

            await().atMost(PATIENCE).until(() -> runtime.running.isEmpty());
            await().atMost(PATIENCE)
                    .until(() -> client.pods().inNamespace(NAMESPACE).list().getItems().isEmpty());
            awaitReplicas("carts", Replicas.NONE);
            assertThat(view.all()).containsOnlyKeys("carts");
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void triesAgainWhenAProcessDoesNotStart() {
        runtime.startsThatFail.set(1);
        client.resource(deployment("front-end", 1)).create();
        try (var kubelet = start(SHORT, InitialReplicas.START_UP)) {
            awaitReplicas("front-end", new Replicas(1, 1));

            assertThat(kubelet.failures()).isEqualTo(1);
            assertThat(runtime.running).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void endsWithTheDesiredReplicasAfterManyScales(long seed) {
        var random = new SplittableRandom(seed);
        client.resource(deployment("front-end", 3)).create();
        try (var kubelet =
                start(new StartUpTimes(Duration.ofMillis(30), 1, seed), InitialReplicas.START_UP)) {
            int replicas = 0;
            for (int i = 0; i < 30; i++) {
                replicas = random.nextInt(9);
                scale("front-end", replicas);
            }

            awaitReplicas("front-end", new Replicas(replicas, replicas));
            int expected = replicas;
            // The same numbers may have been seen on the way.
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                var names = names("front-end");
                                assertThat(names).hasSize(expected);
                                assertThat(runtime.running.keySet()).isEqualTo(names);
                            });
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void deletesThePodsThatAnEarlierKubeletLeft() {
        client.resource(deployment("front-end", 1)).create();
        runUntilReady(nextSeed++, "front-end", 1);
        client.resource(
                        new PodBuilder()
                                .withNewMetadata()
                                .withName("somebody-elses")
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .build())
                .create();
        var left = names("front-end");

        try (var kubelet = start(SHORT, InitialReplicas.READY_AT_ONCE)) {
            await().atMost(PATIENCE)
                    .until(() -> pods("front-end").size() == 1 && !runtime.running.isEmpty());

            assertThat(names("front-end")).doesNotContainAnyElementsOf(left);
            assertThat(client.pods().inNamespace(NAMESPACE).withName("somebody-elses").get())
                    .isNotNull();
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void stopsAllProcessesWhenItCloses() {
        client.resource(deployment("front-end", 3)).create();
        var kubelet = start(SHORT, InitialReplicas.READY_AT_ONCE);
        awaitReplicas("front-end", new Replicas(3, 3));

        kubelet.close();
        kubelet.close();

        assertThat(runtime.running).isEmpty();
        assertThat(runtime.events).filteredOn(event -> event.startsWith("unready")).hasSize(3);
        await().atMost(PATIENCE)
                .until(
                        () ->
                                Thread.getAllStackTraces().keySet().stream()
                                        .map(Thread::getName)
                                        .noneMatch(("kubelet-" + NAMESPACE)::equals));
    }

    @Test
    void namesThePodsOfADeploymentAloneByTheSeed() {
        client.resource(deployment("front-end", 3)).create();
        runUntilReady(7, "front-end", 3);
        var first = names("front-end");
        client.resource(deployment("carts", 3)).create();

        runUntilReady(7, "front-end", 3);
        var again = names("front-end");
        runUntilReady(8, "front-end", 3);

        assertThat(first).hasSize(3).isEqualTo(again);
        assertThat(names("front-end")).hasSize(3).doesNotContainAnyElementsOf(first);
    }

    @Test
    void isSeenByAView() {
        assertThat(view.replicas("front-end")).isEqualTo(Replicas.NONE);
        client.resource(deployment("front-end", 1)).create();
        try (var kubelet = start(NEVER, InitialReplicas.READY_AT_ONCE)) {
            awaitReplicas("front-end", new Replicas(1, 1));

            scale("front-end", 2);

            awaitReplicas("front-end", new Replicas(2, 1));
            assertThat(kubelet.failures()).isZero();
        }
    }

    private Kubelet start(StartUpTimes times, InitialReplicas initial) {
        return start(times, initial, nextSeed++);
    }

    private Kubelet start(StartUpTimes times, InitialReplicas initial, long seed) {
        return Kubelet.start(client, NAMESPACE, runtime, times, initial, seed);
    }

    /** An earlier kubelet, that has made the pods before it closes. */
    private void runUntilReady(long seed, String deployment, int replicas) {
        runtime.events.clear();
        try (var kubelet = start(SHORT, InitialReplicas.READY_AT_ONCE, seed)) {
            var ready = "ready " + deployment;
            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    runtime.events.stream()
                                                    .filter(event -> event.startsWith(ready))
                                                    .count()
                                            == replicas);
            assertThat(kubelet.failures()).isZero();
        }
    }

    private void scale(String deployment, int replicas) {
        client.apps().deployments().inNamespace(NAMESPACE).withName(deployment).scale(replicas);
    }

    private void awaitReplicas(String deployment, Replicas replicas) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(view.replicas(deployment)).isEqualTo(replicas));
    }

    private List<Pod> pods(String deployment) {
        return client.pods().inNamespace(NAMESPACE).withLabel("app", deployment).list().getItems();
    }

    private Set<String> names(String deployment) {
        var names = new HashSet<String>();
        pods(deployment).forEach(pod -> names.add(pod.getMetadata().getName()));
        return names;
    }

    private static String ready(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(PodCondition::getStatus)
                .findFirst()
                .orElse("none");
    }
}
