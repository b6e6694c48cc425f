package dev.sphere.local.kubernetes;

import static dev.sphere.local.kubernetes.Deployments.NAMESPACE;
import static dev.sphere.local.kubernetes.Deployments.deployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.kafka.LoopbackPort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedKubernetesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DEPLOYMENT =
            "/apis/apps/v1/namespaces/sock-shop/deployments/front-end";
    private static final String SCALE = DEPLOYMENT + "/scale";
    private static final String MERGE = "application/merge-patch+json";

    private static EmbeddedKubernetes kubernetes;
    private static KubernetesClient client;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void startKubernetes() {
        kubernetes = EmbeddedKubernetes.start(0);
        client = kubernetes.client();
    }

    @AfterAll
    static void stopKubernetes() {
        kubernetes.close();
    }

    @BeforeEach
    void createDeployment() {
        client.apps().deployments().inNamespace(NAMESPACE).delete();
        client.resource(deployment("front-end", 3)).create();
    }

    @Test
    void answersWithTheScaleOfADeployment() throws Exception {
        var stored = stored();

        var scale = json(send("GET", SCALE, null, null), 200);

        assertThat(scale.path("kind").asText()).isEqualTo("Scale");
        assertThat(scale.path("apiVersion").asText()).isEqualTo("autoscaling/v1");
        assertThat(scale.at("/metadata/name").asText()).isEqualTo("front-end");
        assertThat(scale.at("/metadata/namespace").asText()).isEqualTo(NAMESPACE);
        assertThat(scale.at("/metadata/uid").asText()).isEqualTo(stored.getMetadata().getUid());
        assertThat(scale.at("/metadata/resourceVersion").asText())
                .isEqualTo(stored.getMetadata().getResourceVersion());
        assertThat(scale.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(scale.at("/status/replicas").asInt()).isZero();
        assertThat(scale.at("/status/selector").asText()).isEqualTo("app=front-end,tier=web");
    }

    /**
     * As kubectl 1.35 and newer ask for it first: it would wait for the end of the list for ever.
     */
    @Test
    void refusesToListInAWatchSoThatClientsListFirst() throws Exception {
        var watch =
                "/apis/apps/v1/namespaces/"
                        + NAMESPACE
                        + "/deployments?watch=true&sendInitialEvents=true"
                        + "&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

        var refusal = json(send("GET", watch, null, null), 422);

        assertThat(refusal.path("kind").asText()).isEqualTo("Status");
        assertThat(refusal.path("reason").asText()).isEqualTo("Invalid");
        assertThat(refusal.path("message").asText()).contains("WatchList");
    }

    @Test
    void scalesByAPutAndKeepsTheRestOfTheDeployment() throws Exception {
        var before = stored();
        long version = Long.parseLong(before.getMetadata().getResourceVersion());

        var scale = json(send("PUT", SCALE, null, scale(version, 7)), 200);

        var after = stored();
        assertThat(scale.at("/spec/replicas").asInt()).isEqualTo(7);
        assertThat(after.getSpec().getReplicas()).isEqualTo(7);
        assertThat(after.getSpec().getTemplate()).isEqualTo(before.getSpec().getTemplate());
        assertThat(after.getMetadata().getUid()).isEqualTo(before.getMetadata().getUid());
        assertThat(after.getMetadata().getGeneration())
                .isEqualTo(before.getMetadata().getGeneration() + 1);
        assertThat(Long.parseLong(after.getMetadata().getResourceVersion())).isGreaterThan(version);
        assertThat(scale.at("/metadata/resourceVersion").asText())
                .isEqualTo(after.getMetadata().getResourceVersion());
    }

    @Test
    void changesNothingWhenTheReplicasAreTheSame() throws Exception {
        var before = stored();

        json(send("PUT", SCALE, null, scale(0, 3)), 200);

        assertThat(stored().getMetadata()).isEqualTo(before.getMetadata());
    }

    @Test
    void refusesAPutOnAnOldVersion() throws Exception {
        long version = Long.parseLong(stored().getMetadata().getResourceVersion());
        json(send("PUT", SCALE, null, scale(version, 5)), 200);

        var status = json(send("PUT", SCALE, null, scale(version, 9)), 409);

        assertThat(status.path("kind").asText()).isEqualTo("Status");
        assertThat(status.path("reason").asText()).isEqualTo("Conflict");
        assertThat(status.path("message").asText())
                .startsWith("Operation cannot be fulfilled on deployments.apps \"front-end\"");
        assertThat(stored().getSpec().getReplicas()).isEqualTo(5);
    }

    @Test
    void letsExactlyOneOfManyRacingPutsWin() {
        long version = Long.parseLong(stored().getMetadata().getResourceVersion());
        var pool = Executors.newFixedThreadPool(16);
        try {
            var puts =
                    IntStream.range(0, 32)
                            .mapToObj(
                                    i ->
                                            CompletableFuture.supplyAsync(
                                                    () ->
                                                            send(
                                                                    "PUT",
                                                                    SCALE,
                                                                    null,
                                                                    scale(version, 10 + i)),
                                                    pool))
                            .toList();

            var codes = puts.stream().map(put -> put.join().statusCode()).toList();

            assertThat(codes).filteredOn(code -> code == 200).hasSize(1);
            assertThat(codes).filteredOn(code -> code == 409).hasSize(31);
            assertThat(stored().getSpec().getReplicas()).isEqualTo(10 + codes.indexOf(200));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void scalesByPatchesWithAndWithoutAVersion() throws Exception {
        json(send("PATCH", SCALE, MERGE, "{\"spec\":{\"replicas\":4}}"), 200);
        assertThat(stored().getSpec().getReplicas()).isEqualTo(4);

        json(
                send(
                        "PATCH",
                        SCALE,
                        "application/json-patch+json",
                        "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":5}]"),
                200);
        assertThat(stored().getSpec().getReplicas()).isEqualTo(5);

        var old = "{\"metadata\":{\"resourceVersion\":\"1\"},\"spec\":{\"replicas\":6}}";
        json(send("PATCH", SCALE, MERGE, old), 409);
        assertThat(stored().getSpec().getReplicas()).isEqualTo(5);
    }

    @Test
    void refusesWhatIsNoScale() throws Exception {
        var negative = json(send("PUT", SCALE, null, scale(0, -1)), 422);
        assertThat(negative.path("reason").asText()).isEqualTo("Invalid");
        assertThat(negative.path("message").asText()).contains("spec.replicas: Invalid value: -1");

        json(send("PATCH", SCALE, MERGE, "{\"spec\":{\"replicas\":-2}}"), 422);
        json(send("PUT", SCALE, null, "{\"spec\":{\"replicas\":\"many\"}}"), 400);
        json(send("PUT", SCALE, null, "{\"spec\":{\"replicas\":2.5}}"), 400);
        json(send("PUT", SCALE, null, "not json"), 400);
        json(send("PUT", SCALE, null, "{\"kind\":\"Deployment\",\"spec\":{\"replicas\":2}}"), 400);
        json(send("PUT", SCALE, null, "{\"metadata\":{\"name\":\"other\"}}"), 400);
        json(send("PUT", SCALE, null, "{\"metadata\":{\"uid\":\"other\"}}"), 409);
        json(send("POST", SCALE, null, "{}"), 405);
        json(send("PATCH", SCALE, "text/plain", "{}"), 415);
        assertThat(stored().getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void answersWithAStatusForAnUnknownDeployment() throws Exception {
        for (var method : List.of("GET", "PUT", "PATCH")) {
            var path = SCALE.replace("front-end", "nobody");
            var body = method.equals("GET") ? null : "{\"spec\":{\"replicas\":2}}";

            var status = json(send(method, path, MERGE, body), 404);

            assertThat(status.path("reason").asText()).isEqualTo("NotFound");
            assertThat(status.path("message").asText())
                    .isEqualTo("deployments.apps \"nobody\" not found");
        }
    }

    @Test
    void triesWithoutDoing() throws Exception {
        var scale = json(send("PUT", SCALE + "?dryRun=All", null, scale(0, 8)), 200);

        assertThat(scale.at("/spec/replicas").asInt()).isEqualTo(8);
        assertThat(stored().getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void letsTheClientScaleInEachOfItsWays() {
        var resource = client.apps().deployments().inNamespace(NAMESPACE).withName("front-end");

        resource.scale(4);
        assertThat(stored().getSpec().getReplicas()).isEqualTo(4);

        Scale scale = resource.scale();
        assertThat(scale.getSpec().getReplicas()).isEqualTo(4);
        scale.getSpec().setReplicas(6);
        resource.scale(scale);
        assertThat(stored().getSpec().getReplicas()).isEqualTo(6);

        assertThatThrownBy(() -> resource.scale(scale))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));
    }

    @Test
    void tellsInformersOfAScale() {
        var seen = new CopyOnWriteArrayList<Integer>();
        try (var informer =
                client.apps()
                        .deployments()
                        .inNamespace(NAMESPACE)
                        .inform(
                                new ResourceEventHandler<Deployment>() {
                                    @Override
                                    public void onAdd(Deployment deployment) {
                                        seen.add(deployment.getSpec().getReplicas());
                                    }

                                    @Override
                                    public void onUpdate(Deployment before, Deployment now) {
                                        seen.add(now.getSpec().getReplicas());
                                    }

                                    @Override
                                    public void onDelete(Deployment deployment, boolean unknown) {}
                                })) {
            await().atMost(PATIENCE).until(informer::hasSynced);
            json(send("PUT", SCALE, null, scale(0, 7)), 200);

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).endsWith(3, 7));
        }
    }

    @Test
    void keepsStatusAndSpecApart() {
        var resource = client.apps().deployments().inNamespace(NAMESPACE).withName("front-end");
        resource.subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"replicas\":3},\"spec\":{\"replicas\":99}}");
        var told = stored();
        assertThat(told.getStatus().getReplicas()).isEqualTo(3);
        assertThat(told.getSpec().getReplicas()).isEqualTo(3);
        assertThat(told.getMetadata().getGeneration()).isEqualTo(1);

        told.setStatus(null);
        client.resource(told).update();
        assertThat(stored().getStatus().getReplicas()).isEqualTo(3);
    }

    @Test
    void mergesPatchesAsTheRfcSays() {
        var resource = client.apps().deployments().inNamespace(NAMESPACE).withName("front-end");
        var merge = PatchContext.of(PatchType.JSON_MERGE);
        resource.patch(merge, "{\"metadata\":{\"annotations\":{\"a\":\"1\",\"b\":\"2\"}}}");
        resource.patch(merge, "{\"metadata\":{\"annotations\":{\"a\":null}}}");
        assertThat(stored().getMetadata().getAnnotations()).isEqualTo(Map.of("b", "2"));

        resource.patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"spec\":{\"paused\":true}}");
        assertThat(stored().getSpec().getPaused()).isTrue();
    }

    @Test
    void setsTheDefaultsOfANewDeployment() {
        client.resource(deployment("carts", null)).create();

        var carts = client.apps().deployments().inNamespace(NAMESPACE).withName("carts").get();
        assertThat(carts.getSpec().getReplicas()).isEqualTo(1);
    }

    @Test
    void tellsItsVersionHealthAndKinds() {
        assertThat(client.getKubernetesVersion().getMajor()).isEqualTo("1");
        assertThat(send("GET", "/healthz", null, null).body()).isEqualTo("ok");
        assertThat(send("GET", "/readyz?verbose", null, null).body()).isEqualTo("ok");
        assertThat(json(send("GET", "/apis/apps/v1", null, null), 200).toString())
                .contains("deployments/scale");
    }

    @Test
    void saysWhatItDidNotFind() {
        var pod = json(send("GET", "/api/v1/namespaces/x/pods/none", null, null), 404);
        assertThat(pod.path("message").asText()).isEqualTo("pods \"none\" not found");

        var deployment = json(send("DELETE", DEPLOYMENT + "s", null, null), 404);
        assertThat(deployment.path("message").asText())
                .isEqualTo("deployments.apps \"front-ends\" not found");
        assertThat(deployment.path("reason").asText()).isEqualTo("NotFound");
    }

    @Test
    void refusesWhatItCannotRead() throws Exception {
        var protobuf = "application/vnd.kubernetes.protobuf";
        assertThat(json(send("POST", DEPLOYMENT, protobuf, "k8s"), 415).path("message").asText())
                .contains("JSON only");
        var list = "{\"spec\":{\"template\":{\"spec\":{\"containers\":[]}}}}";
        json(send("PATCH", DEPLOYMENT, "application/strategic-merge-patch+json", list), 415);
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, LoopbackPort.loopback())) {
            assertThatThrownBy(() -> EmbeddedKubernetes.start(taken.getLocalPort()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("port " + taken.getLocalPort());
        }
    }

    private static Deployment stored() {
        return client.apps().deployments().inNamespace(NAMESPACE).withName("front-end").get();
    }

    private static String scale(long version, int replicas) {
        var metadata = version == 0 ? "" : ",\"resourceVersion\":\"" + version + "\"";
        return ("{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":"
                        + "\"front-end\",\"namespace\":\"sock-shop\"%s},\"spec\":{\"replicas\":%d}}")
                .formatted(metadata, replicas);
    }

    private static HttpResponse<String> send(
            String method, String path, String contentType, String body) {
        var request =
                HttpRequest.newBuilder(URI.create(kubernetes.url() + path))
                        .header(
                                "Content-Type",
                                contentType == null ? "application/json" : contentType)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body))
                        .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(HttpResponse<String> response, int code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
