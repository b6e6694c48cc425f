package dev.sphere.sockshop;

import static dev.sphere.sockshop.ShopService.CARTS;
import static dev.sphere.sockshop.ShopService.CATALOGUE;
import static dev.sphere.sockshop.ShopService.FRONT_END;
import static dev.sphere.sockshop.ShopService.ORDERS;
import static dev.sphere.sockshop.ShopService.PAYMENT;
import static dev.sphere.sockshop.ShopService.QUEUE_MASTER;
import static dev.sphere.sockshop.ShopService.SHIPPING;
import static dev.sphere.sockshop.ShopService.USER;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All routes of the shop and what each calls, after the sources of microservices-demo. Pods execute
 * it, and what a request costs the services behind it is computed from it.
 */
public final class CallGraph {

    private static final Pattern PARAMETER = Pattern.compile("\\{[^/}]+}");
    private static final String EXAMPLE = "57a98d98";
    private static final CallGraph SHOP = new CallGraph(shopRoutes());

    private record Key(ShopService service, String method, String template) {}

    private record Template(String[] segments, Route route) {

        boolean matches(String[] path) {
            if (path.length != segments.length) {
                return false;
            }
            for (int i = 0; i < path.length; i++) {
                if (segments[i].startsWith("{")
                        ? path[i].isEmpty()
                        : !segments[i].equals(path[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Routes of one service and method: those without parameters by path, the others in order. */
    private record Routes(Map<String, Route> literal, List<Template> templates) {

        Routes() {
            this(new HashMap<>(), new ArrayList<>());
        }
    }

    private final List<Route> routes;
    private final Map<Key, Route> byTemplate = new HashMap<>();
    private final Map<ShopService, Map<String, Routes>> byMethod = new EnumMap<>(ShopService.class);
    private final Map<Route, Map<ShopService, Double>> visits = new HashMap<>();

    CallGraph(List<Route> routes) {
        this.routes = List.copyOf(routes);
        for (Route route : routes) {
            Key key = new Key(route.service(), route.method(), route.template());
            if (byTemplate.put(key, route) != null) {
                throw new IllegalArgumentException(
                        "%s %s of %s is there twice"
                                .formatted(route.method(), route.template(), route.service()));
            }
            Routes ofMethod =
                    byMethod.computeIfAbsent(route.service(), s -> new HashMap<>())
                            .computeIfAbsent(route.method(), m -> new Routes());
            if (PARAMETER.matcher(route.template()).find()) {
                ofMethod.templates.add(new Template(segments(route.template()), route));
            } else {
                ofMethod.literal.put(route.template(), route);
            }
        }
        for (Route route : routes) {
            visits.put(route, visits(route, ShopService.values().length));
        }
    }

    /** The graph of the shop. */
    public static CallGraph ofTheShop() {
        return SHOP;
    }

    /** All routes, service by service. */
    public List<Route> routes() {
        return routes;
    }

    /** The route of a service that answers this request; the path is without its query. */
    public Optional<Route> match(ShopService service, String method, String path) {
        Routes ofMethod = byMethod.getOrDefault(service, Map.of()).get(method);
        if (ofMethod == null) {
            return Optional.empty();
        }
        Route literal = ofMethod.literal.get(path);
        if (literal != null) {
            return Optional.of(literal);
        }
        String[] segments = segments(path);
        for (Template template : ofMethod.templates) {
            if (template.matches(segments)) {
                return Optional.of(template.route);
            }
        }
        return Optional.empty();
    }

    /** The route with this template; it must be there. */
    public Route route(ShopService service, String method, String template) {
        Route route = byTemplate.get(new Key(service, method, template));
        if (route == null) {
            throw new IllegalArgumentException(
                    "%s has no route %s %s".formatted(service, method, template));
        }
        return route;
    }

    /** How often one request of this route reaches each service, itself included. */
    public Map<ShopService, Double> visits(Route route) {
        return visits.get(route);
    }

    private Map<ShopService, Double> visits(Route route, int depth) {
        if (depth == 0) {
            throw new IllegalArgumentException(
                    "%s %s of %s: calls go round in a circle"
                            .formatted(route.method(), route.template(), route.service()));
        }
        Map<ShopService, Double> sum = new EnumMap<>(ShopService.class);
        sum.put(route.service(), 1.0);
        if (route.ships()) {
            sum.merge(QUEUE_MASTER, 1.0, Double::sum);
        }
        for (Route.Stage stage : route.stages()) {
            for (Route.Call call : stage.calls()) {
                Route called = route(call.service(), call.method(), call.template());
                visits(called, depth - 1)
                        .forEach((service, count) -> sum.merge(service, count, Double::sum));
            }
        }
        return Map.copyOf(sum);
    }

    private static String[] segments(String path) {
        return path.split("/", -1);
    }

    private static List<Route> shopRoutes() {
        List<Route> routes = new ArrayList<>();
        routes.addAll(frontEndRoutes());
        routes.addAll(leafRoutes());
        routes.addAll(orderRoutes());
        return routes;
    }

    private static List<Route> frontEndRoutes() {
        var item = call(CATALOGUE, "GET", "/catalogue/{id}");
        var merge = optional(CARTS, "GET", "/carts/{customerId}/merge");
        return List.of(
                answer(FRONT_END, "GET", "/", 200),
                answer(FRONT_END, "GET", "/index.html", 200),
                answer(FRONT_END, "GET", "/category.html", 200),
                answer(FRONT_END, "GET", "/detail.html", 200),
                answer(FRONT_END, "GET", "/basket.html", 200),
                answer(FRONT_END, "GET", "/customer-orders.html", 200),
                same("GET", "/catalogue", CATALOGUE),
                same("GET", "/catalogue/size", CATALOGUE),
                same("GET", "/catalogue/{id}", CATALOGUE),
                same("GET", "/tags", CATALOGUE),
                answer(
                        FRONT_END,
                        "GET",
                        "/cart",
                        200,
                        together(call(CARTS, "GET", "/carts/{customerId}/items"))),
                answer(
                        FRONT_END,
                        "POST",
                        "/cart",
                        201,
                        together(item),
                        together(call(CARTS, "POST", "/carts/{customerId}/items"))),
                answer(
                        FRONT_END,
                        "POST",
                        "/cart/update",
                        202,
                        together(item),
                        together(call(CARTS, "PATCH", "/carts/{customerId}/items"))),
                answer(
                        FRONT_END,
                        "DELETE",
                        "/cart",
                        202,
                        together(call(CARTS, "DELETE", "/carts/{customerId}"))),
                answer(
                        FRONT_END,
                        "DELETE",
                        "/cart/{id}",
                        202,
                        together(call(CARTS, "DELETE", "/carts/{customerId}/items/{itemId}"))),
                answer(
                        FRONT_END,
                        "GET",
                        "/orders",
                        201,
                        together(call(ORDERS, "GET", "/orders/search/customerId"))),
                same("GET", "/orders/{id}", ORDERS),
                answer(
                        FRONT_END,
                        "POST",
                        "/orders",
                        201,
                        together(call(USER, "GET", "/customers/{id}")),
                        together(
                                call(USER, "GET", "/customers/{id}/addresses"),
                                call(USER, "GET", "/customers/{id}/cards")),
                        together(call(ORDERS, "POST", "/orders"))),
                answer(
                        FRONT_END,
                        "GET",
                        "/login",
                        200,
                        together(call(USER, "GET", "/login")),
                        together(merge)),
                answer(
                        FRONT_END,
                        "POST",
                        "/register",
                        200,
                        together(call(USER, "POST", "/register")),
                        together(merge)),
                same("GET", "/customers", USER),
                same("GET", "/customers/{id}", USER),
                same("POST", "/customers", USER),
                same("DELETE", "/customers/{id}", USER),
                same("GET", "/cards", USER),
                same("GET", "/cards/{id}", USER),
                same("POST", "/cards", USER),
                same("DELETE", "/cards/{id}", USER),
                same("GET", "/addresses", USER),
                same("POST", "/addresses", USER),
                same("DELETE", "/addresses/{id}", USER),
                answer(
                        FRONT_END,
                        "GET",
                        "/card",
                        200,
                        together(call(USER, "GET", "/customers/{id}/cards"))),
                answer(
                        FRONT_END,
                        "GET",
                        "/address",
                        200,
                        together(call(USER, "GET", "/customers/{id}/addresses"))));
    }

    private static List<Route> leafRoutes() {
        return List.of(
                answer(CATALOGUE, "GET", "/catalogue", 200),
                answer(CATALOGUE, "GET", "/catalogue/size", 200),
                answer(CATALOGUE, "GET", "/catalogue/{id}", 200),
                answer(CATALOGUE, "GET", "/tags", 200),
                answer(CARTS, "GET", "/carts/{customerId}", 200),
                answer(CARTS, "DELETE", "/carts/{customerId}", 202),
                answer(CARTS, "GET", "/carts/{customerId}/merge", 202),
                answer(CARTS, "GET", "/carts/{customerId}/items", 200),
                answer(CARTS, "POST", "/carts/{customerId}/items", 201),
                answer(CARTS, "PATCH", "/carts/{customerId}/items", 202),
                answer(CARTS, "GET", "/carts/{customerId}/items/{itemId}", 200),
                answer(CARTS, "DELETE", "/carts/{customerId}/items/{itemId}", 202),
                answer(USER, "GET", "/login", 200),
                answer(USER, "POST", "/register", 200),
                answer(USER, "GET", "/customers", 200),
                answer(USER, "GET", "/customers/{id}", 200),
                answer(USER, "GET", "/customers/{id}/addresses", 200),
                answer(USER, "GET", "/customers/{id}/cards", 200),
                answer(USER, "POST", "/customers", 200),
                answer(USER, "DELETE", "/customers/{id}", 200),
                answer(USER, "GET", "/cards", 200),
                answer(USER, "GET", "/cards/{id}", 200),
                answer(USER, "POST", "/cards", 200),
                answer(USER, "DELETE", "/cards/{id}", 200),
                answer(USER, "GET", "/addresses", 200),
                answer(USER, "GET", "/addresses/{id}", 200),
                answer(USER, "POST", "/addresses", 200),
                answer(USER, "DELETE", "/addresses/{id}", 200),
                answer(PAYMENT, "POST", "/paymentAuth", 200),
                answer(SHIPPING, "GET", "/shipping", 200),
                answer(SHIPPING, "GET", "/shipping/{id}", 200),
                new Route(SHIPPING, "POST", "/shipping", 201, true, List.of()));
    }

    private static List<Route> orderRoutes() {
        return List.of(
                answer(ORDERS, "GET", "/orders/search/customerId", 200),
                answer(ORDERS, "GET", "/orders/{id}", 200),
                answer(
                        ORDERS,
                        "POST",
                        "/orders",
                        201,
                        together(
                                call(USER, "GET", "/addresses/{id}"),
                                call(USER, "GET", "/customers/{id}"),
                                call(USER, "GET", "/cards/{id}"),
                                call(CARTS, "GET", "/carts/{customerId}/items")),
                        together(call(PAYMENT, "POST", "/paymentAuth")),
                        together(call(SHIPPING, "POST", "/shipping"))));
    }

    private static Route answer(
            ShopService service,
            String method,
            String template,
            int status,
            Route.Stage... stages) {
        return new Route(service, method, template, status, false, List.of(stages));
    }

    /** A route that front-end passes on to the route of the same name. */
    private static Route same(String method, String template, ShopService to) {
        return answer(FRONT_END, method, template, 200, together(call(to, method, template)));
    }

    private static Route.Stage together(Route.Call... calls) {
        return new Route.Stage(List.of(calls));
    }

    private static Route.Call call(ShopService service, String method, String template) {
        return new Route.Call(service, method, template, example(template), false);
    }

    private static Route.Call optional(ShopService service, String method, String template) {
        return new Route.Call(service, method, template, example(template), true);
    }

    private static String example(String template) {
        return PARAMETER.matcher(template).replaceAll(EXAMPLE);
    }
}
