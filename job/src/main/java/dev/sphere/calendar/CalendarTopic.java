package dev.sphere.calendar;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic {@code calendar} as it is at one moment, read as a whole. */
public final class CalendarTopic implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private final String bootstrap;
    private final String topic;
    private final Properties properties;
    private final Duration patience;

    /**
     * @param properties further settings of the Kafka consumer
     * @param patience how long nothing may come
     */
    public CalendarTopic(String bootstrap, String topic, Properties properties, Duration patience) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.properties = properties;
        this.patience = patience;
    }

    /**
     * What it says, the newest of each id, in the order of the topic. What cannot be read is left
     * out: the stream rejects it.
     *
     * @throws IllegalStateException if there is no such topic, or its end is not reached
     * @throws org.apache.kafka.common.KafkaException if Kafka does not let it be read
     */
    public List<CalendarChange> read() {
        var settings = new Properties();
        properties
                .stringPropertyNames()
                .forEach(name -> settings.setProperty(name, properties.getProperty(name)));
        settings.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return read(consumer);
        }
    }

    List<CalendarChange> read(Consumer<byte[], byte[]> consumer) {
        var partition = new TopicPartition(topic, 0);
        consumer.assign(Set.of(partition));
        consumer.seekToBeginning(Set.of(partition));
        long end = end(consumer, partition);
        Map<String, CalendarChange> newest = new LinkedHashMap<>();
        long heard = System.nanoTime();
        long reached = consumer.position(partition, patience);
        while (reached < end) {
            for (var record : consumer.poll(AT_ONCE)) {
                take(record, newest);
            }
            long now = consumer.position(partition, patience);
            if (now > reached) {
                reached = now;
                heard = System.nanoTime();
            } else if (System.nanoTime() - heard > patience.toNanos()) {
                throw new IllegalStateException(
                        "kafka.calendar: topic %s on %s, offset %d: nothing came for %d s, expected records until offset %d"
                                .formatted(topic, bootstrap, reached, patience.toSeconds(), end));
            }
        }
        return new ArrayList<>(newest.values());
    }

    /** A topic that was made just now is not known to every broker; the client asks again. */
    private long end(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        try {
            return consumer.endOffsets(Set.of(partition), patience).get(partition);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "kafka.calendar: no answer about topic %s on %s within %d s; check that the broker is up, and that the topic is there: one partition, cleanup.policy=compact. Without a calendar, set kafka.calendar to nothing"
                            .formatted(topic, bootstrap, patience.toSeconds()),
                    e);
        }
    }

    private static void take(
            ConsumerRecord<byte[], byte[]> record, Map<String, CalendarChange> newest) {
        var change =
                CalendarReader.read(
                                record.key(), record.value(), record.partition(), record.offset())
                        .change();
        if (change != null) {
            // What is newer comes later, also in the order.
            newest.remove(change.id());
            newest.put(change.id(), change);
        }
    }
}
