package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole bridge between a real HTTP server, a Kubernetes API and a real Kafka. */
@EnableKubernetesMockClient(crud = true)
class BridgeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long INTERVAL = 500;
    private static final int PARTITIONS = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    // Set by the extension.
    KubernetesClient client;

    @TempDir Path dir;
    private KafkaBroker kafka;
    private ExposingServer pod;
    private Bridge bridge;
    private KafkaConsumer<String, String> consumer;
    private final List<ConsumerRecord<String, String>> records = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        kafka = new KafkaBroker(dir.resolve("kafka"));
        kafka.createTopic("metrics", PARTITIONS);
        pod = new ExposingServer();
        pod.body =
                """
                request_duration_seconds_count{service="front-end",method="get",route="/cart",status_code="200"} 1042
                container_memory_working_set_bytes 8.5e7
                """;
        bridge =
                Bridge.start(
                        BridgeConfig.load(
                                null,
                                Map.of(
                                        "kafka.bootstrap", kafka.bootstrap(),
                                        "kafka.request-timeout", "2s",
                                        "shutdown-timeout", "60s",
                                        "scrape.interval", INTERVAL + "ms",
                                        "scrape.timeout", "60s",
                                        "scrape.pods.namespaces", "sock-shop",
                                        "http.port", "0"),
                                Map.of()),
                        client);
        consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrap()),
                        new StringDeserializer(),
                        new StringDeserializer());
        var partitions = new ArrayList<TopicPartition>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition("metrics", i));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        await().atMost(PATIENCE).until(bridge::isReady);
    }

    @AfterEach
    void close() throws IOException {
        consumer.close();
        bridge.close();
        pod.close();
        kafka.close();
    }

    @Test
    void carriesAPodsSamplesToKafkaAndTellsItsEndAndLosesNothingWhileKafkaIsAway()
            throws Exception {
        createPod();
        awaitRecords(3);
        assertThat(records).allMatch(record -> record.key().equals("sock-shop/front-end"));
        JsonNode first = JSON.readTree(records.get(0).value());
        assertThat(first.at("/service").textValue()).isEqualTo("sock-shop/front-end");
        assertThat(first.at("/samples/0").toString())
                .isEqualTo(
                        "{\"signal\":\"requests\",\"kind\":\"counter\",\"agg\":\"sum\",\"labels\":"
                                + "{\"method\":\"get\",\"pod\":\"front-end-7d9\",\"route\":\"/cart\","
                                + "\"status_code\":\"200\"},\"value\":1042.0,\"created\":1763683100000}");

        int before = records.size();
        kafka.stop();
        await().atMost(PATIENCE).until(() -> metric("sphere_bridge_records_in_flight") > 4);
        kafka.start();
        awaitRecords(before + 10);

        // The pod goes during a scrape, which then brings nothing: no other one is under way.
        pod.hold = new CountDownLatch(1);
        await().atMost(PATIENCE).until(() -> pod.held.get() == 1);
        client.pods().inNamespace("sock-shop").withName("front-end-7d9").delete();
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            poll();
                            return records.get(records.size() - 1)
                                    .value()
                                    .contains("\"stale\":true");
                        });
        await().atMost(PATIENCE).until(() -> metric("sphere_bridge_records_in_flight") == 0);
        poll();

        // One record per scrape but the last, and one for the end: nothing lost, nothing twice.
        assertThat(metric("sphere_bridge_samples_dropped_total")).isZero();
        assertThat(records).hasSize((int) metric("sphere_bridge_scrapes_total"));
        var times = new ArrayList<Long>();
        for (var record : records) {
            times.add(JSON.readTree(record.value()).get("at").longValue());
        }
        assertThat(times).isSorted().doesNotHaveDuplicates();
        JsonNode end = JSON.readTree(records.get(records.size() - 1).value());
        assertThat(end.at("/samples"))
                .hasSize(2)
                .allMatch(sample -> sample.get("stale").asBoolean());
        assertThat(get("/-/healthy").statusCode()).isEqualTo(200);
        assertThat(get("/-/ready").statusCode()).isEqualTo(200);
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
    }

    @Test
    void flushesWhenItClosesAndLeavesNothingBehind() throws Exception {
        createPod();
        awaitRecords(1);
        kafka.stop();
        await().atMost(PATIENCE).until(() -> metric("sphere_bridge_records_in_flight") >= 2);
        var scrapes = metric("sphere_bridge_scrapes_total");
        kafka.start();

        bridge.close();

        awaitRecords((int) scrapes - 1);
        await().atMost(PATIENCE)
                .until(
                        () ->
                                Thread.getAllStackTraces().keySet().stream()
                                        .map(Thread::getName)
                                        .noneMatch(name -> name.startsWith("bridge-")));
    }

    @Test
    void dropsTheNewestInsteadOfWaitingWhenItsMemoryIsFull() throws IOException {
        var random = new Random(20261121);
        var metrics = new BridgeMetrics();
        var config =
                BridgeConfig.load(
                        null,
                        Map.of(
                                "kafka.bootstrap", kafka.bootstrap(),
                                "kafka.request-timeout", "2s",
                                "kafka.buffer", "1MiB"),
                        Map.of());
        try (var writer = new MetricsWriter(config, metrics)) {
            await().atMost(PATIENCE).until(writer::isReady);
            kafka.stop();
            var full = metrics.samplesDropped.labelValues(Drop.BUFFER_FULL.label());
            int written = 0;
            long slowest = 0;
            while (full.get() < 10 && written < 50_000) {
                var sample =
                        ServiceSamples.Sample.staleOf(
                                new ServiceSamples.Series(
                                        "memory",
                                        ServiceSamples.Kind.GAUGE,
                                        ServiceSamples.Aggregation.SUM,
                                        Map.of("pod", incompressible(random))));
                long began = System.nanoTime();
                writer.write(new ServiceSamples("a/b-" + written % 10, written, List.of(sample)));
                slowest = Math.max(slowest, System.nanoTime() - began);
                written++;
            }
            assertThat(full.get()).isEqualTo(10);
            // Waiting would take Kafka's max.block.ms, 60 s by default; a busy machine takes less.
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(30));

            kafka.start();
            await().atMost(PATIENCE).until(() -> metrics.recordsInFlight.get() == 0);

            assertThat(metrics.samplesWritten.get()).isEqualTo(written - 10);
        }
    }

    private static String incompressible(Random random) {
        byte[] bytes = new byte[8_000];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void createPod() {
        client.resource(
                        new PodBuilder()
                                .withNewMetadata()
                                .withNamespace("sock-shop")
                                .withName("front-end-7d9")
                                .addToLabels("app", "front-end")
                                .addToAnnotations(PodTargets.SCRAPE, "true")
                                .addToAnnotations(PodTargets.PORT, "" + pod.port())
                                .addToAnnotations(PodTargets.PATH, "/metrics")
                                .endMetadata()
                                .withNewStatus()
                                .withPhase("Running")
                                .withPodIP("127.0.0.1")
                                .withStartTime("2025-11-20T23:58:20Z")
                                .endStatus()
                                .build())
                .create();
    }

    private void poll() {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
    }

    private void awaitRecords(int count) {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            poll();
                            return records.size() >= count;
                        });
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + bridge.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The sum of the bridge's own metric over its labels. */
    private double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
