package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.bridge.ServiceSamples.Sample;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class PodTargetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String STARTED = "2025-11-21T00:00:00Z";

    // Set by the extension.
    KubernetesClient client;

    private final RecordingOutput output = new RecordingOutput();
    private final BridgeMetrics metrics = new BridgeMetrics();
    private ExposingServer server;
    private Scraper scraper;
    private PodTargets pods;

    @BeforeEach
    void open() throws IOException {
        server = new ExposingServer();
        start("shop");
    }

    private void start(String namespaces) {
        var config =
                BridgeConfig.load(
                                null,
                                Map.of(
                                        "kafka.bootstrap",
                                        "a:1",
                                        "scrape.pods.namespaces",
                                        namespaces,
                                        "scrape.timeout",
                                        "60s"),
                                Map.of())
                        .scrape();
        scraper =
                new Scraper(
                        config, new Mapping(config.rules()), output, metrics, Clock.systemUTC());
        pods = new PodTargets(client, config.pods(), scraper, metrics);
        pods.start();
        await().atMost(PATIENCE).until(pods::hasSynced);
    }

    @AfterEach
    void close() {
        pods.close();
        scraper.close();
        server.close();
    }

    private Pod pod(String namespace, String name, Map<String, String> annotations) {
        var all = new HashMap<>(Map.of(PodTargets.SCRAPE, "true"));
        all.putAll(annotations);
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withUid(UUID.randomUUID().toString())
                .addToLabels("app", "front-end")
                .withAnnotations(all)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .addNewPort()
                .withContainerPort(server.port())
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("127.0.0.1")
                .withStartTime(STARTED)
                .endStatus()
                .build();
    }

    private Pod create(Pod pod) {
        return client.resource(pod).create();
    }

    private void awaitTargets(int count) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(scraper.targetIds()).hasSize(count));
    }

    @Test
    void scrapesAnAnnotatedPodAndEndsItsSeriesWhenItIsDeleted() {
        var pod = create(pod("shop", "front-end-1", Map.of(PodTargets.PORT, "" + server.port())));
        awaitTargets(1);
        scraper.tick();
        await().atMost(PATIENCE).until(() -> output.written().size() == 1);

        client.resource(pod).delete();
        awaitTargets(0);

        var value = output.written().get(0);
        assertThat(value.service()).isEqualTo("shop/front-end");
        assertThat(value.samples().get(0).series().labels()).containsEntry("pod", "front-end-1");
        assertThat(value.samples().get(0).created())
                .isEqualTo(Instant.parse(STARTED).toEpochMilli());
        assertThat(output.ends()).hasSize(1);
        assertThat(output.ends().get(0).samples()).allMatch(Sample::stale);
        assertThat(output.ends().get(0).samples().get(0).series())
                .isEqualTo(value.samples().get(0).series());
    }

    @Test
    void takesTheOnlyDeclaredPortAndTheDefaultPath() {
        create(pod("shop", "front-end-1", Map.of()));
        awaitTargets(1);

        scraper.tick();

        await().atMost(PATIENCE).until(() -> output.written().size() == 1);
    }

    @Test
    void leavesOutPodsThatDoNotRunOrAreNotAnnotatedOrLiveElsewhere() {
        var pending = pod("shop", "pending", Map.of());
        pending.getStatus().setPhase("Pending");
        create(pending);
        create(pod("shop", "silent", Map.of(PodTargets.SCRAPE, "false")));
        create(pod("other", "elsewhere", Map.of()));
        create(pod("shop", "scraped", Map.of()));

        awaitTargets(1);

        assertThat(metrics.targetsRefused.get()).isZero();
    }

    @Test
    void followsAPodFromPendingToRunningToSucceeded() {
        var pod = pod("shop", "front-end-1", Map.of());
        pod.getStatus().setPhase("Pending");
        pod = create(pod);

        pod.getStatus().setPhase("Running");
        pod = client.resource(pod).updateStatus();
        awaitTargets(1);
        scraper.tick();
        await().atMost(PATIENCE).until(() -> output.values().size() == 1);

        pod.getStatus().setPhase("Succeeded");
        client.resource(pod).updateStatus();
        awaitTargets(0);
        assertThat(output.ends()).hasSize(1);
    }

    @Test
    void endsTheSeriesOfAPodThatIsBeingDeleted() {
        var pod = pod("shop", "front-end-1", Map.of());
        pod.getMetadata().setFinalizers(java.util.List.of("sphere.dev/test"));
        pod = create(pod);
        awaitTargets(1);

        client.resource(pod).delete();

        awaitTargets(0);
        assertThat(client.resource(pod).get().getMetadata().getDeletionTimestamp()).isNotNull();
    }

    @Test
    void refusesAPodThatDoesNotSayHowAndCountsItOnce() {
        var nameless = pod("shop", "nameless", Map.of());
        nameless.getMetadata().setLabels(null);
        create(nameless);
        var misnamed = pod("shop", "misnamed", Map.of());
        misnamed.getMetadata().setLabels(Map.of("app", "Front_End"));
        create(misnamed);
        create(pod("shop", "port", Map.of(PodTargets.PORT, "70000")));
        create(pod("shop", "path", Map.of(PodTargets.PATH, "/a b")));
        create(pod("shop", "scraped", Map.of()));

        await().atMost(PATIENCE).until(() -> metrics.targetsRefused.get() == 4);

        awaitTargets(1);
    }

    @Test
    void countsEachFailureToWatch() {
        // The server knows no pods: 404.
        var address = "http://127.0.0.1:" + server.port();
        var config =
                new ConfigBuilder(Config.empty())
                        .withMasterUrl(address)
                        .withRequestRetryBackoffLimit(0)
                        .build();
        try (var elsewhere = new KubernetesClientBuilder().withConfig(config).build();
                var watched =
                        new PodTargets(
                                elsewhere,
                                new BridgeConfig.Pods(List.of("shop"), "app"),
                                scraper,
                                metrics)) {
            watched.start();

            await().atMost(PATIENCE).until(() -> metrics.podWatchFaults.get() >= 3);
        }
    }

    @Test
    void watchesAllNamespacesWhenAsked() {
        pods.close();
        scraper.close();
        start("*");
        create(pod("one", "a", Map.of()));
        create(pod("two", "b", Map.of()));

        awaitTargets(2);
    }
}
