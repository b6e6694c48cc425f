package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What a job has written to its topic {@code predictions}, each prediction once. */
final class Predictions implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaConsumer<String, String> consumer;

    // By key and then by the time that they were issued for.
    private final Map<String, TreeMap<Long, String>> all = new TreeMap<>();

    Predictions(String bootstrap, String topic) {
        consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrap),
                        new StringDeserializer(),
                        new StringDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(p -> new TopicPartition(topic, p.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All so far, by key and time. A prediction that is written again has to be the same. */
    Map<String, TreeMap<Long, String>> read() {
        while (true) {
            var records = consumer.poll(Duration.ofMillis(200));
            if (records.isEmpty()) {
                return all;
            }
            for (var record : records) {
                var before =
                        all.computeIfAbsent(record.key(), key -> new TreeMap<>())
                                .put(json(record.value()).get("issuedAt").asLong(), record.value());
                if (before != null) {
                    assertThat(record.value()).as("written again").isEqualTo(before);
                }
            }
        }
    }

    /** Whether all signals of all services have got as far as this time. */
    boolean haveReached(long time) {
        var read = read();
        return read.size() == Traffic.SERVICES.size() * Traffic.SIGNALS.size()
                && read.values().stream().allMatch(each -> each.lastKey() >= time);
    }

    static JsonNode json(String prediction) {
        try {
            return JSON.readTree(prediction);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + prediction, e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
