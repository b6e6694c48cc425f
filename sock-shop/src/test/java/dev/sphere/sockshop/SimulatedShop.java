package dev.sphere.sockshop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** The shop's own replicas, queues and call graph in simulated time, without HTTP. */
final class SimulatedShop {

    /** What became of the requests to one service. */
    static final class Outcome {
        private final List<Double> millis = new ArrayList<>();
        private long failures;

        void add(boolean failed, long nanos) {
            failures += failed ? 1 : 0;
            millis.add(failed ? Double.POSITIVE_INFINITY : nanos / 1e6);
        }

        int requests() {
            return millis.size();
        }

        long failures() {
            return failures;
        }

        /** A failed request took for ever. */
        double p95Millis() {
            double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return sorted[(int) Math.ceil(0.95 * sorted.length) - 1];
        }

        double shareOver(double limitMillis) {
            return millis.stream().filter(m -> m > limitMillis).count() / (double) millis.size();
        }
    }

    private final SimulatedTimeline timeline = new SimulatedTimeline();
    private final SplittableRandom random;
    private final CallGraph graph;
    private final Map<ShopService, List<Replica>> replicas = new EnumMap<>(ShopService.class);
    private final Map<ShopService, Outcome> outcomes = new EnumMap<>(ShopService.class);
    private final ShipmentQueue shipments = new ShipmentQueue(SockShop.SHIPMENTS_BOUND);

    SimulatedShop(long seed, CallGraph graph, Map<ShopService, Integer> counts) {
        this.random = new SplittableRandom(seed);
        this.graph = graph;
        counts.forEach(
                (service, count) -> {
                    List<Replica> all = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        start(service).ifPresent(all::add);
                    }
                    replicas.put(service, all);
                });
        Arrays.stream(ShopService.values()).forEach(s -> outcomes.put(s, new Outcome()));
    }

    private Optional<Replica> start(ShopService service) {
        Workers workers =
                new Workers(service.workers(), service.serviceTime(), timeline, random.split());
        if (service == ShopService.QUEUE_MASTER) {
            new ShipmentConsumer(
                            shipments,
                            workers,
                            timeline,
                            s ->
                                    outcomes.get(service)
                                            .add(false, timeline.now() - s.enqueuedNanos()))
                    .start();
            return Optional.empty();
        }
        RequestQueue queue =
                new RequestQueue(
                        workers,
                        service.queueBound(),
                        service.waitTimeoutMillis() * 1_000_000L,
                        timeline);
        return Optional.of(new Replica(queue, this::call, shipments, timeline, () -> {}));
    }

    private void call(Route.Call call, IntConsumer status) {
        serve(graph.route(call.service(), call.method(), call.template()), status);
    }

    private void serve(Route route, IntConsumer answer) {
        List<Replica> ready = replicas.getOrDefault(route.service(), List.of());
        Outcome outcome = outcomes.get(route.service());
        if (ready.isEmpty()) {
            outcome.add(true, 0);
            answer.accept(Replica.NO_ANSWER);
            return;
        }
        long began = timeline.now();
        ready.get(random.nextInt(ready.size()))
                .serve(
                        route,
                        status -> {
                            outcome.add(Replica.isFailure(status), timeline.now() - began);
                            answer.accept(status);
                        });
    }

    /** Requests arrive at random, this many per second on average. */
    void requests(double perSecond, double seconds, Supplier<Route> routes) {
        double at = timeline.now() / 1e9;
        double end = at + seconds;
        while ((at += -Math.log(1 - random.nextDouble()) / perSecond) < end) {
            timeline.at((long) (at * 1e9), () -> serve(routes.get(), status -> {}));
        }
        timeline.runOut();
    }

    /** Shipments arrive at random at the queue itself. */
    void shipments(double perSecond, double seconds) {
        double at = 0;
        while ((at += -Math.log(1 - random.nextDouble()) / perSecond) < seconds) {
            timeline.at(
                    (long) (at * 1e9),
                    () -> {
                        if (!shipments.offer(timeline.now())) {
                            outcomes.get(ShopService.QUEUE_MASTER).add(true, 0);
                        }
                    });
        }
        timeline.runOut();
    }

    Map<ShopService, Outcome> outcomes() {
        return outcomes;
    }
}
