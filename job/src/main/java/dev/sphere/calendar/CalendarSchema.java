package dev.sphere.calendar;

import dev.sphere.observe.Rejected;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the records of the topic {@code calendar}; what is no entry becomes a rejection. */
public final class CalendarSchema implements KafkaRecordDeserializationSchema<CalendarIncoming> {
    private static final long serialVersionUID = 1L;

    private transient Counter rejected;

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        open(context.getMetricGroup());
    }

    void open(MetricGroup metrics) {
        rejected = metrics.counter("rejected");
    }

    @Override
    public void deserialize(
            ConsumerRecord<byte[], byte[]> record, Collector<CalendarIncoming> out) {
        var reading =
                CalendarReader.read(
                        record.key(), record.value(), record.partition(), record.offset());
        if (reading.reason() == null) {
            out.collect(new CalendarIncoming(reading.change(), null));
        } else {
            rejected.inc();
            out.collect(
                    new CalendarIncoming(
                            null,
                            Rejected.of(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    reading.reason(),
                                    record.value())));
        }
    }

    @Override
    public TypeInformation<CalendarIncoming> getProducedType() {
        return TypeInformation.of(CalendarIncoming.class);
    }
}
