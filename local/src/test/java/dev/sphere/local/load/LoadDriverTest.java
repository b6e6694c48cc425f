package dev.sphere.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kafka.LoopbackPort;
import dev.sphere.local.load.LoadStatistics.Failure;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadDriverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SEED = 11;
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Vertx vertx = Vertx.vertx();
    private final Queue<Long> arrivals = new ConcurrentLinkedQueue<>();
    private LoadDriver driver;

    @AfterEach
    void close() throws Exception {
        if (driver != null) {
            driver.close();
        }
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void sendsEachRequestWhenItIsDue() throws Exception {
        Address server = serve(request -> request.response().end("ok"));
        long started = System.nanoTime();
        start(200, 5_000, LONG, () -> Optional.of(server));

        // the first requests wait for the client to warm up, and all on a machine that stalls
        await().atMost(PATIENCE).until(() -> arrivals.size() >= 300);
        await().atMost(PATIENCE)
                .until(() -> lateMillis(started).stream().filter(late -> late < 100).count() > 30);

        assertThat(lateMillis(started)).allSatisfy(late -> assertThat(late).isNotNegative());
        var statistics = driver.statistics();
        assertThat(statistics.lag().count()).isGreaterThanOrEqualTo(300);
        assertThat(statistics.latency().p50()).isGreaterThan(0);
    }

    /** Against the same process, drawn again. */
    private List<Long> lateMillis(long started) {
        var load = Load.of(new SteadyLoad(), 200, Duration.ofMinutes(8), 0);
        var random = new SplittableRandom(SEED);
        random.split();
        var due = new Arrivals(load, 0, random);
        List<Long> lateMillis = new ArrayList<>();
        for (long arrived : arrivals.stream().sorted().toList()) {
            lateMillis.add((arrived - started - due.next()) / 1_000_000);
        }
        return lateMillis;
    }

    @Test
    void doesNotWaitForResponses() throws Exception {
        // nobody is answered until 50 have asked: a driver that waits would never get there
        Queue<HttpServerRequest> asked = new ConcurrentLinkedQueue<>();
        Address server =
                serve(
                        request -> {
                            asked.add(request);
                            if (asked.size() >= 50) {
                                for (var waiting = asked.poll();
                                        waiting != null;
                                        waiting = asked.poll()) {
                                    waiting.response().end();
                                }
                            }
                        });

        start(100, 512, LONG, () -> Optional.of(server));

        await().atMost(PATIENCE).until(() -> driver.statistics().ok() >= 50);
        assertThat(driver.statistics().failed()).isZero();
        // the first waited for the fiftieth, half a second later
        assertThat(driver.statistics().latency().max()).isGreaterThan(200);
    }

    @Test
    void countsWhatExceedsTheBoundInFlightAsOverflow() throws Exception {
        Address server = serve(request -> {});

        start(200, 10, LONG, () -> Optional.of(server));

        await().atMost(PATIENCE).until(() -> failures(Failure.OVERFLOW) >= 50);
        // one more for a moment, while it is being refused
        await().atMost(PATIENCE).until(() -> driver.statistics().inFlight() == 10);
        assertThat(arrivals).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void countsAMissingReplicaAsAFailedRequest() {
        start(200, 10, LONG, Optional::empty);

        await().atMost(PATIENCE).until(() -> failures(Failure.NO_ENDPOINT) >= 20);
        assertThat(driver.statistics().ok()).isZero();
    }

    @Test
    void countsARefusedConnection() {
        try (var held = LoopbackPort.hold(0)) {
            start(100, 512, LONG, () -> Optional.of(new Address("127.0.0.1", held.number())));

            await().atMost(PATIENCE).until(() -> failures(Failure.REFUSED) >= 10);
            assertThat(driver.isRunning()).isTrue();
        }
    }

    @Test
    void countsABrokenConnection() throws Exception {
        Address server = serve(request -> request.connection().close());

        start(100, 512, LONG, () -> Optional.of(server));

        await().atMost(PATIENCE).until(() -> failures(Failure.CONNECTION) >= 10);
    }

    @Test
    void givesUpAfterTheTimeout() throws Exception {
        Address server = serve(request -> {});

        start(100, 512, Duration.ofMillis(200), () -> Optional.of(server));

        await().atMost(PATIENCE).until(() -> failures(Failure.TIMEOUT) >= 10);
        assertThat(driver.statistics().ok()).isZero();
    }

    @Test
    void countsAnErrorStatusAsFailed() throws Exception {
        Address server = serve(request -> request.response().setStatusCode(503).end());

        start(100, 512, LONG, () -> Optional.of(server));

        await().atMost(PATIENCE).until(() -> failures(Failure.STATUS) >= 10);
        assertThat(driver.statistics().ok()).isZero();
    }

    @Test
    void survivesAnEndpointChooserThatFails() {
        start(
                100,
                512,
                LONG,
                () -> {
                    throw new IllegalStateException("chooser");
                });

        await().atMost(PATIENCE).until(() -> failures(Failure.UNEXPECTED) >= 10);
        // those that have not failed yet; one that were never given back would stay
        await().atMost(PATIENCE).until(() -> driver.statistics().inFlight() < 5);
    }

    @Test
    void sendsTheBodyOfARequest() throws Exception {
        Queue<String> bodies = new ConcurrentLinkedQueue<>();
        Address server =
                serve(
                        request ->
                                request.body()
                                        .onSuccess(
                                                body -> {
                                                    bodies.add(
                                                            request.method()
                                                                    + " "
                                                                    + request.uri()
                                                                    + " "
                                                                    + body);
                                                    request.response().end();
                                                }));
        var load = Load.of(new SteadyLoad(), 100, Duration.ofMinutes(8), 0);
        driver =
                new LoadDriver(
                        load,
                        random -> new Request("POST", "/cart?x=1", "{\"id\":1}"),
                        () -> Optional.of(server),
                        new LoadDriver.Settings(SEED, 512, LONG));

        driver.start();

        await().atMost(PATIENCE).until(() -> driver.statistics().ok() >= 3);
        assertThat(bodies).contains("POST /cart?x=1 {\"id\":1}");
    }

    @Test
    void tellsWhatHappenedSinceItWasLastAsked() throws Exception {
        Address server = serve(request -> request.response().end());
        start(200, 512, LONG, () -> Optional.of(server));
        await().atMost(PATIENCE).until(() -> driver.statistics().ok() >= 50);

        var first = driver.interval();
        driver.close();
        await().atMost(PATIENCE).until(() -> !driver.isRunning());
        var rest = driver.interval();
        var nothing = driver.interval();

        assertThat(first.sent() + rest.sent()).isEqualTo(driver.statistics().sent());
        assertThat(first.latency().count() + rest.latency().count())
                .isEqualTo(driver.statistics().latency().count());
        assertThat(List.of(nothing.sent(), nothing.ok(), nothing.latency().count()))
                .containsOnly(0L);
    }

    private long failures(Failure failure) {
        return driver.statistics().failures().getOrDefault(failure, 0L);
    }

    private void start(
            double perSecond,
            int maxInFlight,
            Duration timeout,
            Supplier<Optional<Address>> endpoint) {
        var load = Load.of(new SteadyLoad(), perSecond, Duration.ofMinutes(8), 0);
        driver =
                new LoadDriver(
                        load,
                        random -> new Request("GET", "/?item=" + random.nextInt(9)),
                        endpoint,
                        new LoadDriver.Settings(SEED, maxInFlight, timeout));
        driver.start();
    }

    private Address serve(Consumer<HttpServerRequest> answer) throws Exception {
        HttpServer server =
                vertx.createHttpServer()
                        .requestHandler(
                                request -> {
                                    arrivals.add(System.nanoTime());
                                    answer.accept(request);
                                })
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return new Address("127.0.0.1", server.actualPort());
    }
}
