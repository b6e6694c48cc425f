package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kubernetes.ClusterView.Replicas;
import dev.sphere.local.load.Address;
import dev.sphere.local.load.SteadyLoad;
import dev.sphere.sockshop.ShopService;
import dev.sphere.sockshop.ShopStatistics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shop on the embedded Kubernetes API, over real HTTP. */
class DemoShopIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int REQUESTS = 100;

    @Test
    void closesSoonAlsoUnderOverload() {
        var http = HttpClient.newHttpClient();
        long began;
        try (var demo = open(service -> 1)) {
            await().atMost(PATIENCE).until(() -> demo.frontEnd().isPresent());
            var home = uri(demo.frontEnd().orElseThrow());
            for (int i = 0; i < REQUESTS; i++) {
                http.sendAsync(
                        HttpRequest.newBuilder(home).version(HttpClient.Version.HTTP_1_1).build(),
                        BodyHandlers.discarding());
            }
            await().atMost(PATIENCE).until(() -> frontEnd(demo).total().offered() == REQUESTS);

            began = System.nanoTime();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
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
            await().atMost(PATIENCE)
                    .until(
                            () -> Set.copyOf(demo.view().all().values()),
                            Set.of(new Replicas(2, 2))::equals);
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

    private static ShopStatistics.Snapshot frontEnd(DemoShop demo) {
        return demo.statistics().orElseThrow().snapshot(ShopService.FRONT_END);
    }

    private static URI uri(Address frontEnd) {
        return URI.create("http://" + frontEnd.host() + ":" + frontEnd.port() + "/");
    }
}
