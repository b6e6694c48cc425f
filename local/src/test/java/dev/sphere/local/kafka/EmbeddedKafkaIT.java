package dev.sphere.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    @TempDir Path dir;

    @Test
    void keepsItsRecordsAndItsPortThroughAnOutage() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir, 0);
                var producer = producer(kafka)) {
            String bootstrap = kafka.bootstrap();
            kafka.createTopic("metrics", 3, Map.of("cleanup.policy", "delete"));
            send(producer, "before");

            kafka.stop();
            assertThat(kafka.isRunning()).isFalse();
            // In a thread of its own: without any broker the client forgets what it knew of the
            // topic, and then "send" itself waits.
            var during = CompletableFuture.runAsync(() -> send(producer, "during"));
            assertThatThrownBy(() -> during.get(500, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);

            kafka.start();
            during.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            send(producer, "after");

            assertThat(kafka.bootstrap()).isEqualTo(bootstrap);
            assertThat(read(kafka, 3)).containsExactly("before", "during", "after");
            assertThat(kafka.endOffsets("metrics")).isEqualTo(Map.of(0, 3L, 1, 0L, 2, 0L));
        }
    }

    @Test
    void isUsedAgainWithItsDataByTheNextProcess() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir, 0);
                var producer = producer(kafka)) {
            kafka.createTopic("metrics", 3, Map.of());
            send(producer, "kept");
        }

        try (var kafka = EmbeddedKafka.start(dir, 0)) {
            kafka.createTopic("metrics", 3, Map.of());

            assertThat(read(kafka, 1)).containsExactly("kept");
        }
    }

    @Test
    void makesNoTopicThatNobodyAskedFor() {
        try (var kafka = EmbeddedKafka.start(dir, 0)) {
            assertThatThrownBy(() -> kafka.endOffsets("nobody"))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void leavesNeitherThreadNorPortAndClosesTwice() throws IOException {
        var before = Thread.getAllStackTraces().keySet();
        var kafka = EmbeddedKafka.start(dir, 0);
        kafka.createTopic("metrics", 1, Map.of());

        kafka.close();
        kafka.close();

        await().atMost(PATIENCE)
                .pollInSameThread()
                .untilAsserted(
                        () ->
                                assertThat(Thread.getAllStackTraces().keySet())
                                        .filteredOn(t -> !before.contains(t) && !t.isDaemon())
                                        .isEmpty());
        new ServerSocket(kafka.port(), 1, LoopbackPort.loopback()).close();
        assertThatThrownBy(kafka::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kafka.endOffsets("metrics"))
                .hasMessageContaining("is down")
                .hasMessageContaining(kafka.bootstrap());
    }

    @Test
    void namesThePortThatIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, LoopbackPort.loopback())) {
            assertThatThrownBy(() -> EmbeddedKafka.start(dir, taken.getLocalPort()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " on 127.0.0.1");
        }
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "reconnect.backoff.max.ms", "200"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static void send(KafkaProducer<String, String> producer, String value) {
        try {
            producer.send(new ProducerRecord<>("metrics", 0, "k", value)).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> read(EmbeddedKafka kafka, int count) {
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrap()),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            var partition = new TopicPartition("metrics", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var values = new ArrayList<String>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(r -> values.add(r.value()));
            }
            return values;
        }
    }
}
