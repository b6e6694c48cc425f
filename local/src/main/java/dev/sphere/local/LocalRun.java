package dev.sphere.local;

import dev.sphere.bridge.Bridge;
import dev.sphere.bridge.BridgeConfig;
import dev.sphere.local.flink.FlinkCluster;
import dev.sphere.local.kafka.EmbeddedKafka;
import dev.sphere.local.kafka.Topics;
import dev.sphere.local.load.History;
import dev.sphere.local.load.Load;
import dev.sphere.local.load.LoadDriver;
import dev.sphere.local.load.Request;
import dev.sphere.local.redis.EmbeddedRedis;
import dev.sphere.local.report.Screen;
import dev.sphere.local.report.Summary;
import dev.sphere.sockshop.ShopService;
import dev.sphere.sockshop.UserJourneys;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the whole loop: starts its parts in the order in which they need each other, watches,
 * and ends them in reverse.
 */
final class LocalRun {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRun.class);
    private static final Duration CHECKPOINTS = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final int MOST_IN_FLIGHT = 2_000;
    private static final Duration REFRESH = Duration.ofSeconds(1);

    /** What may be waited for at the end of a run that was interrupted. */
    private static final Duration HURRY = Duration.ofSeconds(2);

    /**
     * What the run finds instead of making it; null for what it makes.
     *
     * @param workDir kept at the end
     */
    record Surroundings(URI redis, Path kubeconfig, String frontEnd, Path workDir, Ports ports) {}

    private final LocalPlan plan;
    private final Surroundings surroundings;
    private final Screen screen;
    private final PrintStream out;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final UserJourneys journeys = new UserJourneys();
    private final ScaledShop scaled;
    private volatile Path folder;
    private long end;
    private Runnable alive;

    /** A part that was started, and has to be ended. */
    private record Part(String name, AutoCloseable closing) {}

    LocalRun(LocalPlan plan, Surroundings surroundings, PrintStream out) {
        this.plan = plan;
        this.surroundings = surroundings;
        this.out = out;
        this.scaled = new ScaledShop(plan, journeys);
        this.screen = new Screen(out, Screen.isTerminal(), Duration.ofSeconds(30).toMillis());
    }

    /**
     * Runs until the duration is over or someone interrupts.
     *
     * @param duration null for no end
     * @return exit code
     */
    int untilEnd(Duration duration, boolean summary, boolean json) throws Exception {
        folder = madeFolder();
        boolean done = false;
        try {
            var report = start(duration);
            watch(report);
            report.finish(isInterrupted() ? HURRY : plan.step().multipliedBy(4).plus(HURRY));
            closeAll();
            if (surroundings.workDir() != null) {
                tellFolder();
            }
            print(report.summary(), summary, json);
            done = true;
        } catch (CancellationException e) {
            done = true; // before everything had started
        } finally {
            closeAll();
            if (done) {
                clear();
            } else {
                tellFolder();
            }
        }
        return 0;
    }

    /**
     * Checks what can be checked before anything is started.
     *
     * @throws IllegalArgumentException if the settings given cannot be used
     */
    void check() throws IOException {
        var tried = Files.createTempDirectory("sphere-check-");
        try {
            scaled.configure(
                    tried, "127.0.0.1:1", "redis://127.0.0.1:1", tried.resolve("kubeconfig"));
        } finally {
            delete(tried);
        }
    }

    /** Ends the run as Ctrl-C does. */
    void interrupt() {
        interrupted.countDown();
    }

    /** Where this run keeps its files; null before it has begun. */
    Path folder() {
        return folder;
    }

    private boolean isInterrupted() {
        return interrupted.getCount() == 0;
    }

    private void print(Summary result, boolean summary, boolean json) {
        if (summary) {
            out.print(System.lineSeparator() + result.table());
        }
        if (json) {
            out.println(result.json());
        }
        out.flush();
    }

    private void tellFolder() {
        screen.line("The logs and data of this run are in " + folder);
    }

    private Path madeFolder() throws IOException {
        var made =
                surroundings.workDir() != null
                        ? Files.createDirectories(surroundings.workDir()).toAbsolutePath()
                        : Files.createTempDirectory("sphere-local-");
        LogFile.in(made);
        LOG.info("{}", plan);
        return made;
    }

    private LocalReport start(Duration duration) throws Exception {
        var ports = surroundings.ports();
        tell("Starting Redis, Kafka, Kubernetes and Flink …");
        var outages = new LinkedHashMap<String, Outages.Part>();
        String redis = redis(outages);
        var kafka = opened("Kafka", EmbeddedKafka.start(folder.resolve("kafka"), ports.kafka));
        outages.put("kafka", new Outages.Part(kafka::stop, kafka::start));
        Topics.ALL.forEach(
                topic -> kafka.createTopic(topic.name(), topic.partitions(), topic.settings()));

        var demo = opened("the shop", demo());
        var flink =
                opened(
                        "Flink",
                        FlinkCluster.start(
                                folder.resolve("flink"),
                                new FlinkCluster.Settings(
                                        ports.flink,
                                        ports.prometheus,
                                        ScaledShop.PARALLELISM,
                                        CHECKPOINTS,
                                        Map.of())));
        var kubeconfig = demo.kubeconfig(folder);
        tellWhereToLook(kafka, redis, kubeconfig, flink);

        // The load has its beginning here: a full step, so that history and run meet.
        long step = plan.step().toMillis();
        var load = Load.of(plan.shape(), plan.peak(), plan.day(), now() / step * step);
        end = duration == null ? Long.MAX_VALUE : load.startMillis() + duration.toMillis();
        var report =
                opened("the report", new LocalReport(plan, load, demo, kafka, screen, duration));
        history(load, kafka);

        var driver =
                opened(
                        "the load",
                        new LoadDriver(
                                load,
                                random -> {
                                    var request = journeys.next(random);
                                    return new Request(
                                            request.method(), request.path(), request.body());
                                },
                                demo::frontEnd,
                                new LoadDriver.Settings(
                                        plan.seed(), MOST_IN_FLIGHT, REQUEST_TIMEOUT)));
        driver.start();
        report.watch(driver);
        var bridge = opened("the bridge", bridge(kafka, demo));
        var job =
                ScaledShop.submit(
                        scaled.configure(folder, kafka.bootstrap(), redis, kubeconfig), flink);
        alive =
                () -> {
                    if (flink.status(job).isGloballyTerminalState()) {
                        throw new IllegalStateException("The job has ended: " + flink.status(job));
                    }
                    if (!driver.isRunning()) {
                        throw new IllegalStateException("The load driver has ended");
                    }
                };
        var stopper =
                opened("the outages", new Outages(outages, message -> screen.line("! " + message)));
        var control =
                opened(
                        "the control address",
                        ControlServer.start(ports.control, stopper, report::status));
        tell("  bridge metrics   http://127.0.0.1:" + bridge.port() + "/metrics");
        tell("  control          " + control.url() + "/status");
        Keys.listen(stopper, screen::line);
        return report;
    }

    private String redis(Map<String, Outages.Part> outages) {
        if (surroundings.redis() != null) {
            return surroundings.redis().toString();
        }
        var redis =
                opened(
                        "Redis",
                        EmbeddedRedis.start(folder.resolve("redis"), surroundings.ports().redis));
        outages.put("redis", new Outages.Part(redis::stop, redis::start));
        return redis.uri();
    }

    private Demo demo() {
        if (surroundings.kubeconfig() != null) {
            return GivenCluster.open(surroundings.kubeconfig(), surroundings.frontEnd());
        }
        return DemoShop.open(plan, surroundings.ports().kubernetes, scaled::firstReplicas);
    }

    private void history(Load load, EmbeddedKafka kafka) {
        if (plan.history() == 0) {
            return;
        }
        var visits =
                Arrays.stream(ShopService.values())
                        .collect(
                                Collectors.toMap(
                                        service -> Demo.NAMESPACE + "/" + service.id(),
                                        journeys::visits));
        var serializer = new StringSerializer();
        try (var producer =
                new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()),
                        serializer,
                        serializer)) {
            var written =
                    History.of(load, visits, plan.step(), plan.history(), plan.seed())
                            .write(producer, "metrics", now());
            tell(
                    "History: %d earlier days, %d records"
                            .formatted(plan.history(), written.records()));
        }
    }

    private Bridge bridge(EmbeddedKafka kafka, Demo demo) throws IOException {
        var file =
                ConfigurationFiles.bridge(
                        folder,
                        plan,
                        kafka.bootstrap(),
                        Demo.NAMESPACE,
                        surroundings.ports().bridge);
        return Bridge.start(BridgeConfig.load(file, Map.of(), System.getenv()), demo.client());
    }

    private void tellWhereToLook(
            EmbeddedKafka kafka, String redis, Path kubeconfig, FlinkCluster flink) {
        tell(
                """
                Load %s, one day in %s, peak %.0f requests/s%s.
                Step and scrape interval %s, season %s, horizon %s, start-up about %s, scale-down window %s.
                  Flink web UI     %s
                  job metrics      %s
                  Kafka            %s   e.g. kcat -b %s -C -t decisions; also metrics, predictions, rejected
                  Redis            %s   e.g. redis-cli -u %s get 'forecast:{sock-shop/front-end}:requests'
                  Kubernetes       kubectl --kubeconfig %s -n sock-shop get deployments,pods"""
                        .formatted(
                                plan.loadName(),
                                Times.text(plan.day()),
                                plan.peak(),
                                plan.reactive() ? ", the HPA's rule alone" : "",
                                Times.text(plan.step()),
                                Times.text(plan.day()),
                                Times.text(plan.horizon()),
                                Times.text(plan.startUp()),
                                Times.text(plan.downWindow()),
                                flink.webUrl(),
                                flink.prometheusUrl(),
                                kafka.bootstrap(),
                                kafka.bootstrap(),
                                redis,
                                redis,
                                kubeconfig));
    }

    private void watch(LocalReport report) throws InterruptedException {
        while (now() < end && !interrupted.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            report.refresh();
            alive.run();
        }
    }

    private void tell(String lines) {
        lines.lines().forEach(screen::line);
    }

    private <T extends AutoCloseable> T opened(String name, T part) {
        parts.push(new Part(name, part));
        if (isInterrupted()) {
            throw new CancellationException("interrupted while starting " + name);
        }
        return part;
    }

    private void closeAll() {
        while (!parts.isEmpty()) {
            var part = parts.pop();
            try {
                part.closing().close();
            } catch (Exception e) { // whatever one part says, the others have to be ended, too
                LOG.warn("{} did not close cleanly", part.name(), e);
            }
        }
    }

    private static long now() {
        return System.currentTimeMillis();
    }

    /** Deletes the folder of this run, if it was made for this run alone. */
    void clear() {
        if (surroundings.workDir() == null && folder != null) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (var walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} could not be deleted as a whole", folder, e);
        }
    }
}
