package dev.sphere.observe;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the records of the topic {@code metrics}; what is no scrape becomes a rejection. */
public final class ScrapeSchema implements KafkaRecordDeserializationSchema<Incoming> {

    /** How much of a rejected payload is kept. */
    static final int KEPT_BYTES = 4096;

    private static final long serialVersionUID = 1L;
    private static final byte[] NOTHING = new byte[0];

    private final int maxBytes;

    private transient ScrapeReader reader;
    private transient MessageDigest sha256;
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
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Incoming> out) {
        records.inc();
        var reading = reader.read(record.value());
        if (reading.reason() == null) {
            out.collect(new Incoming(reading.scrape(), null));
        } else {
            rejected.inc();
            out.collect(new Incoming(reading.scrape(), reject(record, reading.reason())));
        }
    }

    @Override
    public TypeInformation<Incoming> getProducedType() {
        return TypeInformation.of(Incoming.class);
    }

    private Rejected reject(ConsumerRecord<byte[], byte[]> record, String reason) {
        byte[] payload = record.value() == null ? NOTHING : record.value();
        return new Rejected(
                record.topic(),
                record.partition(),
                record.offset(),
                reason,
                HexFormat.of().formatHex(sha256.digest(payload)),
                payload.length,
                Arrays.copyOf(payload, Math.min(payload.length, KEPT_BYTES)));
    }
}
