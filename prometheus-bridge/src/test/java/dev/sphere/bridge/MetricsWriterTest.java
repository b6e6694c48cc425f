package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sphere.bridge.ServiceSamples.Aggregation;
import dev.sphere.bridge.ServiceSamples.Kind;
import dev.sphere.bridge.ServiceSamples.Sample;
import dev.sphere.bridge.ServiceSamples.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsWriterTest {
    private static final ServiceSamples SAMPLES =
            new ServiceSamples(
                    "sock-shop/carts",
                    1,
                    List.of(
                            new Sample(
                                    new Series(
                                            "memory",
                                            Kind.GAUGE,
                                            Aggregation.SUM,
                                            Map.of("pod", "carts-1")),
                                    1,
                                    false,
                                    0)));

    private final BridgeMetrics metrics = new BridgeMetrics();
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(
                    false,
                    new RoundRobinPartitioner(),
                    new StringSerializer(),
                    new ByteArraySerializer());
    private final MetricsWriter writer = new MetricsWriter(config(Map.of()), producer, metrics);

    private static BridgeConfig config(Map<String, String> sets) {
        var all = new java.util.HashMap<>(Map.of("kafka.bootstrap", "127.0.0.1:1"));
        all.putAll(sets);
        return BridgeConfig.load(null, all, Map.of());
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private double dropped(Drop reason) {
        return metrics.samplesDropped.labelValues(reason.label()).get();
    }

    @Test
    void keysRecordsByServiceAndCountsThemWhenKafkaHasThem() {
        var written = writer.write(SAMPLES);

        assertThat(producer.history()).hasSize(1);
        assertThat(producer.history().get(0).key()).isEqualTo("sock-shop/carts");
        assertThat(producer.history().get(0).topic()).isEqualTo("metrics");
        assertThat(written).isNotDone();
        assertThat(metrics.recordsInFlight.get()).isEqualTo(1);

        producer.completeNext();

        assertThat(written).isCompleted();
        assertThat(metrics.recordsInFlight.get()).isZero();
        assertThat(metrics.samplesWritten.get()).isEqualTo(1);
    }

    @Test
    void saysWhyKafkaDidNotTakeARecord() {
        var written = writer.write(SAMPLES);
        producer.errorNext(new TimeoutException("120 s"));

        assertThatThrownBy(written::join).hasCauseInstanceOf(DroppedException.class);
        assertThat(dropped(Drop.DELIVERY_TIMEOUT)).isEqualTo(1);
        assertThat(metrics.recordsInFlight.get()).isZero();
    }

    @Test
    void dropsTheNewestWhenTheBufferIsFull() {
        producer.sendException = new BufferExhaustedException("full");

        var written = writer.write(SAMPLES);

        assertThat(written).isCompletedExceptionally();
        assertThat(dropped(Drop.BUFFER_FULL)).isEqualTo(1);
    }

    @Test
    void classifiesEveryFailure() {
        assertThat(Drop.of(new TimeoutException(), false)).isEqualTo(Drop.NO_METADATA);
        assertThat(Drop.of(new TimeoutException(), true)).isEqualTo(Drop.DELIVERY_TIMEOUT);
        assertThat(Drop.of(new BufferExhaustedException(""), false)).isEqualTo(Drop.BUFFER_FULL);
        assertThat(Drop.of(new RecordTooLargeException(), true)).isEqualTo(Drop.TOO_LARGE);
        assertThat(Drop.of(new TopicAuthorizationException("m"), true)).isEqualTo(Drop.FORBIDDEN);
        assertThat(Drop.of(new IllegalStateException("closed"), false)).isEqualTo(Drop.KAFKA);
    }

    @Test
    void neverWaitsForKafkaThatIsNotThere() {
        try (var alone = new MetricsWriter(config(Map.of("shutdown-timeout", "1ms")), metrics)) {
            long began = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                alone.write(SAMPLES);
            }

            // Waiting would take Kafka's max.block.ms, 60 s by default; a busy machine takes less.
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(30));
            assertThat(alone.isReady()).isFalse();
            assertThat(dropped(Drop.NO_METADATA)).isEqualTo(100);
        }
    }

    @Test
    void isIdempotentAndPatient(@TempDir Path dir) throws java.io.IOException {
        Path password = Files.writeString(dir.resolve("password"), "a\"b\\c\n");

        var properties =
                MetricsWriter.properties(
                        config(
                                        Map.of(
                                                "kafka.security-protocol", "SASL_SSL",
                                                "kafka.username", "me",
                                                "kafka.password-file", password.toString()))
                                .kafka());

        assertThat(properties)
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
                .containsEntry(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
                .containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 600_000)
                .containsEntry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0)
                .containsEntry(
                        "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required"
                                + " username=\"me\" password=\"a\\\"b\\\\c\";");
    }
}
