package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallGraphTest {

    private final CallGraph graph = CallGraph.ofTheShop();

    @ParameterizedTest
    @CsvSource({
        "front-end, GET, /, /",
        "front-end, GET, /index.html, /index.html",
        "front-end, GET, /catalogue/size, /catalogue/size",
        "front-end, GET, /catalogue/sock-1, /catalogue/{id}",
        "front-end, POST, /cart, /cart",
        "front-end, DELETE, /cart/sock-1, /cart/{id}",
        "front-end, GET, /customers/57a98d98, /customers/{id}",
        "catalogue, GET, /tags, /tags",
        "carts, GET, /carts/57a98d98/items, /carts/{customerId}/items",
        "carts, DELETE, /carts/57a98d98/items/sock-1, /carts/{customerId}/items/{itemId}",
        "orders, GET, /orders/search/customerId, /orders/search/customerId",
        "user, GET, /login, /login",
        "payment, POST, /paymentAuth, /paymentAuth",
        "shipping, POST, /shipping, /shipping"
    })
    void findsTheTemplateOfAPath(String service, String method, String path, String template) {
        assertThat(graph.match(ShopService.of(service), method, path))
                .map(Route::template)
                .contains(template);
    }

    @ParameterizedTest
    @CsvSource({
        "front-end, GET, /paymentAuth",
        "front-end, PUT, /cart",
        "front-end, GET, /catalogue/",
        "front-end, GET, /catalogue/a/b",
        "carts, GET, /carts//items",
        "payment, GET, /paymentAuth",
        "queue-master, POST, /shipping"
    })
    void findsNothingForWhatTheShopDoesNotServe(String service, String method, String path) {
        assertThat(graph.match(ShopService.of(service), method, path)).isEmpty();
    }

    @Test
    void ordersOncePerOrderAndAsksTheUserServiceSixTimes() {
        Route order = graph.route(ShopService.FRONT_END, "POST", "/orders");

        assertThat(graph.visits(order))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                ShopService.FRONT_END, 1.0,
                                ShopService.USER, 6.0, // three by front-end, three by orders
                                ShopService.ORDERS, 1.0,
                                ShopService.CARTS, 1.0,
                                ShopService.PAYMENT, 1.0,
                                ShopService.SHIPPING, 1.0,
                                ShopService.QUEUE_MASTER, 1.0));
    }

    @Test
    void refusesACallOfARouteThatIsNotThere() {
        var call = new Route.Call(ShopService.CARTS, "GET", "/nowhere", "/nowhere", false);
        var stage = new Route.Stage(List.of(call));
        var route = new Route(ShopService.ORDERS, "GET", "/", 200, false, List.of(stage));

        assertThatThrownBy(() -> new CallGraph(List.of(route)))
                .hasMessage("carts has no route GET /nowhere");
    }

    @Test
    void refusesCallsThatGoRoundInACircle() {
        var call = new Route.Call(ShopService.ORDERS, "GET", "/", "/", false);
        var stage = new Route.Stage(List.of(call));
        var route = new Route(ShopService.ORDERS, "GET", "/", 200, false, List.of(stage));

        assertThatThrownBy(() -> new CallGraph(List.of(route)))
                .hasMessageContaining("calls go round in a circle");
    }

    @Test
    void expectsTheVisitsThatSimulatedPodsMake() {
        var users = new UserJourneys();
        var random = new SplittableRandom(5);
        int requests = 20_000;
        Map<ShopService, Integer> enough =
                Map.of(
                        ShopService.FRONT_END, 9,
                        ShopService.CATALOGUE, 9,
                        ShopService.CARTS, 9,
                        ShopService.ORDERS, 9,
                        ShopService.USER, 9,
                        ShopService.PAYMENT, 9,
                        ShopService.SHIPPING, 9,
                        ShopService.QUEUE_MASTER, 9);
        var shop = new SimulatedShop(5, graph, enough);

        shop.requests(
                200,
                requests / 200.0,
                () -> {
                    RouteRequest request = users.next(random);
                    return graph.match(
                                    ShopService.FRONT_END,
                                    request.method(),
                                    request.path().split("\\?")[0])
                            .orElseThrow();
                });

        double frontEnd = shop.outcomes().get(ShopService.FRONT_END).requests();
        for (ShopService service : ShopService.values()) {
            assertThat(shop.outcomes().get(service).requests() / frontEnd)
                    .as("calls of %s per request", service)
                    .isCloseTo(users.visits(service), within(0.05 * users.visits(service)));
        }
    }
}
