package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The limits are what the replicas' own queues can do. Front-end and orders wait for the services
 * behind them, which here have replicas enough to run at 85 % of their limits.
 */
class ReplicaCalibrationTest {

    private static final long SEED = 1;
    private static final double BEHIND = 0.85;
    private static final int SIDE_BY_SIDE = 8;

    private final CallGraph graph = CallGraph.ofTheShop();
    private final UserJourneys users = new UserJourneys();

    @ParameterizedTest
    @EnumSource
    void meetsItsSloAtTheLimitAndClearlyMissesItAbove(ShopService service) {
        double atLimit = p95Millis(service, service.limitPerReplica());
        double above = p95Millis(service, 1.15 * service.limitPerReplica());

        assertThat(atLimit).isLessThanOrEqualTo(service.sloMillis());
        assertThat(above).isGreaterThan(1.08 * service.sloMillis());
    }

    @ParameterizedTest
    @EnumSource
    void hasALimitBelowItsCapacity(ShopService service) {
        assertThat(service.limitPerReplica() / service.capacityPerReplica()).isBetween(0.65, 0.9);
    }

    @ParameterizedTest
    @EnumSource(names = {"CATALOGUE", "CARTS", "ORDERS", "USER", "PAYMENT", "SHIPPING"})
    void needsSeveralReplicasAtAPeakAndFewAtTheTrough(ShopService service) {
        assertThat(Replicas.of(service, 300 * users.visits(service))).isBetween(3, 7);
        assertThat(Replicas.of(service, 60 * users.visits(service))).isBetween(1, 2);
    }

    @Test
    void keepsTheWholeShopWithinItsSloWhenEachServiceHasTheReplicasForItsLoad() {
        double load = 300;
        Map<ShopService, Integer> replicas = new EnumMap<>(ShopService.class);
        for (ShopService service : ShopService.values()) {
            replicas.put(service, Replicas.of(service, load * users.visits(service)));
        }
        var shop = new SimulatedShop(SEED, graph, replicas);

        shop.requests(load, 120, journeys());

        shop.outcomes()
                .forEach(
                        (service, outcome) ->
                                assertThat(outcome.shareOver(service.sloMillis()))
                                        .as("over SLO of %s", service)
                                        .isLessThan(0.05));
    }

    private double p95Millis(ShopService service, double perReplica) {
        return switch (service) {
            case QUEUE_MASTER -> {
                var shop = new SimulatedShop(SEED, graph, Map.of(service, 1));
                shop.shipments(perReplica, 4_000);
                yield shop.outcomes().get(service).p95Millis();
            }
            case FRONT_END -> withServicesBehind(service, perReplica, 200, journeys());
            case ORDERS -> {
                Route order = graph.route(service, "POST", "/orders");
                yield withServicesBehind(service, perReplica, 1_000, () -> order);
            }
            default -> {
                Route route = new Route(service, "GET", "/", 200, false, List.of());
                var leaf = new CallGraph(List.of(route));
                var shop = new SimulatedShop(SEED, leaf, Map.of(service, 1));
                shop.requests(perReplica, 4_000, () -> route);
                yield shop.outcomes().get(service).p95Millis();
            }
        };
    }

    private double withServicesBehind(
            ShopService service, double perReplica, double seconds, Supplier<Route> routes) {
        double load = perReplica * SIDE_BY_SIDE;
        Map<ShopService, Integer> replicas = new EnumMap<>(ShopService.class);
        for (ShopService other : ShopService.values()) {
            double visits =
                    service == ShopService.FRONT_END
                            ? users.visits(other)
                            : graph.visits(graph.route(service, "POST", "/orders"))
                                    .getOrDefault(other, 0.0);
            replicas.put(other, Replicas.of(other, load * visits / BEHIND));
        }
        replicas.put(service, SIDE_BY_SIDE);
        var shop = new SimulatedShop(SEED, graph, replicas);
        shop.requests(load, seconds, routes);
        return shop.outcomes().get(service).p95Millis();
    }

    private Supplier<Route> journeys() {
        var random = new SplittableRandom(SEED);
        return () -> {
            RouteRequest request = users.next(random);
            String path = request.path().split("\\?")[0];
            return graph.match(ShopService.FRONT_END, request.method(), path).orElseThrow();
        };
    }
}
