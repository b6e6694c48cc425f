package dev.sphere.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sphere.local.kafka.EmbeddedKafka;
import dev.sphere.local.load.Load;
import dev.sphere.local.load.LoadDriver;
import dev.sphere.local.load.LoadStatistics;
import dev.sphere.local.report.DecisionLines;
import dev.sphere.local.report.Demand;
import dev.sphere.local.report.Evaluation;
import dev.sphere.local.report.ForecastAccuracy;
import dev.sphere.local.report.Replicas;
import dev.sphere.local.report.Screen;
import dev.sphere.local.report.ServiceNames;
import dev.sphere.local.report.StatusBlock;
import dev.sphere.local.report.StatusSnapshot;
import dev.sphere.local.report.Summary;
import dev.sphere.local.report.TopicReader;
import dev.sphere.sockshop.ShopService;
import dev.sphere.sockshop.ShopStatistics;
import dev.sphere.sockshop.UserJourneys;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Follows a run: what is on the screen while it runs, and the summary at its end. */
final class LocalReport implements AutoCloseable {
    private static final String SIGNAL = "requests";
    private static final Duration TICK = Duration.ofMillis(500);

    private final LocalPlan plan;
    private final Load load;
    private final Demo demo;
    private final Screen screen;
    private final Duration duration;
    private final List<String> services;
    private final ServiceNames names;
    private final Evaluation evaluation;
    private final ForecastAccuracy accuracy;
    private final DecisionLines decisions;
    private final TopicReader reader;
    private final StatusBlock block = new StatusBlock(Screen.isTerminal());
    private final Map<String, JsonNode> newest = new ConcurrentHashMap<>();
    private final LongAdder rejected = new LongAdder();
    private final long startNanos = System.nanoTime();
    private volatile LoadDriver driver;
    private volatile String status = "";
    private long refreshedAt;
    private Summary summary;

    LocalReport(
            LocalPlan plan,
            Load load,
            Demo demo,
            EmbeddedKafka kafka,
            Screen screen,
            Duration duration) {
        this.plan = plan;
        this.load = load;
        this.demo = demo;
        this.screen = screen;
        this.duration = duration;
        this.services = Arrays.stream(ShopService.values()).map(LocalReport::service).toList();
        this.names = ServiceNames.of(services);
        var journeys = new UserJourneys();
        this.evaluation =
                new Evaluation(
                        new Demand(
                                load::rateAt,
                                byService(journeys::visits),
                                byService(ShopService::limitPerReplica)),
                        this::replicas,
                        TICK,
                        plan.day());
        this.accuracy =
                new ForecastAccuracy(
                        SIGNAL,
                        plan.horizon().toMillis(),
                        plan.day().toMillis(),
                        load.startMillis());
        this.decisions =
                new DecisionLines(names, ZoneId.systemDefault(), load.startMillis(), screen::line);
        this.reader =
                new TopicReader(
                        kafka.bootstrap(),
                        Map.of(
                                "predictions", (key, message) -> predicted(message),
                                "decisions", (key, message) -> decisions.message(message),
                                "rejected", (key, message) -> rejected.increment()),
                        Set.of("metrics"));
        reader.start();
    }

    private static String service(ShopService service) {
        return Demo.NAMESPACE + "/" + service.id();
    }

    private static Map<String, Double> byService(ToDoubleFunction<ShopService> value) {
        return Arrays.stream(ShopService.values())
                .collect(Collectors.toMap(LocalReport::service, value::applyAsDouble));
    }

    private void predicted(JsonNode message) {
        accuracy.prediction(message);
        if (message.path("signal").asText().equals(SIGNAL)) {
            newest.put(message.path("service").asText(), message);
        }
    }

    private Map<String, Replicas> replicas() {
        return demo.view().all().entrySet().stream()
                .collect(
                        Collectors.toMap(
                                entry -> Demo.NAMESPACE + "/" + entry.getKey(),
                                entry ->
                                        new Replicas(
                                                entry.getValue().desired(),
                                                entry.getValue().ready())));
    }

    /** From now on the run is measured. */
    void watch(LoadDriver running) {
        driver = running;
        refreshedAt = load.startMillis();
        evaluation.start();
    }

    /** Draws the screen anew. */
    void refresh() {
        decisions.flush(System.currentTimeMillis());
        status = block.render(snapshot());
        screen.status(status, System.nanoTime() / 1_000_000);
    }

    /** What the screen shows. */
    String status() {
        return status;
    }

    private StatusSnapshot snapshot() {
        long now = System.currentTimeMillis();
        long day = plan.day().toMillis();
        long dayStart = load.startMillis() + (now - load.startMillis()) / day * day;
        LoadStatistics all = driver.statistics();
        LoadStatistics lately = driver.interval();
        double seconds = Math.max(1, now - refreshedAt) / 1_000.0;
        refreshedAt = now;
        var replicas = replicas();
        return new StatusSnapshot(
                ZonedDateTime.now(),
                Duration.ofNanos(System.nanoTime() - startNanos).toSeconds(),
                duration == null ? 0 : duration.toSeconds(),
                plan.loadName(),
                load.curve(dayStart, dayStart + day, StatusBlock.CURVE_COLUMNS),
                (now - dayStart) / (double) day,
                load.dayFraction(now),
                load.rateAt(now),
                lately.sent() / seconds,
                all.sent(),
                all.failed(),
                lately.lag().mean(),
                lately.lag().max(),
                Arrays.stream(ShopService.values()).map(s -> status(s, replicas)).toList());
    }

    private StatusSnapshot.Service status(ShopService shopService, Map<String, Replicas> replicas) {
        String service = service(shopService);
        var prediction = newest.get(service);
        var now = replicas.getOrDefault(service, new Replicas(0, 0));
        var recent = demo.statistics().map(s -> s.snapshot(shopService).recent());
        return new StatusSnapshot.Service(
                names.name(service),
                number(prediction, "/observed/value"),
                number(prediction, "/peak/p90"),
                prediction == null ? "" : prediction.path("health").asText(),
                now.ready(),
                now.desired(),
                recent.map(figures -> figures.p95Millis()).orElse(Double.NaN),
                recent.map(figures -> figures.overSloShare()).orElse(Double.NaN));
    }

    private static double number(JsonNode prediction, String pointer) {
        return prediction == null ? Double.NaN : prediction.at(pointer).asDouble(Double.NaN);
    }

    /**
     * Takes the figures at the end of the run, while everything still runs.
     *
     * @param patience how long to wait for the job to have read what is in Kafka
     */
    void finish(Duration patience) throws InterruptedException {
        evaluation.sample(System.currentTimeMillis());
        var requests = driver.statistics();
        summary =
                Summary.of(
                        services,
                        accuracy.results(),
                        evaluation.results(),
                        demo.statistics().map(LocalReport::slo).orElse(Map.of()),
                        rejected.sum(),
                        records(patience),
                        new Summary.Requests(requests.sent(), requests.failed()));
        screen.release();
    }

    private static Map<String, Summary.Slo> slo(ShopStatistics statistics) {
        return Arrays.stream(ShopService.values())
                .collect(
                        Collectors.toMap(
                                LocalReport::service,
                                shopService -> {
                                    var total = statistics.snapshot(shopService).total();
                                    return new Summary.Slo(
                                            total.completed() + total.errors(), total.overSlo());
                                }));
    }

    /**
     * Records in Kafka, and those that the job has read: by its own count, which is part of its
     * state, or by their being rejected. Scrapes go on meanwhile, so what is compared are the
     * records that were in Kafka at one moment.
     */
    private Summary.Records records(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean following = reader.awaitCaughtUp(patience);
        Map<String, Long> inKafka = new TreeMap<>(reader.counts("metrics"));
        while (following && readOf(inKafka) < total(inKafka) && System.nanoTime() < deadline) {
            following = reader.awaitCaughtUp(Duration.ofSeconds(1));
        }
        return new Summary.Records(total(inKafka), readOf(inKafka));
    }

    private long readOf(Map<String, Long> inKafka) {
        long read = rejected.sum();
        for (var entry : inKafka.entrySet()) {
            var prediction = newest.get(entry.getKey());
            if (prediction != null) {
                read += Math.min(entry.getValue(), prediction.at("/observed/records").asLong());
            }
        }
        return Math.min(total(inKafka), read);
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The figures that {@link #finish} took. */
    Summary summary() {
        return summary;
    }

    @Override
    public void close() {
        evaluation.close();
        reader.close();
    }
}
