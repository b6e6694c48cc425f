package dev.sphere.sockshop;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica behind HTTP on 127.0.0.1: its routes, {@code /metrics} and {@code /health}. All of it
 * runs on one event loop.
 */
public final class ShopPod {

    private static final Logger LOG = LoggerFactory.getLogger(ShopPod.class);

    static final String HOST = "127.0.0.1";

    private static final int UNAVAILABLE = 503;
    private static final long QUIET_MILLIS = 100;
    private static final double IDLE_CORES = 0.005;
    private static final double BYTES_PER_REQUEST = 65_536;
    private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain");
    private static final CharSequence HTML = HttpHeaders.createOptimized("text/html");
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence METRICS =
            HttpHeaders.createOptimized(PodMetrics.CONTENT_TYPE);
    private static final Buffer PAGE =
            Buffer.buffer("<!DOCTYPE html><html><title>Sock Shop</title><body></body></html>\n");
    private static final Buffer ITEMS =
            Buffer.buffer("[{\"id\":\"sock-1\",\"name\":\"Weave special\",\"price\":17.15}]");
    private static final Buffer OK = Buffer.buffer("{}");
    private static final Buffer FAILED = Buffer.buffer("{\"error\":\"not served\"}");

    /** What a pod needs of the shop around it. */
    record Surroundings(
            Vertx vertx,
            CallGraph graph,
            Endpoints endpoints,
            ShopStatistics statistics,
            ShipmentQueue shipments,
            ShopClient client,
            Duration drain) {}

    private final ShopService service;
    private final String name;
    private final String namespace;
    private final Surroundings shop;
    private final SplittableRandom random;
    private final Set<Exchange> inFlight = new LinkedHashSet<>();
    private Timeline timeline;
    private Workers workers;
    private RequestQueue queue;
    private Replica replica;
    private Optional<ShipmentConsumer> consumer = Optional.empty();
    private PodMetrics metrics;
    private long startedNanos;
    private boolean refusing;
    private boolean stopping;
    private volatile int port;
    private volatile boolean hurried;

    ShopPod(
            ShopService service,
            String name,
            String namespace,
            Surroundings shop,
            SplittableRandom random) {
        this.service = service;
        this.name = name;
        this.namespace = namespace;
        this.shop = shop;
        this.random = random;
    }

    public ShopService service() {
        return service;
    }

    public String name() {
        return name;
    }

    public String namespace() {
        return namespace;
    }

    public String host() {
        return HOST;
    }

    /** The port on 127.0.0.1 for requests, {@code /metrics} and {@code /health}. */
    public int port() {
        return port;
    }

    /** Tells the endpoints that the pod is ready: from now on it gets requests. */
    public synchronized void ready() {
        if (!stopping) {
            shop.endpoints.ready(service, name, HOST, port);
        }
    }

    /** Says yes to the first who stops it; then it can no longer become ready. */
    synchronized boolean stopsNow() {
        boolean first = !stopping;
        stopping = true;
        shop.endpoints.gone(service, name);
        return first;
    }

    /** When it stops, or if it does already, it does not wait for what it has. */
    void hurry() {
        hurried = true;
    }

    /** The pod as Vert.x runs it: on a context, and so an event loop, of its own. */
    final class Lifecycle extends AbstractVerticle {

        @Override
        public void start(Promise<Void> listening) {
            open(context)
                    .onSuccess(ignored -> consumer.ifPresent(ShipmentConsumer::start))
                    .onComplete(listening);
        }

        @Override
        public void stop(Promise<Void> drained) {
            shop.endpoints.gone(service, name);
            drain(drained, System.nanoTime() + shop.drain.toNanos());
        }
    }

    private Future<Void> open(Context context) {
        timeline = new EventLoopTimeline(context);
        startedNanos = timeline.now();
        workers = new Workers(service.workers(), service.serviceTime(), timeline, random);
        queue =
                new RequestQueue(
                        workers,
                        service.queueBound(),
                        service.waitTimeoutMillis() * 1_000_000L,
                        timeline);
        replica =
                new Replica(
                        queue,
                        this::callDownstream,
                        shop.shipments,
                        timeline,
                        () -> shop.statistics.arrived(ShopService.QUEUE_MASTER));
        metrics = new PodMetrics(service, namespace, name, this::cpuSeconds, this::memoryBytes);
        if (service == ShopService.QUEUE_MASTER) {
            metrics.showQueue(shop.shipments);
            consumer =
                    Optional.of(
                            new ShipmentConsumer(
                                    shop.shipments, workers, timeline, this::processed));
        }
        return shop.vertx
                .createHttpServer(new HttpServerOptions().setAcceptBacklog(1_024))
                .requestHandler(this::answer)
                .listen(0, HOST)
                .onSuccess(server -> port = server.actualPort())
                .mapEmpty();
    }

    private void answer(HttpServerRequest request) {
        String path = request.path();
        if (path.equals("/metrics")) {
            // Not through the workers: an overloaded pod must still be scraped.
            end(request.response(), 200, METRICS, Buffer.buffer(metrics.text()));
            return;
        }
        if (path.equals("/health")) {
            end(request.response(), 200, JSON, Buffer.buffer("{\"status\":\"OK\"}"));
            return;
        }
        Optional<Route> route = shop.graph.match(service, request.method().name(), path);
        if (route.isEmpty()) {
            String what = "%s has no route %s %s%n".formatted(service, request.method(), path);
            end(request.response(), 404, TEXT, Buffer.buffer(what));
            return;
        }
        Exchange exchange = new Exchange(route.get(), request.response());
        shop.statistics.arrived(service);
        if (refusing) {
            exchange.accept(UNAVAILABLE);
            return;
        }
        inFlight.add(exchange);
        replica.serve(route.get(), exchange);
    }

    private void callDownstream(Route.Call call, IntConsumer status) {
        HttpMethod method = HttpMethod.valueOf(call.method());
        String body = method == HttpMethod.GET || method == HttpMethod.DELETE ? "" : "{}";
        shop.client
                .call(call.service(), method, call.path(), body)
                .onSuccess(answered -> status.accept(answered));
    }

    private void processed(Shipment shipment) {
        long nanos = timeline.now() - shipment.enqueuedNanos();
        metrics.answered("consume", "/shipping-task", 200, nanos);
        shop.statistics.completed(service, nanos);
    }

    private double cpuSeconds() {
        double upSeconds = (timeline.now() - startedNanos) / 1e9;
        return workers.busySeconds() * service.coresPerWorker() + upSeconds * IDLE_CORES;
    }

    private double memoryBytes() {
        int held = workers.busy() + queue.length();
        return service.memoryBytes() + Math.max(held, inFlight.size()) * BYTES_PER_REQUEST;
    }

    /**
     * Waits until the pod has been without requests for a moment, as some may have been on their
     * way when it left the endpoints; refuses when the time is over what is still there.
     */
    private void drain(Promise<Void> drained, long deadline) {
        consumer.ifPresent(ShipmentConsumer::stop);
        boolean late = hurried || timeline.now() >= deadline;
        if (late) {
            refusing = true;
            consumer.ifPresent(ShipmentConsumer::giveBack);
            int refused = inFlight.size();
            List.copyOf(inFlight).forEach(exchange -> exchange.accept(UNAVAILABLE));
            if (refused > 0 && !hurried) {
                LOG.warn(
                        "pod {} stops with {} requests refused after {}",
                        name,
                        refused,
                        shop.drain);
            }
        }
        boolean quiet = inFlight.isEmpty() && consumer.map(c -> c.inWork() == 0).orElse(true);
        shop.vertx.setTimer(
                QUIET_MILLIS,
                timer -> {
                    if (late || quiet && inFlight.isEmpty()) {
                        drained.complete();
                    } else {
                        drain(drained, deadline);
                    }
                });
    }

    private static void end(
            HttpServerResponse response, int status, CharSequence type, Buffer body) {
        if (!response.closed()) {
            response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
        }
    }

    /** A request on its way through the pod, answered and counted once. */
    private final class Exchange implements IntConsumer {

        private final Route route;
        private final HttpServerResponse response;
        private final long began = timeline.now();
        private boolean answered;

        Exchange(Route route, HttpServerResponse response) {
            this.route = route;
            this.response = response;
        }

        @Override
        public void accept(int status) {
            if (answered) {
                return;
            }
            answered = true;
            inFlight.remove(this);
            long nanos = timeline.now() - began;
            metrics.answered(route.method(), route.template(), status, nanos);
            if (Replica.isFailure(status)) {
                shop.statistics.failed(service);
                end(response, status, JSON, FAILED);
            } else {
                shop.statistics.completed(service, nanos);
                boolean page = route.template().endsWith(".html") || route.template().equals("/");
                boolean list = route.template().startsWith("/catalogue");
                end(response, status, page ? HTML : JSON, page ? PAGE : list ? ITEMS : OK);
            }
        }
    }
}
