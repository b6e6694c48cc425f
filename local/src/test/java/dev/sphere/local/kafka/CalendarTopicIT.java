package dev.sphere.local.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sphere.calendar.CalendarChange;
import dev.sphere.calendar.CalendarTopic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the job does with the topic at its start, on a real broker. */
class CalendarTopicIT {
    @TempDir private Path folder;
    private EmbeddedKafka kafka;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(folder, 0);
    }

    @AfterEach
    void end() {
        kafka.close();
    }

    @Test
    void isReadAsAWhole() throws Exception {
        try (var topics = Topics.of(kafka.bootstrap(), new Properties())) {
            topics.create(Optional.empty());
        }
        assertThat(topic("calendar", Duration.ofMinutes(2)).read()).isEmpty();

        try (Producer<byte[], byte[]> producer = producer()) {
            send(producer, "a", entry("a", 20));
            send(producer, "b", entry("b", 30));
            send(producer, "c", "no JSON");
            send(producer, "a", entry("a", 40));
            send(producer, "b", null);
        }

        var changes = topic("calendar", Duration.ofMinutes(2)).read();
        assertThat(changes).extracting(CalendarChange::id).containsExactly("a", "b");
        assertThat(changes).extracting(CalendarChange::offset).containsExactly(3L, 4L);
        assertThat(changes.get(0).entry().to()).isEqualTo(40);
        assertThat(changes.get(1).entry()).isNull();
    }

    @Test
    void isAskedForWhenThereIsNone() {
        assertThatThrownBy(() -> topic("no-such", Duration.ofSeconds(2)).read())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no answer about topic no-such on " + kafka.bootstrap());
    }

    private CalendarTopic topic(String name, Duration patience) {
        return new CalendarTopic(kafka.bootstrap(), name, new Properties(), patience);
    }

    private Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void send(Producer<byte[], byte[]> producer, String key, String value)
            throws Exception {
        producer.send(
                        new ProducerRecord<>(
                                "calendar",
                                key.getBytes(UTF_8),
                                value == null ? null : value.getBytes(UTF_8)))
                .get();
    }

    private static String entry(String id, long to) {
        return "{\"v\":1,\"id\":\"%s\",\"kind\":\"ignore\",\"from\":1,\"to\":%d}".formatted(id, to);
    }
}
