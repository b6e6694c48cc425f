package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pods as their callers, Prometheus and a kubelet see them, over real HTTP. */
class ShopPodIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a user gets who asks just when the pod has closed. */
    private static final int NOBODY_THERE = -1;

    private static final Pattern SAMPLE =
            Pattern.compile("[a-z_]+\\{([a-z_]+=\"[^\"]*\",?)+} [-+0-9.eE]+|[a-z_]+ [-+0-9.eE]+");

    private final HttpClient http = HttpClient.newHttpClient();
    private volatile boolean usersStay = true;
    private SockShop shop = SockShop.open(1);

    @AfterEach
    void close() {
        usersStay = false;
        shop.close();
    }

    @Test
    void showsTheShopsMetricsUnderTheirRealNames() throws Exception {
        ready(ShopService.CATALOGUE, "catalogue-0");
        ShopPod frontEnd = ready(ShopService.FRONT_END, "front-end-0");

        assertThat(get(frontEnd, "/catalogue/sock-3?size=5").statusCode()).isEqualTo(200);
        assertThat(get(frontEnd, "/catalogue/sock-4").statusCode()).isEqualTo(200);
        assertThat(get(frontEnd, "/cart").statusCode()).isEqualTo(500); // nobody serves carts

        HttpResponse<String> metrics = get(frontEnd, "/metrics");
        assertThat(metrics.headers().firstValue("content-type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body().lines().filter(line -> !line.startsWith("#")))
                .isNotEmpty()
                .allMatch(SAMPLE.asMatchPredicate());
        String labels = "method=\"get\",route=\"/catalogue/{id}\",service=\"front-end\"";
        assertThat(metrics.body())
                .contains("# TYPE request_duration_seconds histogram\n")
                .contains("request_duration_seconds_count{" + labels + ",status_code=\"200\"} 2\n")
                .contains(labels + ",status_code=\"200\",le=\"+Inf\"} 2\n")
                .contains("route=\"/cart\",service=\"front-end\",status_code=\"500\"} 1\n")
                .contains("# TYPE container_cpu_usage_seconds_total counter\n")
                .containsPattern(
                        "container_cpu_usage_seconds_total\\{container=\"front-end\","
                                + "namespace=\"sock-shop\",pod=\"front-end-0\"} 0\\.0[0-9]+\n")
                .containsPattern(
                        "container_memory_working_set_bytes\\{container=\"front-end\","
                                + "namespace=\"sock-shop\",pod=\"front-end-0\"} 9\\.0E7\n")
                .doesNotContain("queue_messages_ready")
                .doesNotContain("sock-3")
                .doesNotContain("/metrics");
    }

    @Test
    void takesShipmentsThroughTheQueueToQueueMaster() throws Exception {
        ShopPod shipping = ready(ShopService.SHIPPING, "shipping-0");
        for (int i = 0; i < 3; i++) {
            assertThat(post(shipping, "/shipping").statusCode()).isEqualTo(201);
        }
        assertThat(shop.queue().ready()).isEqualTo(3);

        ShopPod queueMaster = ready(ShopService.QUEUE_MASTER, "queue-master-0");

        await().atMost(PATIENCE).until(() -> total(ShopService.QUEUE_MASTER).completed() == 3);
        assertThat(total(ShopService.QUEUE_MASTER).offered()).isEqualTo(3);
        assertThat(get(queueMaster, "/metrics").body())
                .contains("queue_messages_ready{queue=\"shipping-task\"} 0.0\n")
                .contains(
                        "request_duration_seconds_count{method=\"consume\","
                                + "route=\"/shipping-task\",service=\"queue-master\","
                                + "status_code=\"200\"} 3\n");
    }

    @Test
    void answersMetricsAndHealthAtOnceWhileItRefusesRequests() throws Exception {
        ShopPod payment = ready(ShopService.PAYMENT, "payment-0");
        var users = users(payment, ShopService.PAYMENT.queueBound() + 60);

        await().atMost(PATIENCE).until(() -> total(ShopService.PAYMENT).errors() >= 5);

        assertThat(get(payment, "/health").statusCode()).isEqualTo(200);
        assertThat(get(payment, "/metrics").body()).contains("status_code=\"503\"} ");
        assertThat(users).anyMatch(user -> !user.isDone());
        usersStay = false;
        List<Integer> statuses = users.stream().map(CompletableFuture::join).toList();
        assertThat(statuses).contains(200, 503).isSubsetOf(200, 503, 504);
    }

    @Test
    void finishesWhatItHasBeforeItStops() throws Exception {
        shop.close();
        shop = SockShop.open(1, Duration.ofSeconds(10), PATIENCE);
        ShopPod payment = ready(ShopService.PAYMENT, "payment-0");
        List<CompletableFuture<Integer>> answers =
                IntStream.range(0, 8).mapToObj(i -> postAsync(payment, "/paymentAuth")).toList();
        await().atMost(PATIENCE).until(() -> total(ShopService.PAYMENT).offered() == 8);

        CompletionStage<Void> stopped = shop.stop("payment-0");

        assertThat(shop.endpoints().of(ShopService.PAYMENT)).isEmpty();
        assertThat(shop.stop("payment-0")).succeedsWithin(PATIENCE);
        assertThat(stopped).succeedsWithin(PATIENCE);
        assertThat(answers).allMatch(answer -> answer.join() == 200);
        assertThatThrownBy(() -> get(payment, "/health")).isInstanceOf(ConnectException.class);
        payment.ready();
        assertThat(shop.endpoints().of(ShopService.PAYMENT)).isEmpty();
    }

    @Test
    void refusesWhatIsLeftWhenTheTimeToStopIsOver() throws Exception {
        shop.close();
        shop = SockShop.open(1, Duration.ofSeconds(10), Duration.ofMillis(300));
        ShopPod payment = ready(ShopService.PAYMENT, "payment-0");
        var users = users(payment, 20);
        await().atMost(PATIENCE).until(() -> total(ShopService.PAYMENT).offered() >= 20);

        assertThat(shop.stop("payment-0")).succeedsWithin(PATIENCE);

        assertThat(users).allMatch(user -> user.join() == 503 || user.join() == NOBODY_THERE);
        assertThat(users).anyMatch(user -> user.join() == 503);
        var total = total(ShopService.PAYMENT);
        assertThat(total.completed() + total.errors()).isEqualTo(total.offered());
    }

    @Test
    void refusesAtOnceWhatIsLeftWhenTheShopIsInAHurry() throws Exception {
        shop.close();
        shop = SockShop.open(1, Duration.ofSeconds(10), PATIENCE.multipliedBy(2));
        ShopPod payment = ready(ShopService.PAYMENT, "payment-0");
        var users = users(payment, 20);
        await().atMost(PATIENCE).until(() -> total(ShopService.PAYMENT).offered() >= 20);
        CompletionStage<Void> stopped = shop.stop("payment-0");

        shop.hurry();

        // without, it would serve its users for all the time it has to stop
        assertThat(stopped).succeedsWithin(PATIENCE);
        assertThat(users).anyMatch(user -> user.join() == 503);
    }

    @Test
    void countsAtTheCallerWhatNobodyAnswers() throws Exception {
        ready(ShopService.FRONT_END, "front-end-0");
        shop.endpoints().ready(ShopService.CATALOGUE, "catalogue-dead", "127.0.0.1", 1);

        var refused = shop.client().send(new RouteRequest("GET", "/catalogue", ""));
        assertThat(refused).succeedsWithin(PATIENCE).isEqualTo(500);
        shop.endpoints().gone(ShopService.FRONT_END, "front-end-0");
        var nobody = shop.client().send(new RouteRequest("GET", "/", ""));
        assertThat(nobody).succeedsWithin(PATIENCE).isEqualTo(ShopClient.NO_ANSWER);

        assertThat(total(ShopService.CATALOGUE).errors()).isEqualTo(1);
        assertThat(total(ShopService.FRONT_END).errors()).isEqualTo(2);
        assertThat(total(ShopService.FRONT_END).overSlo()).isEqualTo(2);
    }

    @Test
    void logsInWithoutCartsAsTheRealFrontEndDoes() {
        ready(ShopService.FRONT_END, "front-end-0");
        ready(ShopService.USER, "user-0");

        var login = shop.client().send(new RouteRequest("GET", "/login", ""));

        assertThat(login).succeedsWithin(PATIENCE).isEqualTo(200);
        assertThat(total(ShopService.CARTS).errors()).isEqualTo(1);
    }

    @Test
    void saysNoToRoutesThatTheServiceDoesNotHave() throws Exception {
        ShopPod payment = ready(ShopService.PAYMENT, "payment-0");

        HttpResponse<String> answer = get(payment, "/catalogue");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).startsWith("payment has no route GET /catalogue");
        assertThat(total(ShopService.PAYMENT).offered()).isZero();
    }

    @Test
    void refusesASecondPodOfTheSameNameAndAStopOfAnUnknownOne() {
        ready(ShopService.PAYMENT, "payment-0");

        assertThat(shop.start(ShopService.USER, "payment-0", "sock-shop"))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withMessageContaining("pod payment-0: already runs as payment");
        assertThat(shop.stop("payment-1"))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withMessageContaining("pod payment-1: does not run, expected one of [payment-0]");
    }

    @Test
    void leavesNoThreadBehind() {
        ready(ShopService.FRONT_END, "front-end-0");

        shop.close();

        await().atMost(PATIENCE)
                .until(
                        () ->
                                Thread.getAllStackTraces().keySet().stream()
                                        .noneMatch(t -> t.getName().startsWith("vert.x-")));
    }

    private ShopPod ready(ShopService service, String name) {
        ShopPod pod =
                shop.start(service, name, "sock-shop")
                        .toCompletableFuture()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
        pod.ready();
        return pod;
    }

    private ShopStatistics.Figures total(ShopService service) {
        return shop.statistics().snapshot(service).total();
    }

    private HttpResponse<String> get(ShopPod pod, String path)
            throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(pod, path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(ShopPod pod, String path)
            throws IOException, InterruptedException {
        return http.send(postRequest(pod, path), BodyHandlers.ofString());
    }

    /** As many, each of whom asks again once served, so that there is always work for the pod. */
    private List<CompletableFuture<Integer>> users(ShopPod pod, int count) {
        return IntStream.range(0, count).mapToObj(i -> askAgainAndAgain(pod)).toList();
    }

    private CompletableFuture<Integer> askAgainAndAgain(ShopPod pod) {
        return postAsync(pod, "/paymentAuth")
                .exceptionally(closed -> NOBODY_THERE)
                .thenCompose(
                        status ->
                                status == 200 && usersStay
                                        ? askAgainAndAgain(pod)
                                        : CompletableFuture.completedFuture(status));
    }

    private CompletableFuture<Integer> postAsync(ShopPod pod, String path) {
        return http.sendAsync(postRequest(pod, path), BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode);
    }

    private static HttpRequest postRequest(ShopPod pod, String path) {
        return HttpRequest.newBuilder(uri(pod, path))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.ofString("{}"))
                .build();
    }

    private static URI uri(ShopPod pod, String path) {
        return URI.create("http://" + pod.host() + ":" + pod.port() + path);
    }
}
