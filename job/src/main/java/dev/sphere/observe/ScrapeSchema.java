package dev.sphere.observe;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the records of the topic {@code metrics}; what is no scrape becomes a rejection. */
public final class ScrapeSchema implements KafkaRecordDeserializationSchema<Incoming> {

    private static final long serialVersionUID = 1L;

    private final int maxBytes;

    private transient ScrapeReader reader;
    private transient Counter records;
    private transient Counter rejected;

    public ScrapeSchema() {
        this(ScrapeReader.DEFAULT_MAX_BYTES);
    }

    /**
     * @param maxBytes longest payload that is read at all
     */
    public ScrapeSchema(int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + ", expected 1 or more");
        }
        this.maxBytes = maxBytes;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        open(context.getMetricGroup());
    }

    void open(MetricGroup metrics) {
        reader = new ScrapeReader(maxBytes);
        records = metrics.counter("records");
        rejected = metrics.counter("rejected");
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Incoming> out) {
        records.inc();
        var reading = reader.read(record.value());
        if (reading.reason() == null) {
            out.collect(new Incoming(reading.scrape(), null));
        } else {
            rejected.inc();
            out.collect(
                    new Incoming(
                            reading.scrape(),
                            Rejected.of(
                                    record.topic(),
                                    record.partition(),
                                    record.offset(),
                                    reading.reason(),
                                    record.value())));
        }
    }

    @Override
    public TypeInformation<Incoming> getProducedType() {
        return TypeInformation.of(Incoming.class);
    }
}
