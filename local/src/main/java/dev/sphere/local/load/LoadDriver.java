package dev.sphere.local.load;

import dev.sphere.local.load.LoadStatistics.Distribution;
import dev.sphere.local.load.LoadStatistics.Failure;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests over HTTP as users would: at random times that follow the load, whether or not the
 * earlier ones were answered.
 *
 * <ul>
 *   <li>Arrivals are a Poisson process with the load's intensity; the same seed and start give the
 *       same arrivals.
 *   <li>Latency counts from the time a request was due, so that a late driver cannot flatter it.
 *   <li>Requests beyond the bound in flight are not sent but counted as failed.
 * </ul>
 */
public final class LoadDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadDriver.class);
    private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(10);
    private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Load load;
    private final Function<RandomGenerator, Request> requests;
    private final Supplier<Optional<Address>> endpoint;
    private final Settings settings;
    private final Vertx vertx;
    private final HttpClient client;
    private final Thread thread;

    private final LongAdder sent = new LongAdder();
    private final LongAdder ok = new LongAdder();
    private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong warnAgainAt = new AtomicLong(System.nanoTime());
    private final Recorder latency = new Recorder(3);
    private final Recorder lag = new Recorder(3);
    private final Histogram latencyOfAll = new Histogram(3);
    private final Histogram lagOfAll = new Histogram(3);
    private Histogram latencyOfInterval = new Histogram(3);
    private Histogram lagOfInterval = new Histogram(3);
    private Map<Failure, Long> failuresBefore = Map.of();
    private long sentBefore;
    private long okBefore;

    private volatile boolean running = true;
    private volatile long startNanos;

    /**
     * @param maxInFlight requests beyond are failed as overflow
     * @param timeout for the connection and for the answer
     */
    public record Settings(long seed, int maxInFlight, Duration timeout) {
        public Settings {
            if (maxInFlight < 1) {
                throw new IllegalArgumentException(
                        "max in flight " + maxInFlight + ": expected at least 1");
            }
            if (timeout.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "timeout " + timeout + ": expected at least 1 ms");
            }
        }
    }

    /**
     * @param requests draws the next request of some user
     * @param endpoint chooses a ready replica for each request; empty if there is none
     */
    public LoadDriver(
            Load load,
            Function<RandomGenerator, Request> requests,
            Supplier<Optional<Address>> endpoint,
            Settings settings) {
        this.load = load;
        this.requests = requests;
        this.endpoint = endpoint;
        this.settings = settings;
        for (Failure failure : Failure.values()) {
            failures.put(failure, new LongAdder());
        }
        // An event loop of its own, so that the shop's work does not delay the users; no cache of
        // files, so that no folder is left behind.
        this.vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setEventLoopPoolSize(1)
                                .setWorkerPoolSize(1)
                                .setInternalBlockingPoolSize(1)
                                .setFileSystemOptions(
                                        new FileSystemOptions()
                                                .setFileCachingEnabled(false)
                                                .setClassPathResolvingEnabled(false)));
        this.client =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setKeepAlive(true)
                                .setConnectTimeout((int) settings.timeout().toMillis()),
                        // A connection per request in flight: waiting for one would close the loop.
                        new PoolOptions().setHttp1MaxSize(settings.maxInFlight()));
        this.thread = new Thread(this::drive, "load-driver");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler(
                (t, e) -> LOG.error("The load driver ended: no more requests are sent", e));
    }

    public void start() {
        startNanos = System.nanoTime();
        thread.start();
    }

    /** Whether requests are being sent; false also after a failure of the driver itself. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    private void drive() {
        var random = new SplittableRandom(settings.seed());
        var users = random.split();
        long startMillis =
                System.currentTimeMillis()
                        - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        var arrivals = new Arrivals(load, startMillis, random);
        var context = vertx.getOrCreateContext();
        while (running) {
            long dueNanos = startNanos + arrivals.next();
            Request request = requests.apply(users);
            waitUntil(dueNanos);
            if (!running) {
                return;
            }
            sent.increment();
            if (inFlight.incrementAndGet() > settings.maxInFlight()) {
                inFlight.decrementAndGet();
                fail(Failure.OVERFLOW, null);
            } else {
                context.runOnContext(ignored -> send(request, dueNanos));
            }
        }
    }

    private void waitUntil(long nanos) {
        long left = nanos - System.nanoTime();
        while (running && left > 0) {
            LockSupport.parkNanos(left);
            left = nanos - System.nanoTime();
        }
    }

    private void send(Request request, long dueNanos) {
        lag.recordValue(microsSince(dueNanos));
        Future.succeededFuture()
                .compose(ignored -> answer(request))
                .onComplete(
                        answered -> {
                            inFlight.decrementAndGet();
                            if (answered.failed()) {
                                fail(failureOf(answered.cause()), answered.cause());
                                return;
                            }
                            latency.recordValue(microsSince(dueNanos));
                            if (answered.result() < 400) {
                                ok.increment();
                            } else {
                                fail(Failure.STATUS, null);
                            }
                        });
    }

    private Future<Integer> answer(Request request) {
        Address address = endpoint.get().orElseThrow(NoEndpoint::new);
        var options =
                new RequestOptions()
                        .setHost(address.host())
                        .setPort(address.port())
                        .setMethod(HttpMethod.valueOf(request.method()))
                        .setURI(request.path())
                        .setTimeout(settings.timeout().toMillis());
        return client.request(options)
                .compose(sending -> send(sending, request.body()))
                .compose(response -> response.end().map(response.statusCode()));
    }

    private static Future<HttpClientResponse> send(HttpClientRequest sending, String body) {
        return body.isEmpty()
                ? sending.send()
                : sending.putHeader("Content-Type", "application/json").send(body);
    }

    private static long microsSince(long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - nanos);
        return Math.max(0, Math.min(LONGEST_MICROS, micros));
    }

    private static Failure failureOf(Throwable cause) {
        if (cause instanceof NoEndpoint) {
            return Failure.NO_ENDPOINT;
        }
        if (cause instanceof TimeoutException || cause instanceof ConnectTimeoutException) {
            return Failure.TIMEOUT;
        }
        if (cause instanceof ConnectException) {
            return Failure.REFUSED;
        }
        if (cause instanceof IOException || cause instanceof HttpClosedException) {
            return Failure.CONNECTION;
        }
        return Failure.UNEXPECTED;
    }

    private void fail(Failure failure, Throwable cause) {
        failures.get(failure).increment();
        if (failure != Failure.OVERFLOW && failure != Failure.UNEXPECTED) {
            return;
        }
        long now = System.nanoTime();
        long again = warnAgainAt.get();
        if (now - again >= 0 && warnAgainAt.compareAndSet(again, now + WARN_EVERY_NANOS)) {
            if (failure == Failure.OVERFLOW) {
                LOG.warn(
                        "{} requests are in flight, the most allowed: {} requests failed as"
                                + " overflow so far",
                        settings.maxInFlight(),
                        failures.get(failure).sum());
            } else {
                LOG.warn(
                        "A request failed for an unexpected reason, {} so far",
                        failures.get(failure).sum(),
                        cause);
            }
        }
    }

    /** Since the start. */
    public synchronized LoadStatistics statistics() {
        drain();
        return new LoadStatistics(
                sent.sum(),
                ok.sum(),
                failureCounts(),
                inFlight.get(),
                distribution(latencyOfAll),
                distribution(lagOfAll));
    }

    /** Since this was last asked for. */
    public synchronized LoadStatistics interval() {
        drain();
        long sentNow = sent.sum();
        long okNow = ok.sum();
        Map<Failure, Long> failuresNow = failureCounts();
        Map<Failure, Long> more = new EnumMap<>(Failure.class);
        failuresNow.forEach(
                (failure, count) -> {
                    long before = failuresBefore.getOrDefault(failure, 0L);
                    if (count > before) {
                        more.put(failure, count - before);
                    }
                });
        var statistics =
                new LoadStatistics(
                        sentNow - sentBefore,
                        okNow - okBefore,
                        more,
                        inFlight.get(),
                        distribution(latencyOfInterval),
                        distribution(lagOfInterval));
        sentBefore = sentNow;
        okBefore = okNow;
        failuresBefore = failuresNow;
        latencyOfInterval = new Histogram(3);
        lagOfInterval = new Histogram(3);
        return statistics;
    }

    private void drain() {
        Histogram latencies = latency.getIntervalHistogram();
        latencyOfAll.add(latencies);
        latencyOfInterval.add(latencies);
        Histogram lags = lag.getIntervalHistogram();
        lagOfAll.add(lags);
        lagOfInterval.add(lags);
    }

    private Map<Failure, Long> failureCounts() {
        Map<Failure, Long> counts = new EnumMap<>(Failure.class);
        failures.forEach(
                (failure, count) -> {
                    if (count.sum() > 0) {
                        counts.put(failure, count.sum());
                    }
                });
        return counts;
    }

    private static Distribution distribution(Histogram micros) {
        if (micros.getTotalCount() == 0) {
            return new Distribution(0, 0, 0, 0, 0, 0);
        }
        return new Distribution(
                micros.getMean() / 1000,
                micros.getValueAtPercentile(50) / 1000.0,
                micros.getValueAtPercentile(95) / 1000.0,
                micros.getValueAtPercentile(99) / 1000.0,
                micros.getMaxValue() / 1000.0,
                micros.getTotalCount());
    }

    /** Sends nothing more and drops what is in flight. */
    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
        try {
            thread.join(1000);
            vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The load driver's HTTP client did not close in time", e);
        }
    }

    /** No replica is ready. */
    private static final class NoEndpoint extends RuntimeException {
        private static final long serialVersionUID = 1;

        NoEndpoint() {
            super("no replica is ready", null, false, false);
        }
    }
}
