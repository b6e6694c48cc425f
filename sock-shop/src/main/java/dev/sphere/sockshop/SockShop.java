package dev.sphere.sockshop;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shop: starts and stops pods in this process, which find each other through its endpoints. Any
 * thread may use it.
 */
public final class SockShop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SockShop.class);

    static final int SHIPMENTS_BOUND = 2_000;

    private static final int EVENT_LOOPS = 2;
    private static final Duration STATISTICS_WINDOW = Duration.ofSeconds(10);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final long CLOSE_SECONDS = 5;

    /** A pod from the moment it is asked for; it can be stopped before it listens. */
    private record Running(
            ShopPod pod, CompletableFuture<String> deployment, CompletableFuture<Void> stopped) {

        Running(ShopPod pod) {
            this(pod, new CompletableFuture<>(), new CompletableFuture<>());
        }
    }

    private final Vertx vertx;
    private final long seed;
    private final Endpoints endpoints;
    private final ShopStatistics statistics;
    private final ShipmentQueue shipments = new ShipmentQueue(SHIPMENTS_BOUND);
    private final ShopClient client;
    private final ShopPod.Surroundings surroundings;
    private final Map<String, Running> pods = new ConcurrentHashMap<>();
    private volatile boolean hurried;

    private SockShop(long seed, Duration statisticsWindow, Duration drain) {
        vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setEventLoopPoolSize(EVENT_LOOPS)
                                .setWorkerPoolSize(1)
                                .setInternalBlockingPoolSize(1)
                                // no cache directory is left behind
                                .setFileSystemOptions(
                                        new FileSystemOptions()
                                                .setClassPathResolvingEnabled(false)
                                                .setFileCachingEnabled(false)));
        this.seed = seed;
        endpoints = new Endpoints(seed);
        statistics = new ShopStatistics(statisticsWindow);
        client = new ShopClient(vertx, endpoints, statistics);
        surroundings =
                new ShopPod.Surroundings(
                        vertx,
                        CallGraph.ofTheShop(),
                        endpoints,
                        statistics,
                        shipments,
                        client,
                        drain);
    }

    /** An empty shop; the seed decides service times and the choice of pods. */
    public static SockShop open(long seed) {
        return open(seed, STATISTICS_WINDOW, DRAIN);
    }

    /** An empty shop with this recent window, whose pods take at most this time to stop. */
    public static SockShop open(long seed, Duration statisticsWindow, Duration drain) {
        return new SockShop(seed, statisticsWindow, drain);
    }

    /**
     * Starts a pod; the answer comes when it listens and shows {@code /metrics} and {@code
     * /health}. It gets no requests before {@link ShopPod#ready()}, but queue-master takes
     * shipments at once, as it is no endpoint that brings them.
     */
    public CompletionStage<ShopPod> start(ShopService service, String podName, String namespace) {
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(podName, "podName");
        Objects.requireNonNull(namespace, "namespace");
        SplittableRandom random = new SplittableRandom(seed * 31 + podName.hashCode());
        ShopPod pod = new ShopPod(service, podName, namespace, surroundings, random);
        Running running = new Running(pod);
        Running other = pods.putIfAbsent(podName, running);
        if (other != null) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException(
                            "pod %s: already runs as %s".formatted(podName, other.pod.service())));
        }
        if (hurried) {
            pod.hurry();
        }
        vertx.deployVerticle(pod.new Lifecycle(), new DeploymentOptions())
                .onSuccess(running.deployment::complete)
                .onFailure(
                        failure -> {
                            pods.remove(podName, running);
                            running.deployment.completeExceptionally(failure);
                        });
        return running.deployment.thenApply(id -> pod);
    }

    /**
     * Stops a pod: it leaves the endpoints at once, finishes what it has, for a bounded time, and
     * closes. Said again, it answers when the pod is gone, too.
     */
    public CompletionStage<Void> stop(String podName) {
        Running running = pods.get(podName);
        if (running == null) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException(
                            "pod %s: does not run, expected one of %s"
                                    .formatted(podName, pods.keySet())));
        }
        if (running.pod.stopsNow()) {
            running.deployment
                    .thenCompose(id -> vertx.undeploy(id).toCompletionStage())
                    .whenComplete(
                            (done, failure) -> {
                                pods.remove(podName, running);
                                if (failure == null) {
                                    running.stopped.complete(null);
                                } else {
                                    running.stopped.completeExceptionally(failure);
                                }
                            });
        }
        return running.stopped.minimalCompletionStage();
    }

    public Endpoints endpoints() {
        return endpoints;
    }

    public ShopStatistics statistics() {
        return statistics;
    }

    public ShipmentQueue queue() {
        return shipments;
    }

    /** The users' way in. */
    public ShopClient client() {
        return client;
    }

    /** From now on a pod that stops, or already does, does not finish what it has. */
    public void hurry() {
        hurried = true;
        pods.values().forEach(r -> r.pod.hurry());
    }

    /** Ends everything at once, without waiting for requests. */
    @Override
    public void close() {
        pods.values().forEach(r -> endpoints.gone(r.pod.service(), r.pod.name()));
        hurry();
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.warn("the shop has not closed within {} s", CLOSE_SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
        pods.clear();
    }
}
