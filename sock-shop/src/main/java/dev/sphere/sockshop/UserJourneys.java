package dev.sphere.sockshop;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What users ask front-end for: the nine requests of the real load test's journey, equally often,
 * and now and then what the pages in the browser ask for themselves.
 */
public final class UserJourneys {

    private static final int ITEMS = 9;

    private record Choice(int upTo, Route route) {}

    private final List<Choice> choices = new ArrayList<>();
    private final int weights;
    private final Map<ShopService, Double> visits = new EnumMap<>(ShopService.class);

    /** The users of the shop. */
    public UserJourneys() {
        this(CallGraph.ofTheShop());
    }

    UserJourneys(CallGraph graph) {
        int sum = 0;
        sum = add(graph, sum, 20, "GET", "/catalogue");
        sum = add(graph, sum, 20, "GET", "/");
        sum = add(graph, sum, 20, "GET", "/login");
        sum = add(graph, sum, 20, "GET", "/category.html");
        sum = add(graph, sum, 20, "GET", "/detail.html");
        sum = add(graph, sum, 20, "DELETE", "/cart");
        sum = add(graph, sum, 20, "POST", "/cart");
        sum = add(graph, sum, 20, "GET", "/basket.html");
        sum = add(graph, sum, 20, "POST", "/orders");
        sum = add(graph, sum, 7, "GET", "/catalogue/{id}");
        sum = add(graph, sum, 2, "GET", "/catalogue/size");
        sum = add(graph, sum, 2, "GET", "/tags");
        sum = add(graph, sum, 7, "GET", "/cart");
        sum = add(graph, sum, 2, "GET", "/orders");
        weights = sum;

        int from = 0;
        for (Choice choice : choices) {
            double share = (choice.upTo - from) / (double) weights;
            graph.visits(choice.route)
                    .forEach((service, count) -> visits.merge(service, share * count, Double::sum));
            from = choice.upTo;
        }
    }

    /** The next request. */
    public RouteRequest next(RandomGenerator random) {
        int drawn = random.nextInt(weights);
        int i = 0;
        while (drawn >= choices.get(i).upTo) {
            i++;
        }
        Route route = choices.get(i).route;
        String item = "sock-" + (1 + random.nextInt(ITEMS));
        return switch (route.template()) {
            case "/detail.html" ->
                    new RouteRequest(route.method(), route.template() + "?id=" + item, "");
            case "/catalogue/{id}" -> new RouteRequest(route.method(), "/catalogue/" + item, "");
            case "/cart" ->
                    new RouteRequest(
                            route.method(),
                            route.template(),
                            route.method().equals("POST")
                                    ? "{\"id\":\"" + item + "\",\"quantity\":1}"
                                    : "");
            default -> new RouteRequest(route.method(), route.template(), "");
        };
    }

    /** Calls of a service per request to front-end, on average. */
    public double visits(ShopService service) {
        return visits.getOrDefault(service, 0.0);
    }

    private int add(CallGraph graph, int sum, int weight, String method, String template) {
        Route route = graph.route(ShopService.FRONT_END, method, template);
        choices.add(new Choice(sum + weight, route));
        return sum + weight;
    }
}
