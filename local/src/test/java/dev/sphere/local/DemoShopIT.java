package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kubernetes.ClusterView.Replicas;
import dev.sphere.local.load.SteadyLoad;
import dev.sphere.sockshop.ShopService;
import dev.sphere.sockshop.ShopStatistics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shop on the embedded Kubernetes API, over real HTTP. */
class DemoShopIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration CLOSING = Duration.ofSeconds(4);

    /**
     * Pods that do not hurry work for their users for 5 s before they stop, each time; a machine
     * that is busy with other things has more than one attempt to be quicker.
     */
    @Test
    void closesSoonAlsoUnderOverload() {
        await().atMost(PATIENCE)
                .until(DemoShopIT::closesUnderOverload, took -> took.compareTo(CLOSING) < 0);
    }

    private static Duration closesUnderOverload() {
        var http = HttpClient.newHttpClient();
        int tooMany = ShopService.ORDERS.queueBound() + 30;
        long began;
        try (var demo = open(service -> 1)) {
            awaitReady(demo, 1);
            var orders = orders(demo);
            for (int i = 0; i < tooMany; i++) {
                orderAgainAndAgain(http, orders);
            }
            await().pollInterval(Duration.ofMillis(10))
                    .atMost(PATIENCE)
                    .until(() -> orderFigures(demo).errors() > 0);

            began = System.nanoTime();
        }

        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** A user who orders for as long as orders are taken. */
    private static void orderAgainAndAgain(HttpClient http, URI orders) {
        http.sendAsync(
                        HttpRequest.newBuilder(orders)
                                .version(HttpClient.Version.HTTP_1_1)
                                .POST(BodyPublishers.ofString("{}"))
                                .build(),
                        BodyHandlers.discarding())
                .thenAccept(
                        answer -> {
                            if (answer.statusCode() < 400) {
                                orderAgainAndAgain(http, orders);
                            }
                        });
    }

    @Test
    void hasTheSamePodsWithTheSameSeed() {
        assertThat(pods()).hasSize(2 * ShopService.values().length).isEqualTo(pods());
    }

    @Test
    void leavesNothingBehindWhenItDoesNotOpen() {
        ToIntFunction<ShopService> unknown =
                service -> {
                    throw new IllegalStateException("no replicas");
                };

        assertThatThrownBy(() -> open(unknown)).hasMessage("no replicas");

        await().atMost(PATIENCE)
                .until(
                        () ->
                                Thread.getAllStackTraces().keySet().stream()
                                        .noneMatch(t -> t.getName().startsWith("vert.x-")));
    }

    private static Set<String> pods() {
        try (var demo = open(service -> 2)) {
            awaitReady(demo, 2);
            return demo.client().pods().inNamespace(Demo.NAMESPACE).list().getItems().stream()
                    .map(pod -> pod.getMetadata().getName())
                    .collect(Collectors.toSet());
        }
    }

    private static DemoShop open(ToIntFunction<ShopService> replicas) {
        var plan =
                LocalPlan.of(
                        new SteadyLoad(),
                        "steady",
                        60,
                        Duration.ofMinutes(8),
                        0,
                        null,
                        false,
                        1,
                        Map.of());
        return DemoShop.open(plan, 0, replicas);
    }

    private static void awaitReady(DemoShop demo, int replicas) {
        var ready = Set.of(new Replicas(replicas, replicas));
        await().atMost(PATIENCE).until(() -> Set.copyOf(demo.view().all().values()), ready::equals);
    }

    private static ShopStatistics.Figures orderFigures(DemoShop demo) {
        return demo.statistics().orElseThrow().snapshot(ShopService.ORDERS).total();
    }

    private static URI orders(DemoShop demo) {
        var pod =
                demo.client()
                        .pods()
                        .inNamespace(Demo.NAMESPACE)
                        .withLabel("app", "orders")
                        .list()
                        .getItems()
                        .get(0);
        var port = pod.getMetadata().getAnnotations().get("prometheus.io/port");
        return URI.create("http://127.0.0.1:" + port + "/orders");
    }
}
