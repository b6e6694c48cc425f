package dev.sphere.bridge;

import dev.sphere.bridge.ServiceSamples.Sample;
import dev.sphere.bridge.ServiceSamples.Series;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scrapes all targets together at multiples of the interval, and says which of their series have
 * ended.
 *
 * <ul>
 *   <li>a scrape that fails sends nothing: its series stay expected;
 *   <li>a series that is missing from a wholly read scrape has ended, and so have all of a target
 *       that goes;
 *   <li>a target whose last scrape is still under way is left out, not queued.
 * </ul>
 */
final class Scraper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scraper.class);
    private static final String ACCEPT =
            "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    /** Ends of series that Kafka would not take and that are told again. */
    private static final int MAX_OWED = 1000;

    /** A timestamp further ahead would take all later ends of series with it. */
    private static final long MAX_TIME_APART = Duration.ofMinutes(10).toMillis();

    /** A pod that just starts or just ends is not worth a line in the log. */
    private static final int FAILURES_TOLD = 3;

    private final BridgeConfig.Scrape config;
    private final Mapping mapping;
    private final Output output;
    private final BridgeMetrics metrics;
    private final Clock clock;
    private final Map<String, TargetScrapes> targets = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<ServiceSamples> owed = new LinkedBlockingQueue<>(MAX_OWED);
    private final ScheduledExecutorService ticker =
            Executors.newSingleThreadScheduledExecutor(threads("bridge-tick"));
    private final ScheduledExecutorService deadlines =
            Executors.newSingleThreadScheduledExecutor(threads("bridge-deadline"));
    private final ExecutorService workers =
            Executors.newFixedThreadPool(
                    Math.max(4, Runtime.getRuntime().availableProcessors()),
                    threads("bridge-scrape"));
    private final HttpClient client;
    private volatile long lastTick;
    private volatile boolean closed;

    Scraper(
            BridgeConfig.Scrape config,
            Mapping mapping,
            Output output,
            BridgeMetrics metrics,
            Clock clock) {
        this.config = config;
        this.mapping = mapping;
        this.output = output;
        this.metrics = metrics;
        this.clock = clock;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        // A target could otherwise send the bridge anywhere.
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(config.timeout())
                        .executor(workers)
                        .build();
    }

    private static ThreadFactory threads(String name) {
        var number = new AtomicInteger();
        return task -> {
            var thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    void start() {
        lastTick = clock.millis();
        scheduleTick(nextTick());
    }

    /** Whether ticks go on. */
    boolean isAlive() {
        long silence = clock.millis() - lastTick;
        return !closed && silence < 3 * config.interval().toMillis() + 5_000;
    }

    /** Scrapes the target from the next tick on; one with the same id is replaced. */
    void put(Target target) {
        targets.compute(
                target.id(),
                (id, present) -> {
                    if (present != null && present.take(target)) {
                        return present;
                    }
                    if (present != null) {
                        present.end();
                    }
                    LOG.info("{}: {} joins at {}", target.service(), target.name(), target.url());
                    return new TargetScrapes(target);
                });
        metrics.targets.set(targets.size());
    }

    /** Scrapes the target no more; all its series end. */
    void remove(String id) {
        targets.computeIfPresent(
                id,
                (key, present) -> {
                    present.end();
                    return null;
                });
        metrics.targets.set(targets.size());
    }

    Set<String> targetIds() {
        return Set.copyOf(targets.keySet());
    }

    private void scheduleTick(long tickAt) {
        try {
            ticker.schedule(() -> runTick(tickAt), tickAt - clock.millis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed between two ticks", e);
        }
    }

    private long nextTick() {
        long interval = config.interval().toMillis();
        return Math.floorDiv(clock.millis(), interval) * interval + interval;
    }

    private void runTick(long tickAt) {
        // The timer's clock is not the wall clock: it may ring a little early.
        if (clock.millis() < tickAt && tickAt - clock.millis() <= config.interval().toMillis()) {
            scheduleTick(tickAt);
            return;
        }
        try {
            tick();
        } finally {
            scheduleTick(nextTick());
        }
    }

    void tick() {
        lastTick = clock.millis();
        tellOwed();
        for (TargetScrapes target : targets.values()) {
            if (closed) {
                return;
            }
            target.begin();
        }
    }

    private void tellOwed() {
        var again = new ArrayList<ServiceSamples>();
        owed.drainTo(again);
        again.forEach(this::writeEnd);
    }

    private void writeEnd(ServiceSamples ended) {
        output.write(ended)
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null && !closed && !owed.offer(ended)) {
                                LOG.warn(
                                        "{}: {} series ended, which Kafka was not told",
                                        ended.service(),
                                        ended.samples().size());
                            }
                        });
    }

    @Override
    public void close() {
        closed = true;
        ticker.shutdownNow();
        deadlines.shutdownNow();
        targets.values().forEach(TargetScrapes::abandon);
        workers.shutdown();
        try {
            if (!workers.awaitTermination(2, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** What a scrape has brought, before it is known whether it can be used. */
    private final class Scraped implements Exposition.Lines {
        private final Target target;
        private final Map<Series, Found> found = new LinkedHashMap<>();
        private final Map<CreatedKey, Long> created = new HashMap<>();
        private long read;
        private long filtered;
        private long rejected;
        private long overLimit;
        private Series duplicate;
        private long duplicates;

        Scraped(Target target) {
            this.target = target;
        }

        @Override
        public void sample(ExposedSample sample) {
            read++;
            if (mapping.isCreationTime(sample.name())) {
                double millis = sample.value() * 1000;
                if (millis > 0 && millis < 1e15 && created.size() < config.maxSeries()) {
                    created.put(new CreatedKey(sample.name(), sample.labels()), Math.round(millis));
                }
            }
            List<Mapping.Rule> rules = mapping.rulesFor(sample);
            if (rules.isEmpty()) {
                filtered++;
                return;
            }
            for (Mapping.Rule rule : rules) {
                Series series = rule.series(sample.labels(), target.pod());
                if (found.containsKey(series)) {
                    duplicate = series;
                    duplicates++;
                } else if (found.size() >= config.maxSeries()) {
                    overLimit++;
                } else {
                    found.put(series, new Found(sample));
                }
            }
        }

        @Override
        public void rejected(long line, Exposition.Rejection why) {
            rejected++;
            metrics.linesRejected.labelValues(why.label()).inc();
            LOG.debug("{}: line {} rejected: {}", target.url(), line, why.label());
        }

        void count() {
            metrics.samplesRead.inc(read);
            metrics.samplesFiltered.inc(filtered);
            if (duplicates > 0) {
                metrics.dropped(Drop.DUPLICATE, duplicates);
            }
        }

        /** By time, in the order of the exposition. */
        Map<Long, List<Sample>> samples(long at) {
            var byTime = new LinkedHashMap<Long, List<Sample>>();
            found.forEach(
                    (series, value) -> {
                        ExposedSample exposed = value.sample();
                        byTime.computeIfAbsent(timeOf(exposed, at), t -> new ArrayList<>())
                                .add(
                                        new Sample(
                                                series,
                                                exposed.value(),
                                                false,
                                                createdAt(series, exposed)));
                    });
            return byTime;
        }

        private long timeOf(ExposedSample exposed, long at) {
            long own = exposed.timestamp();
            if (!config.honorTimestamps() || own == ExposedSample.NO_TIMESTAMP) {
                return at;
            }
            if (own < at - MAX_TIME_APART || own > at + MAX_TIME_APART) {
                metrics.timestampsIgnored.inc();
                return at;
            }
            return own;
        }

        private long createdAt(Series series, ExposedSample exposed) {
            if (series.kind() != ServiceSamples.Kind.COUNTER) {
                return 0;
            }
            var key =
                    new CreatedKey(
                            Mapping.createdName(exposed.name()), Mapping.createdLabels(exposed));
            return created.getOrDefault(key, target.created());
        }
    }

    private record Found(ExposedSample sample) {}

    private record CreatedKey(String name, Map<String, String> labels) {}

    /** The scrapes of one target: at most one under way, and which series they brought. */
    private final class TargetScrapes {
        private Target target;
        private Set<Series> known = Set.of();
        private long lastAt;
        private boolean underWay;
        private boolean ended;
        private int failuresInRow;
        private boolean toldDuplicate;
        private CompletableFuture<?> answer;

        TargetScrapes(Target target) {
            this.target = target;
        }

        /** Whether the target only moved, so that its series go on. */
        synchronized boolean take(Target moved) {
            if (!target.service().equals(moved.service()) || !target.pod().equals(moved.pod())) {
                return false;
            }
            target = moved;
            return true;
        }

        synchronized void end() {
            ended = true;
            abandon();
            LOG.info("{}: {} goes, {} series end", target.service(), target.name(), known.size());
            tellEnd(known, Math.max(clock.millis(), lastAt + 1));
            known = Set.of();
        }

        synchronized void abandon() {
            ended = true;
            if (answer != null) {
                answer.cancel(true);
            }
        }

        private void tellEnd(Set<Series> series, long at) {
            if (!series.isEmpty()) {
                metrics.samplesStale.inc(series.size());
                writeEnd(
                        new ServiceSamples(
                                target.service(),
                                at,
                                series.stream().map(Sample::staleOf).toList()));
            }
        }

        synchronized void begin() {
            if (underWay) {
                metrics.scrapesSkipped.inc();
                return;
            }
            if (ended) {
                return;
            }
            underWay = true;
            metrics.scrapes.inc();
            metrics.scrapesInFlight.inc();
            Target asked = target;
            long at = clock.millis();
            long began = System.nanoTime();
            var sent =
                    client.sendAsync(
                            request(asked), response -> new LimitedBody(config.bodyLimit()));
            answer = sent;
            // The client's own timeout ends with the headers; this one includes the body.
            var deadline =
                    deadlines.schedule(
                            () -> sent.cancel(true),
                            config.timeout().toMillis(),
                            TimeUnit.MILLISECONDS);
            sent.handleAsync(
                            (response, failure) -> {
                                deadline.cancel(false);
                                finish(asked, at, response, failure);
                                return null;
                            },
                            workers)
                    .whenComplete((done, failure) -> finished(asked, began, failure));
        }

        private HttpRequest request(Target asked) {
            return HttpRequest.newBuilder(asked.url())
                    .timeout(config.timeout())
                    .header("Accept", ACCEPT)
                    .header("Accept-Encoding", "gzip")
                    .header("User-Agent", "sphere-bridge")
                    .header(
                            "X-Prometheus-Scrape-Timeout-Seconds",
                            Double.toString(config.timeout().toMillis() / 1000.0))
                    .build();
        }

        private synchronized void finished(Target asked, long began, Throwable failure) {
            if (failure != null) {
                failed(asked, ScrapeFailure.INTERNAL, failure);
            }
            underWay = false;
            answer = null;
            metrics.scrapesInFlight.dec();
            metrics.scrapeSeconds.observe(
                    Duration.ofNanos(System.nanoTime() - began).toNanos() / 1e9);
        }

        private void finish(
                Target asked, long at, HttpResponse<InputStream> response, Throwable failure) {
            var scraped = new Scraped(asked);
            try {
                if (failure != null) {
                    failed(asked, ScrapeFailure.of(failure), failure);
                    return;
                }
                read(response, scraped);
                use(asked, at, scraped);
            } catch (IOException e) {
                failed(asked, ScrapeFailure.of(e), e);
            }
        }

        private void read(HttpResponse<InputStream> response, Scraped scraped) throws IOException {
            if (response.statusCode() != 200) {
                throw new ScrapeException(
                        ScrapeFailure.STATUS, "HTTP status " + response.statusCode());
            }
            var format = format(response.headers().firstValue("Content-Type").orElse(""));
            String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
            InputStream body =
                    switch (encoding.toLowerCase(Locale.ROOT)) {
                        case "gzip", "x-gzip" -> unpacked(response.body());
                        case "identity", "" -> response.body();
                        default ->
                                throw new ScrapeException(
                                        ScrapeFailure.ENCODING, "encoding " + encoding);
                    };
            try (body) {
                boolean whole = Exposition.read(body, format, scraped);
                scraped.count();
                if (!whole) {
                    throw new ScrapeException(
                            ScrapeFailure.INCOMPLETE, "OpenMetrics without # EOF");
                }
            }
            if (scraped.read == 0) {
                throw new ScrapeException(ScrapeFailure.EMPTY, "not a single sample");
            }
            if (scraped.overLimit > 0) {
                throw new ScrapeException(
                        ScrapeFailure.SERIES_LIMIT,
                        "%d samples beyond scrape.max-series, which is %d"
                                .formatted(scraped.overLimit, config.maxSeries()));
            }
        }

        private InputStream unpacked(InputStream packed) throws IOException {
            try {
                return LimitedBody.limited(new GZIPInputStream(packed), config.bodyLimit());
            } catch (EOFException e) {
                throw new ScrapeException(ScrapeFailure.ENCODING, "gzip: cut");
            }
        }

        private static Exposition.Format format(String contentType) throws ScrapeException {
            String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            return switch (type) {
                case "", "text/plain" -> Exposition.Format.TEXT;
                case "application/openmetrics-text" -> Exposition.Format.OPEN_METRICS;
                default ->
                        throw new ScrapeException(
                                ScrapeFailure.CONTENT_TYPE, "content type " + type);
            };
        }

        private synchronized void use(Target asked, long at, Scraped scraped) {
            if (ended) {
                return; // its series have been told as ended, after which nothing may follow
            }
            if (failuresInRow >= FAILURES_TOLD) {
                LOG.info("{}: {} answers again", asked.service(), asked.url());
            }
            failuresInRow = 0;
            warn(asked, scraped);
            long end = Math.max(at, lastAt + 1);
            lastAt = Math.max(lastAt, at);
            scraped.samples(at)
                    .forEach(
                            (time, samples) -> {
                                lastAt = Math.max(lastAt, time);
                                output.write(new ServiceSamples(asked.service(), time, samples));
                            });
            var gone = new HashSet<>(known);
            gone.removeAll(scraped.found.keySet());
            known = new HashSet<>(scraped.found.keySet());
            // A line that could not be read may have been theirs; but what is known is bounded.
            if (scraped.rejected == 0 || known.size() + gone.size() > config.maxSeries()) {
                tellEnd(gone, end);
            } else {
                known.addAll(gone);
            }
        }

        private void warn(Target asked, Scraped scraped) {
            if (scraped.duplicates > 0 && !toldDuplicate) {
                toldDuplicate = true;
                LOG.warn(
                        "{}: {} has {} samples that the kept labels do not tell apart, such as {};"
                                + " they are dropped, keep more labels",
                        asked.service(),
                        asked.url(),
                        scraped.duplicates,
                        scraped.duplicate);
            }
        }

        private synchronized void failed(Target asked, ScrapeFailure why, Throwable cause) {
            if (ended) {
                return;
            }
            metrics.scrapeFailures.labelValues(why.label()).inc();
            failuresInRow++;
            if (failuresInRow == FAILURES_TOLD) {
                LOG.warn(
                        "{}: scrape of {} failed {} times in a row, {}: {}",
                        asked.service(),
                        asked.url(),
                        failuresInRow,
                        why.label(),
                        cause.toString());
            }
        }
    }
}
