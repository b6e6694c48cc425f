package dev.sphere.publish;

import dev.sphere.observe.Rejected;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** Writes the topic {@code rejected}, keyed by where the input came from. */
public final class RejectedSink {
    private RejectedSink() {}

    /**
     * @param producer settings of the Kafka producer, beyond the servers
     */
    public static KafkaSink<Rejected> of(
            String bootstrapServers, String topic, Properties producer) {
        return TopicSink.of(
                bootstrapServers, topic, producer, RejectedSink::key, RejectedJson::bytes);
    }

    static String key(Rejected rejected) {
        return rejected.topic() + "-" + rejected.partition() + "-" + rejected.offset();
    }
}
