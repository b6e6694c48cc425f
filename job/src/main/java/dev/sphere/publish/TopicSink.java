package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What all topics that the job writes have in common: at-least-once, keyed, stamped on sending. */
final class TopicSink {
    private TopicSink() {}

    static <T> KafkaSink<T> of(
            String bootstrapServers,
            String topic,
            Properties producer,
            SerializableFunction<T, String> key,
            SerializableFunction<T, byte[]> value) {
        Properties properties = new Properties();
        // several hundred metrics per sink that nobody looks at
        properties.setProperty("register.producer.metrics", "false");
        producer.stringPropertyNames()
                .forEach(name -> properties.setProperty(name, producer.getProperty(name)));
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(properties)
                .setBootstrapServers(bootstrapServers)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(schema(topic, key, value))
                .build();
    }

    static <T> KafkaRecordSerializationSchema<T> schema(
            String topic,
            SerializableFunction<T, String> key,
            SerializableFunction<T, byte[]> value) {
        // Without a timestamp of its own a record gets the time of sending, which Kafka's retention
        // goes by; after a replay the time of the data may be past it.
        return (element, context, timestamp) ->
                new ProducerRecord<>(
                        topic, key.apply(element).getBytes(UTF_8), value.apply(element));
    }
}
