package dev.sphere.bridge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes samples to Kafka, in order per service; what the producer has taken survives its absence.
 */
final class MetricsWriter implements Output {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsWriter.class);
    private static final Duration METADATA_RETRY = Duration.ofMillis(100);
    private static final int ATTEMPTS_TOLD = 50;
    private static final Duration DROP_LOG = Duration.ofSeconds(10);

    private final Producer<String, byte[]> producer;
    private final String bootstrap;
    private final String topic;
    private final String source;
    private final int bound;
    private final Duration closeTimeout;
    private final BridgeMetrics metrics;
    private final ScheduledExecutorService metadata =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        var thread = new Thread(task, "bridge-kafka-metadata");
                        thread.setDaemon(true);
                        return thread;
                    });
    private final AtomicLong nextDropLog = new AtomicLong(System.nanoTime());
    private volatile boolean ready;
    private int attempts;

    MetricsWriter(BridgeConfig config, BridgeMetrics metrics) {
        this(config, new KafkaProducer<>(properties(config.kafka())), metrics);
    }

    MetricsWriter(BridgeConfig config, Producer<String, byte[]> producer, BridgeMetrics metrics) {
        this.producer = producer;
        this.bootstrap = config.kafka().bootstrap();
        this.topic = config.kafka().topic();
        this.source = config.source();
        this.bound = config.kafka().maxRecord();
        this.closeTimeout = config.shutdownTimeout();
        this.metrics = metrics;
        metadata.execute(this::findTopic);
    }

    static Map<String, Object> properties(BridgeConfig.Kafka kafka) {
        var properties = new HashMap<String, Object>();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrap());
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, kafka.clientId());
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, kafka.linger().toMillis());
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, kafka.buffer());
        properties.put(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) kafka.requestTimeout().toMillis());
        properties.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) kafka.deliveryTimeout().toMillis());
        // A scrape never waits for Kafka: what there is no memory for is dropped at once.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        // As nobody waits for metadata they must not be forgotten, neither when idle nor, by a
        // new bootstrap, when all brokers are away.
        properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(365).toMillis());
        properties.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, kafka.securityProtocol());
        if (kafka.caFile() != null) {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, kafka.caFile().toString());
        }
        if (kafka.securityProtocol().startsWith("SASL")) {
            String module =
                    kafka.saslMechanism().equals("PLAIN")
                            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
                            : "org.apache.kafka.common.security.scram.ScramLoginModule";
            properties.put(SaslConfigs.SASL_MECHANISM, kafka.saslMechanism());
            properties.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    "%s required username=\"%s\" password=\"%s\";"
                            .formatted(
                                    module,
                                    jaas(kafka.username()),
                                    jaas(kafka.password().value())));
        }
        return properties;
    }

    private static String jaas(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private void findTopic() {
        try {
            producer.partitionsFor(topic);
            ready = true;
            LOG.info("topic {} found", topic);
        } catch (KafkaException e) {
            // The first answer is always "not yet": the call only makes the producer ask.
            if (++attempts == ATTEMPTS_TOLD) {
                LOG.warn(
                        "no Kafka at {} or no topic {} there, samples are dropped until there is: {}",
                        bootstrap,
                        topic,
                        e.toString());
            }
            metadata.schedule(this::findTopic, METADATA_RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public CompletableFuture<Void> write(ServiceSamples samples) {
        var written = new ArrayList<CompletableFuture<Void>>();
        for (var chunk : MetricsMessage.of(samples, source, bound)) {
            written.add(send(samples.service(), chunk));
        }
        return CompletableFuture.allOf(written.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> send(String service, MetricsMessage.Chunk chunk) {
        var done = new CompletableFuture<Void>();
        metrics.recordsInFlight.inc();
        var sending = new boolean[] {true};
        try {
            producer.send(
                    new ProducerRecord<>(topic, service, chunk.json()),
                    (stored, failure) -> {
                        if (failure == null) {
                            metrics.recordsInFlight.dec();
                            metrics.samplesWritten.inc(chunk.samples());
                            done.complete(null);
                        } else {
                            // Called within send() for what the producer has not taken.
                            drop(done, service, chunk, failure, !sending[0]);
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            drop(done, service, chunk, e, false);
        }
        sending[0] = false;
        return done;
    }

    private void drop(
            CompletableFuture<Void> done,
            String service,
            MetricsMessage.Chunk chunk,
            Exception failure,
            boolean handedOver) {
        Drop reason = Drop.of(failure, handedOver);
        if (!done.completeExceptionally(new DroppedException(reason, failure))) {
            return;
        }
        metrics.recordsInFlight.dec();
        metrics.dropped(reason, chunk.samples());
        long now = System.nanoTime();
        long next = nextDropLog.get();
        if (now - next >= 0 && nextDropLog.compareAndSet(next, now + DROP_LOG.toNanos())) {
            LOG.warn(
                    "{}: {} samples dropped, {}: {}",
                    service,
                    chunk.samples(),
                    reason.label(),
                    failure.toString());
        }
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void close() {
        metadata.shutdownNow();
        producer.close(closeTimeout);
    }
}
