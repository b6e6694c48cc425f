package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sphere.local.FetchedTool;
import dev.sphere.local.kafka.KafkaProcess;
import dev.sphere.local.kubernetes.EmbeddedKubernetes;
import dev.sphere.local.redis.EmbeddedRedis;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/**
 * The job on a real Flink cluster: separate JVMs from Flink's distribution, configured as {@code
 * flink-k8s/50-sphere-job.yaml} says, submitted by {@code bin/flink}; Kafka, Redis and the
 * Kubernetes API are outside of Flink.
 *
 * <p>Every run gets the same records. What the first one forecasts, which nothing interrupts, is
 * what every other one has to forecast, too: all that an interruption could lose, skip or count
 * twice would show, last of all in {@code observed.records}.
 */
@Tag("needs-tools")
class ClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed\\. Path: (\\S+)");

    /** Where the other half of the traffic begins. */
    private static final int HALF = Traffic.STEPS / 2;

    /** The last step that closes. */
    private static final int LAST = Traffic.STEPS - 2;

    /** Replicas that the traffic is too much for. */
    private static final int FEW = 2;

    /** Of StandaloneFlink: one machine instead of pods. */
    private static final Set<String> ADDRESSES =
            Set.of(
                    "jobmanager.rpc.address",
                    "jobmanager.rpc.port",
                    "jobmanager.bind-host",
                    "taskmanager.host",
                    "taskmanager.bind-host",
                    "rest.address",
                    "rest.bind-address",
                    "rest.port",
                    "rest.bind-port",
                    "io.tmp.dirs",
                    "env.java.opts.all"); // the distribution's own

    /** With their partitions. */
    private static final Map<String, Integer> TOPICS =
            Map.of("metrics", 12, "predictions", 12, "decisions", 12, "rejected", 3, "calendar", 1);

    @TempDir static Path dir;

    private static final FlinkDeployment DEPLOYMENT = FlinkDeployment.read();
    private static KafkaProcess kafka;
    private static EmbeddedRedis redis;
    private static EmbeddedKubernetes kubernetes;
    private static StandaloneFlink flink;
    private static Map<String, TreeMap<Long, String>> uninterrupted;

    /** All that differs from the FlinkDeployment, beside {@link #ADDRESSES}. */
    private static Map<String, String> places() {
        return Map.of(
                // what the operator makes of the rest of the FlinkDeployment
                "kubernetes.cluster-id", DEPLOYMENT.name(),
                "kubernetes.namespace", DEPLOYMENT.namespace(),
                "jobmanager.memory.process.size", DEPLOYMENT.jobManagerMemory(),
                "taskmanager.memory.process.size", DEPLOYMENT.taskManagerMemory(),
                // where it is
                "kubernetes.config.file", dir.resolve("kubeconfig").toString(),
                "execution.checkpointing.dir", dir.resolve("checkpoints").toUri().toString(),
                "execution.checkpointing.savepoint-dir",
                        dir.resolve("savepoints").toUri().toString(),
                "high-availability.storageDir", dir.resolve("ha").toUri().toString(),
                "metrics.reporter.prom.port", "0");
    }

    @BeforeAll
    static void start() throws Exception {
        var distribution =
                FlinkDistribution.in(FetchedTool.fetch(FetchedTool.home(), "flink").folder());
        kafka = KafkaProcess.start(dir.resolve("kafka"), 0);
        redis = EmbeddedRedis.start(dir.resolve("redis"), 0);
        kubernetes = EmbeddedKubernetes.start(0);
        kubernetes.writeKubeconfig(dir.resolve("kubeconfig"), DEPLOYMENT.namespace());
        kubernetes.client().resource(deployment("front-end", FEW)).create();
        kubernetes.client().resource(deployment("front-end", FEW)).updateStatus();
        writeSettings();

        var options = new HashMap<>(DEPLOYMENT.flinkConfiguration());
        options.putAll(places());
        flink =
                StandaloneFlink.start(
                        distribution,
                        dir.resolve("flink"),
                        new StandaloneFlink.Settings(0, 2, false, options));
        uninterrupted = runWithoutInterruption();
    }

    @AfterAll
    static void stop() {
        var processes = new ArrayList<FlinkProcess>();
        if (flink != null) {
            processes.addAll(flink.processes());
            flink.close();
        }
        if (kubernetes != null) {
            kubernetes.close();
        }
        if (redis != null) {
            redis.close();
        }
        if (kafka != null) {
            kafka.close();
            assertThat(ProcessHandle.of(kafka.pid())).isEmpty();
        }
        assertThat(processes).noneMatch(FlinkProcess::isAlive);
    }

    @Test
    void differsFromTheFlinkDeploymentInPlacesOnly() throws IOException {
        var wanted = DEPLOYMENT.flinkConfiguration();
        var written = GlobalConfiguration.loadConfiguration(flink.conf().toString()).toMap();
        var runs = flink.rest().configuration();

        Set<String> differ = new TreeSet<>(wanted.keySet());
        differ.addAll(written.keySet());
        differ.removeIf(key -> String.valueOf(wanted.get(key)).equals(written.get(key)));
        Set<String> allowed = new HashSet<>(ADDRESSES);
        allowed.addAll(places().keySet());
        assertThat(differ).isEqualTo(new TreeSet<>(allowed));
        wanted.keySet().removeAll(allowed);
        assertThat(runs).containsAllEntriesOf(wanted);
        assertThat(flink.rest().overview().version()).isEqualTo(version());
    }

    @Test
    void runsTheOperatorsThatTheReadmeDrawsAndForecastsPublishesAndScales() throws Exception {
        // Other runs may have scaled it before.
        kubernetes
                .client()
                .apps()
                .deployments()
                .inNamespace("sock-shop")
                .withName("front-end")
                .scale(FEW);
        try (var run = Run.create("first")) {
            run.submit(DEPLOYMENT.parallelism(), "");

            var job = flink.rest().job(run.job());
            assertThat(job.name()).isEqualTo("sphere");
            assertThat(operators(job))
                    .containsExactlyInAnyOrder(
                            "metrics",
                            "read",
                            "rejected",
                            "calendar",
                            "entries",
                            "observe",
                            "forecast",
                            "by-signal",
                            "predictions",
                            "redis",
                            "cluster",
                            "recommend",
                            "to-apply",
                            "scale",
                            "decided",
                            "outcome",
                            "decisions");
            assertThat(job.vertices())
                    .filteredOn(vertex -> !vertex.name().matches(".*(cluster|calendar).*"))
                    .allMatch(vertex -> vertex.parallelism() == DEPLOYMENT.parallelism());

            run.write(0, Traffic.STEPS);
            run.awaitForecastOf(LAST);

            assertThat(run.predictions()).isEqualTo(uninterrupted);
            try (var client = RedisClient.create(redis.uri())) {
                for (var key : run.predictions().keySet()) {
                    // service/signal in the topic
                    var redisKey =
                            "first:forecast:{%s}:%s"
                                    .formatted(
                                            key.substring(0, key.lastIndexOf('/')),
                                            key.substring(key.lastIndexOf('/') + 1));
                    var newest = run.predictions().get(key).lastEntry().getValue();
                    await().atMost(PATIENCE)
                            .untilAsserted(
                                    () -> assertThat(client.get(redisKey)).isEqualTo(newest));
                }
            }
            // The job takes no decision before it knows policy and target: traffic goes on.
            var step = new AtomicInteger(Traffic.STEPS);
            await().atMost(PATIENCE)
                    .pollInSameThread()
                    .until(
                            () -> {
                                run.write(step.get(), step.incrementAndGet());
                                return replicas("front-end") > FEW;
                            });
            await().atMost(PATIENCE)
                    .pollInSameThread()
                    .until(() -> run.decisions().stream().anyMatch(ClusterIT::isAppliedScaleUp));
            assertThat(flink.rest().exceptions(run.job())).isEmpty();
        }
    }

    @Test
    void forecastsEachStepOnceFromAllRecordsUntilThen() throws Exception {
        for (var forecasts : uninterrupted.values()) {
            assertThat(forecasts.keySet())
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(0, LAST).mapToObj(Traffic::endOf).toList());
            for (int step = 0; step <= LAST; step++) {
                assertThat(observedRecords(forecasts.get(Traffic.endOf(step))))
                        .isEqualTo(Traffic.recordsUntil(step));
            }
            // Only a forecast that means something is worth comparing.
            assertThat(health(forecasts.get(Traffic.endOf(HALF)))).isNotEqualTo("cold");
        }
    }

    @Test
    void goesOnWarmFromSavepointsAlsoWithAnotherParallelism() throws Exception {
        try (var run = Run.create("savepoints")) {
            run.submit(2, "");
            run.write(0, HALF);
            run.awaitForecastOf(HALF - 2);
            var first = run.stopWithSavepoint();

            run.write(HALF, HALF + 20);
            run.submit(1, first);
            run.awaitForecastOf(HALF + 18);
            assertThat(run.predictions().values())
                    .allSatisfy(
                            forecasts ->
                                    assertThat(health(forecasts.get(Traffic.endOf(HALF))))
                                            .isNotEqualTo("cold"));
            var second = run.stopWithSavepoint();

            run.submit(2, second);
            run.write(HALF + 20, Traffic.STEPS);
            run.awaitForecastOf(LAST);

            assertThat(run.predictions()).isEqualTo(uninterrupted);
            assertThat(flink.rest().exceptions(run.job())).isEmpty();
        }
    }

    @Test
    void skipsNothingWhenATaskManagerIsKilled() throws Exception {
        try (var run = Run.create("taskmanager")) {
            run.submit(2, "");
            run.write(0, HALF);
            run.awaitForecastOf(HALF - 2);
            run.awaitCheckpoint();

            run.write(HALF, HALF + 20);
            flink.killTaskManager(flink.taskManagers().get(0));
            run.write(HALF + 20, HALF + 40);
            flink.startTaskManager();
            run.write(HALF + 40, Traffic.STEPS);
            run.awaitForecastOf(LAST);

            assertThat(run.predictions()).isEqualTo(uninterrupted);
            run.awaitRunning();
            assertThat(flink.rest().checkpoints(run.job()).restored()).isPositive();
        }
    }

    @Test
    void goesOnByItselfUnderANewJobManagerWhenTheJobManagerIsKilled() throws Exception {
        try (var run = Run.create("jobmanager")) {
            run.submit(2, "");
            run.write(0, HALF);
            run.awaitForecastOf(HALF - 2);
            run.awaitCheckpoint();

            flink.killJobManager();
            run.write(HALF, HALF + 20);
            flink.startJobManager();
            run.awaitRunning();
            run.write(HALF + 20, Traffic.STEPS);
            run.awaitForecastOf(LAST);

            assertThat(run.predictions()).isEqualTo(uninterrupted);
            assertThat(flink.rest().checkpoints(run.job()).restored()).isPositive();
        }
    }

    /** All at once, and on one TaskManager. */
    private static Map<String, TreeMap<Long, String>> runWithoutInterruption() throws Exception {
        try (var run = Run.create("uninterrupted")) {
            run.write(0, Traffic.STEPS);
            run.submit(1, "");
            run.awaitForecastOf(LAST);
            assertThat(flink.rest().exceptions(run.job())).isEmpty();
            return run.predictions();
        }
    }

    // As "Source: metrics -> read -> (rejected: Writer, …)".
    private static Set<String> operators(FlinkRest.JobDetail job) {
        return job.vertices().stream()
                .flatMap(vertex -> Stream.of(vertex.name().split(" -> |[(),]")))
                .map(name -> name.replaceFirst("^ *Source: ", ""))
                .map(name -> name.replaceFirst(": (Writer|Committer)$", "").strip())
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private static boolean isAppliedScaleUp(JsonNode decision) {
        return decision.path("outcome").asText().equals("applied")
                && decision.path("replicas").asInt() > FEW;
    }

    private static long observedRecords(String prediction) {
        return Predictions.json(prediction).at("/observed/records").asLong();
    }

    private static String health(String prediction) {
        return Predictions.json(prediction).path("health").asText();
    }

    private static int replicas(String deployment) {
        return kubernetes
                .client()
                .apps()
                .deployments()
                .inNamespace("sock-shop")
                .withName(deployment)
                .get()
                .getSpec()
                .getReplicas();
    }

    /** The job with topics and keys of its own, from its first submission to its end. */
    private static final class Run implements AutoCloseable {
        private final String name;
        private final Predictions predictions;
        private String job = "";

        private Run(String name) {
            this.name = name;
            this.predictions = new Predictions(kafka.bootstrap(), topic("predictions"));
        }

        static Run create(String name) throws ExecutionException, InterruptedException {
            try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
                var topics =
                        TOPICS.entrySet().stream()
                                .map(
                                        topic ->
                                                new NewTopic(
                                                        name + "." + topic.getKey(),
                                                        topic.getValue(),
                                                        (short) 1))
                                .toList();
                // A broker that is slow just now has no place for a topic.
                await().atMost(PATIENCE)
                        .ignoreExceptionsMatching(
                                e -> e.getCause() instanceof InvalidReplicationFactorException)
                        .until(() -> admin.createTopics(topics).all().get() == null);
                // A producer that comes before the leaders may wait long for them.
                var names = TOPICS.keySet().stream().map(topic -> name + "." + topic).toList();
                await().atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(
                                () ->
                                        admin
                                                .describeTopics(names)
                                                .allTopicNames()
                                                .get()
                                                .values()
                                                .stream()
                                                .flatMap(topic -> topic.partitions().stream())
                                                .allMatch(
                                                        partition ->
                                                                partition.leader() != null
                                                                        && !partition
                                                                                .leader()
                                                                                .isEmpty()));
            }
            return new Run(name);
        }

        private String topic(String topic) {
            return name + "." + topic;
        }

        String job() {
            return job;
        }

        void write(int from, int to) {
            Traffic.write(kafka.bootstrap(), topic("metrics"), from, to);
        }

        /** As a person does it; returns when all of its tasks run. */
        void submit(int parallelism, String savepoint) {
            List<String> command =
                    new ArrayList<>(List.of("run", "-d", "-p", String.valueOf(parallelism)));
            if (!savepoint.isEmpty()) {
                command.addAll(List.of("-s", savepoint));
            }
            command.add(FetchedTool.home().resolve("job/target/sphere-job-all.jar").toString());
            command.addAll(List.of("--config", dir.resolve("sphere.yaml").toString()));
            settings().forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));

            var answer = flink.cli(command.toArray(String[]::new));

            job = found(JOB_ID, answer);
            awaitRunning();
        }

        String stopWithSavepoint() {
            var answer = flink.cli("stop", job);
            var savepoint = found(SAVEPOINT, answer);
            job = "";
            return savepoint;
        }

        private static String found(Pattern pattern, CliAnswer answer) {
            assertThat(answer.exitCode()).as(answer.output()).isZero();
            var found = pattern.matcher(answer.output());
            assertThat(found.find()).as(answer.output()).isTrue();
            return found.group(1);
        }

        /** What differs from the ConfigMap: addresses, and times that fit the traffic's. */
        private Map<String, String> settings() {
            var settings = new TreeMap<String, String>();
            TOPICS.keySet().forEach(topic -> settings.put("kafka." + topic, topic(topic)));
            settings.put("kafka.bootstrap", kafka.bootstrap());
            settings.put("kafka.group", name);
            settings.put("redis.uri", redis.uri());
            settings.put("redis.password-file", "");
            settings.put("redis.key-prefix", name + ":");
            settings.put("kubernetes.kubeconfig", dir.resolve("kubeconfig").toString());
            settings.put("observe.step", Traffic.STEP.toMinutes() + "m");
            settings.put("observe.grace", Traffic.STEP.toMinutes() + "m");
            settings.put("forecast.season", Traffic.SEASON.toMinutes() + "m");
            settings.put("forecast.horizon", 2 * Traffic.STEP.toMinutes() + "m");
            settings.put("forecast.warm-up", "20");
            settings.put("recommend.max-age", "3650d");
            return settings;
        }

        void awaitRunning() {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> flink.rest().job(job).isRunning());
        }

        /** Waits for one more than there are now. */
        void awaitCheckpoint() throws IOException {
            long before = flink.rest().checkpoints(job).completed();
            await().atMost(PATIENCE)
                    .until(() -> flink.rest().checkpoints(job).completed() > before);
        }

        void awaitForecastOf(int step) {
            await().atMost(PATIENCE)
                    .pollInSameThread()
                    .until(() -> predictions.haveReached(Traffic.endOf(step)));
        }

        /** All that is in the topic now. */
        Map<String, TreeMap<Long, String>> predictions() {
            return predictions.read();
        }

        List<JsonNode> decisions() {
            try (var consumer =
                    new KafkaConsumer<>(
                            Map.of("bootstrap.servers", (Object) kafka.bootstrap()),
                            new StringDeserializer(),
                            new StringDeserializer())) {
                var partitions =
                        consumer.partitionsFor(topic("decisions")).stream()
                                .map(p -> new TopicPartition(p.topic(), p.partition()))
                                .toList();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                List<JsonNode> decisions = new ArrayList<>();
                long end =
                        consumer.endOffsets(partitions).values().stream().mapToLong(e -> e).sum();
                while (decisions.size() < end) {
                    consumer.poll(Duration.ofMillis(200))
                            .forEach(record -> decisions.add(Predictions.json(record.value())));
                }
                return decisions;
            }
        }

        @Override
        public void close() {
            predictions.close();
            if (!job.isEmpty()) {
                var answer = flink.cli("cancel", job);
                assertThat(answer.exitCode()).as(answer.output()).isZero();
                await().atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(() -> flink.rest().job(job).state().equals("CANCELED"));
            }
        }
    }

    private static void writeSettings() throws IOException {
        Files.writeString(dir.resolve("sphere.yaml"), DEPLOYMENT.sphereYaml());
        var policies = FetchedTool.home().resolve("sock-shop/policies");
        Files.createDirectories(dir.resolve("policies"));
        try (var files = Files.list(policies)) {
            for (var file : files.toList()) {
                Files.copy(file, dir.resolve("policies").resolve(file.getFileName()));
            }
        }
    }

    private static Deployment deployment(String name, int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("sock-shop")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .withNewStatus()
                .withReplicas(replicas)
                .withReadyReplicas(replicas)
                .endStatus()
                .build();
    }

    /** Of the root pom. */
    private static String version() throws IOException {
        var pom = Files.readString(FetchedTool.home().resolve("pom.xml"));
        var version = Pattern.compile("<flink.version>(.+)</flink.version>").matcher(pom);
        assertThat(version.find()).isTrue();
        return version.group(1);
    }
}
