package dev.sphere.local.cluster;

import dev.sphere.local.cluster.ClusterFiles.Scraped;
import dev.sphere.local.kafka.KafkaProcess;
import dev.sphere.local.kafka.LoopbackPort;
import dev.sphere.local.kafka.Topics;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * The start of a cluster whose processes go on when the command has ended: Kafka and Redis unless
 * they are given, Flink, then the bridge that scrapes it. Each process is recorded as soon as it
 * runs, so that whatever happens here, it can be ended.
 */
public final class ClusterStart {
    private static final Duration ANSWERING = Duration.ofSeconds(90);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 32_000;
    private static final Duration ENDING = Duration.ofSeconds(40);
    private static final int PORT_TRIES = 50;

    private final ClusterFolder folder;
    private final Plan plan;
    private final Consumer<String> tell;
    private ClusterRecord record = ClusterRecord.none();

    /**
     * What is to be started.
     *
     * @param kafka a broker that is there; null to start one
     * @param redis one that is there; null to start one
     * @param ports 0 picks a free one
     * @param kubeconfig null for no Kubernetes
     * @param bridge the bridge's jar
     */
    public record Plan(
            FlinkDistribution flink,
            int taskManagers,
            int slots,
            String kafka,
            URI redis,
            Ports ports,
            Path kubeconfig,
            Path bridge) {}

    /** Of what a person connects to; 0 picks a free one. */
    public record Ports(int rest, int kafka, int redis) {}

    private ClusterStart(ClusterFolder folder, Plan plan, Consumer<String> tell) {
        this.folder = folder;
        this.plan = plan;
        this.tell = tell;
    }

    /**
     * Starts all of it and waits until all of it answers. If that fails nothing is left running.
     *
     * @param tell is told of each step
     */
    public static ClusterRecord of(ClusterFolder folder, Plan plan, Consumer<String> tell)
            throws IOException, InterruptedException {
        var start = new ClusterStart(folder, plan, tell);
        boolean done = false;
        try {
            start.everything();
            done = true;
        } finally {
            if (!done) {
                start.endAll();
            }
        }
        return start.record;
    }

    private void everything() throws IOException, InterruptedException {
        // A savepoint stays the latest, whatever has been stopped since it was taken.
        var before = ClusterRecord.in(folder.path()).orElse(record);
        // Flink's home is known before it runs: a start that is killed can be cleared up then.
        remember(
                record.withSavepoint(before.savepoint())
                        .withFlink(plan.flink().folder().toString(), null, 0));
        String kafka = plan.kafka() == null ? startKafka() : plan.kafka();
        String redis = plan.redis() == null ? startRedis() : reached(plan.redis());
        remember(record.withStores(kafka, redis));
        createTopics(kafka);
        var scraped = startFlink();
        startBridge(kafka, scraped);
        ClusterFiles.job(folder.path(), kafka, redis, plan.kubeconfig());
    }

    private String startKafka() throws IOException {
        tell.accept("Kafka: starting a broker");
        var output = folder.log("kafka");
        var errors = folder.log("kafka-broker");
        var process =
                started(
                        "kafka",
                        KafkaProcess.command(
                                folder.path().resolve("kafka"),
                                plan.ports().kafka(),
                                List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dsphere.log=" + errors)),
                        output);
        return KafkaProcess.awaitReady(handle(process), output, output);
    }

    private static ProcessHandle handle(RecordedProcess process) {
        return ProcessHandle.of(process.pid())
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "%s has ended at once:%n  %s"
                                                .formatted(
                                                        process.name(),
                                                        BackgroundProgram.tail(
                                                                Path.of(process.log())))));
    }

    private String startRedis() throws IOException, InterruptedException {
        tell.accept("Redis: starting a server");
        var data = Files.createDirectories(folder.path().resolve("redis"));
        var executable = ExecutableProvider.newJarResourceProvider(data.toFile()).get();
        try (var port = LoopbackPort.hold(plan.ports().redis())) {
            port.release();
            var process =
                    started(
                            "redis",
                            List.of(
                                    executable.getAbsolutePath(),
                                    "--bind",
                                    "127.0.0.1",
                                    "--port",
                                    String.valueOf(port.number()),
                                    "--dir",
                                    data.toString(),
                                    "--save",
                                    "",
                                    "--appendonly",
                                    "no",
                                    "--daemonize",
                                    "no"),
                            folder.log("redis"));
            var uri = URI.create("redis://" + port.address());
            await(process, "Redis on " + uri, () -> answers(uri));
            return uri.toString();
        }
    }

    private static boolean answers(URI redis) {
        try (var client = RedisClient.create(redis)) {
            return "PONG".equals(client.ping());
        } catch (JedisException e) {
            return false; // not up yet; how long that may be is the caller's
        }
    }

    private static String reached(URI redis) {
        try (var client = RedisClient.create(redis)) {
            client.ping();
            return redis.toString();
        } catch (JedisException e) {
            throw new IllegalStateException(
                    "Redis on %s does not answer; check --redis, or leave it out and one is started"
                            .formatted(redis),
                    e);
        }
    }

    private void createTopics(String kafka) throws InterruptedException {
        try (var topics = Topics.of(kafka, new Properties())) {
            topics.create(Optional.empty())
                    .forEach(
                            found ->
                                    tell.accept(
                                            "Kafka: topic %s %s"
                                                    .formatted(
                                                            found.topic().name(),
                                                            found.inWords())));
        }
    }

    private List<Scraped> startFlink() throws IOException {
        tell.accept(
                "Flink %s: starting a JobManager and %d TaskManagers"
                        .formatted(plan.flink().version(), plan.taskManagers()));
        int reporters = freePorts(plan.taskManagers() + 1);
        int last = reporters + plan.taskManagers();
        var flink =
                StandaloneFlink.start(
                        plan.flink(),
                        folder.flink(),
                        new StandaloneFlink.Settings(
                                plan.ports().rest(),
                                plan.taskManagers(),
                                true,
                                options(reporters + "-" + last)));
        int slots = plan.taskManagers() * plan.slots();
        var updated = record.withFlink(plan.flink().folder().toString(), flink.webUrl(), slots);
        for (FlinkProcess process : flink.processes()) {
            updated =
                    updated.withProcess(
                            RecordedProcess.of(
                                    process.name(),
                                    process.pid(),
                                    folder.flink().resolve("log/" + process.name() + ".out")));
        }
        remember(updated);
        flink.close();
        var scraped = new ArrayList<Scraped>();
        for (int port = reporters; port <= last; port++) {
            scraped.add(scraped(port));
        }
        return scraped;
    }

    private Map<String, String> options(String reporterPorts) {
        var options = new TreeMap<String, String>();
        options.put("jobmanager.memory.process.size", "1g");
        options.put("taskmanager.memory.process.size", "1g");
        options.put("taskmanager.memory.managed.size", "32m"); // state is on the heap
        options.put("taskmanager.numberOfTaskSlots", String.valueOf(plan.slots()));
        options.put("parallelism.default", String.valueOf(plan.taskManagers() * plan.slots()));
        options.put("pipeline.auto-generate-uids", "false");
        options.put("execution.checkpointing.interval", "10s");
        options.put(
                "execution.checkpointing.externalized-checkpoint-retention",
                "RETAIN_ON_CANCELLATION");
        options.put("restart-strategy.type", "exponential-delay");
        options.put("metrics.reporters", "prom");
        options.put(
                "metrics.reporter.prom.factory.class",
                "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
        options.put("metrics.reporter.prom.port", reporterPorts);
        return options;
    }

    /**
     * The first of so many ports in a row that are free on all interfaces, where Flink's reporters
     * listen: each of them takes the first of the range that it can get.
     */
    private static int freePorts(int count) throws IOException {
        for (int i = 0; i < PORT_TRIES; i++) {
            var held = new ArrayList<ServerSocket>();
            try {
                // Not among those that the kernel gives away: they are let go before Flink takes
                // them.
                int first = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT - count);
                for (int port = first; port < first + count; port++) {
                    held.add(new ServerSocket(port));
                }
                return first;
            } catch (IOException | IllegalArgumentException e) {
                // One of the row is taken, or beyond the last port there is: another row.
                continue;
            } finally {
                for (ServerSocket socket : held) {
                    socket.close();
                }
            }
        }
        throw new IOException(
                "no %d free ports in a row for Flink's metrics were found".formatted(count));
    }

    private static Scraped scraped(int port) throws IOException {
        String metrics = get(URI.create("http://127.0.0.1:" + port + "/metrics"));
        String service = metrics.contains("\nflink_jobmanager_") ? "jobmanager" : "taskmanager";
        if (!metrics.contains("\nflink_" + service + "_")) {
            throw new IOException(
                    "what listens on port %d is not Flink's reporter".formatted(port));
        }
        return new Scraped(service, "127.0.0.1:" + port, port);
    }

    private void startBridge(String kafka, List<Scraped> targets)
            throws IOException, InterruptedException {
        tell.accept("Bridge: starting, to scrape Flink");
        int port = LoopbackPort.freeOr(0);
        var config = ClusterFiles.bridge(folder.path(), kafka, port, targets);
        var process =
                started(
                        "bridge",
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-jar",
                                plan.bridge().toString(),
                                "--config",
                                config.toString()),
                        folder.log("bridge"));
        var ready = URI.create("http://127.0.0.1:" + port + "/-/ready");
        await(
                process,
                "the bridge on " + ready,
                () -> {
                    try {
                        get(ready);
                        return true;
                    } catch (IOException e) {
                        return false; // not up yet, or Kafka has not answered it yet
                    }
                });
    }

    private RecordedProcess started(String name, List<String> command, Path log)
            throws IOException {
        var process = new BackgroundProgram(name, command, Map.of(), log).start();
        remember(record.withProcess(process));
        return process;
    }

    private void remember(ClusterRecord updated) throws IOException {
        record = updated.writeTo(folder.path());
    }

    private static String get(URI url) throws IOException {
        try {
            var answer =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(url).timeout(ANSWERING).build(),
                                    BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("%s answered %d".formatted(url, answer.statusCode()));
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + url, e);
        }
    }

    /** Whether something answers by now. */
    private interface Answer {
        boolean isThere();
    }

    private static void await(RecordedProcess process, String what, Answer answer)
            throws InterruptedException {
        long deadline = System.nanoTime() + ANSWERING.toNanos();
        while (!answer.isThere()) {
            boolean ended = !process.isAlive();
            if (ended || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "%s %s; its log, %s, ends with:%n  %s"
                                .formatted(
                                        what,
                                        ended
                                                ? "has ended"
                                                : "did not answer within "
                                                        + ANSWERING.toSeconds()
                                                        + " s",
                                        process.log(),
                                        BackgroundProgram.tail(Path.of(process.log()))));
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
    }

    private void endAll() throws IOException, InterruptedException {
        // What was interrupted has to be ended all the same.
        boolean interrupted = Thread.interrupted();
        var end = new ClusterEnd(ENDING, what -> tell.accept("Start failed: " + what));
        end.of(record);
        end.ofFlinkIn(folder, plan.flink());
        remember(record.withoutProcesses());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
