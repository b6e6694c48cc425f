package dev.sphere.local.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics from the beginning for as long as the run lasts and hands each message to those who
 * listen; a broker that is away is waited for.
 *
 * <p>It belongs to no consumer group and commits nothing. Listeners are called on one thread, in
 * the order of each partition.
 */
public final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ASK = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, Listener> listeners;
    private final Set<String> countedTopics;
    private final Map<String, Map<String, LongAdder>> counts = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> totals = new ConcurrentHashMap<>();
    private final LongAdder unreadable = new LongAdder();
    private final ConcurrentLinkedQueue<CaughtUp> waiting = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean running = true;

    /** Gets each message of a topic. */
    @FunctionalInterface
    public interface Listener {
        void message(String key, JsonNode value);
    }

    /** Someone who waits until everything that is in Kafka now has been read. */
    private static final class CaughtUp {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        Map<TopicPartition, Long> ends;
    }

    /**
     * @param bootstrapServers of Kafka
     * @param listeners by topic; their messages are parsed
     * @param countedTopics topics whose records are counted by key
     */
    public TopicReader(
            String bootstrapServers, Map<String, Listener> listeners, Set<String> countedTopics) {
        this(new KafkaConsumer<>(properties(bootstrapServers)), listeners, countedTopics);
    }

    TopicReader(
            Consumer<byte[], byte[]> consumer,
            Map<String, Listener> listeners,
            Set<String> countedTopics) {
        this.consumer = consumer;
        this.listeners = Map.copyOf(listeners);
        this.countedTopics = Set.copyOf(countedTopics);
        this.thread = new Thread(this::read, "topic-reader");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler(
                (t, e) -> LOG.error("Kafka is read no more: the report is incomplete", e));
    }

    private static Properties properties(String bootstrapServers) {
        var properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "sphere-report");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        // Under exactly-once the topics hold records of transactions that were given up.
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "10000");
        properties.put(
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName());
        properties.put(
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class.getName());
        return properties;
    }

    public void start() {
        thread.start();
    }

    private void read() {
        var missing = new LinkedHashSet<>(listeners.keySet());
        missing.addAll(countedTopics);
        var assigned = new HashSet<TopicPartition>();
        boolean away = false;
        try {
            while (running) {
                try {
                    if (!missing.isEmpty()) {
                        assign(missing, assigned);
                    }
                    if (assigned.isEmpty()) {
                        LockSupport.parkNanos(POLL.toNanos());
                        continue;
                    }
                    for (var record : consumer.poll(POLL)) {
                        take(record);
                    }
                    answer(missing, assigned);
                    away = false;
                } catch (RetriableException e) {
                    // Mostly a timeout while the broker is away; positions are kept.
                    if (!away) {
                        LOG.warn("Kafka does not answer, the report waits: {}", e.getMessage());
                    }
                    away = true;
                    LockSupport.parkNanos(POLL.toNanos());
                }
            }
        } catch (WakeupException | InterruptException e) {
            if (running) {
                throw e;
            }
        } finally {
            running = false;
            closeConsumer();
            waiting.forEach(
                    someone ->
                            someone.done.completeExceptionally(
                                    new KafkaException("the topics are read no more")));
        }
    }

    private void closeConsumer() {
        try {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        } catch (KafkaException e) {
            LOG.warn("The consumer of the report did not close cleanly", e);
        }
    }

    private void assign(Set<String> missing, Set<TopicPartition> assigned) {
        for (String topic : List.copyOf(missing)) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic, ASK);
            if (partitions == null || partitions.isEmpty()) {
                continue;
            }
            List<TopicPartition> added = new ArrayList<>();
            for (PartitionInfo partition : partitions) {
                added.add(new TopicPartition(topic, partition.partition()));
            }
            assigned.addAll(added);
            consumer.assign(assigned);
            consumer.seekToBeginning(added);
            missing.remove(topic);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        totals.computeIfAbsent(record.topic(), topic -> new LongAdder()).increment();
        // Other topics may have a key for each record, as rejected has.
        if (countedTopics.contains(record.topic())) {
            counts.computeIfAbsent(record.topic(), topic -> new ConcurrentHashMap<>())
                    .computeIfAbsent(key, ignored -> new LongAdder())
                    .increment();
        }
        Listener listener = listeners.get(record.topic());
        if (listener == null || record.value() == null) {
            return;
        }
        JsonNode value;
        try {
            value = JSON.readTree(record.value());
        } catch (IOException e) {
            unreadable.increment();
            LOG.warn(
                    "{}-{} offset {} is not JSON: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            return;
        }
        try {
            listener.message(key, value);
        } catch (RuntimeException e) {
            // One message that a listener cannot take must not end the report of all others.
            unreadable.increment();
            LOG.warn(
                    "{}-{} offset {} could not be taken",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e);
        }
    }

    private void answer(Set<String> missing, Set<TopicPartition> assigned) {
        if (!missing.isEmpty()) {
            return;
        }
        for (CaughtUp someone : waiting) {
            if (someone.ends == null) {
                someone.ends = new HashMap<>(consumer.endOffsets(assigned, ASK));
            }
            someone.ends
                    .entrySet()
                    .removeIf(end -> consumer.position(end.getKey(), ASK) >= end.getValue());
            if (someone.ends.isEmpty()) {
                waiting.remove(someone);
                someone.done.complete(null);
            }
        }
    }

    /**
     * Waits until everything that is in Kafka now has been read.
     *
     * @return whether that came true in time
     */
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        if (!running) {
            return false;
        }
        var me = new CaughtUp();
        waiting.add(me);
        try {
            me.done.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("Not everything in Kafka was read within {}: {}", timeout, e.toString());
            return false;
        } finally {
            waiting.remove(me);
        }
    }

    /** Records read of a counted topic, by key. */
    public Map<String, Long> counts(String topic) {
        Map<String, Long> byKey = new TreeMap<>();
        counts.getOrDefault(topic, Map.of()).forEach((key, count) -> byKey.put(key, count.sum()));
        return byKey;
    }

    /** Records read of a topic. */
    public long count(String topic) {
        LongAdder total = totals.get(topic);
        return total == null ? 0 : total.sum();
    }

    /** Messages that were not JSON or that a listener could not take. */
    public long unreadable() {
        return unreadable.sum();
    }

    @Override
    public void close() {
        running = false;
        if (thread.getState() == Thread.State.NEW) {
            closeConsumer();
            return;
        }
        consumer.wakeup();
        LockSupport.unpark(thread);
        try {
            thread.join(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
