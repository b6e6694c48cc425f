package dev.sphere.publish;

import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** Writes the topic {@code decisions}, keyed by service. */
public final class DecisionsSink {
    private DecisionsSink() {}

    /**
     * @param producer settings of the Kafka producer, beyond the servers
     */
    public static KafkaSink<DecisionMessage> of(
            String bootstrapServers, String topic, Properties producer) {
        return TopicSink.of(
                bootstrapServers, topic, producer, DecisionMessage::service, DecisionMessage::json);
    }
}
