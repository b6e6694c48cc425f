package dev.sphere.publish;

import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** Writes the topic {@code predictions}, keyed by service and signal. */
public final class PredictionsSink {
    private PredictionsSink() {}

    /**
     * @param producer settings of the Kafka producer, beyond the servers
     */
    public static KafkaSink<Prediction> of(
            String bootstrapServers, String topic, Properties producer) {
        return TopicSink.of(
                bootstrapServers, topic, producer, Prediction::key, PredictionJson::bytes);
    }
}
