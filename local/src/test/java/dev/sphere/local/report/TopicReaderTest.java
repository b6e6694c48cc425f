package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    private static final String CARTS = "sock-shop/carts";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest");
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final TopicReader reader =
            new TopicReader(
                    kafka,
                    Map.of("decisions", this::hear, "rejected", (key, value) -> {}),
                    Set.of("metrics"));

    @AfterEach
    void close() {
        reader.close();
        assertThat(kafka.closed()).isTrue();
    }

    @Test
    void handsOnWhatIsInATopicAndCountsAnotherByKey() {
        create("decisions", "metrics", "rejected");
        reader.start();
        add("decisions", CARTS, "{\"phase\":\"decided\"}");
        add("metrics", CARTS, "not looked at");
        add("metrics", CARTS, "not looked at");
        add("metrics", "sock-shop/user", "not looked at");
        add("rejected", "metrics-0-1", "{}");

        await().atMost(SOON).until(() -> reader.count("metrics") == 3 && heard.size() == 1);

        assertThat(heard).containsExactly(CARTS + " decided");
        assertThat(reader.counts("metrics")).isEqualTo(Map.of(CARTS, 2L, "sock-shop/user", 1L));
        await().atMost(SOON).until(() -> reader.count("rejected") == 1);
        assertThat(reader.counts("rejected")).isEmpty();
    }

    @Test
    void waitsForTopicsThatDoNotExistYet() throws InterruptedException {
        create("decisions", "metrics");
        reader.start();
        add("decisions", CARTS, "{\"phase\":\"decided\"}");
        await().atMost(SOON).until(() -> heard.size() == 1);
        assertThat(reader.awaitCaughtUp(Duration.ofMillis(50))).isFalse();

        create("rejected");

        assertThat(reader.awaitCaughtUp(SOON)).isTrue();
    }

    @Test
    void goesOnWhenKafkaDidNotAnswerForAWhile() throws InterruptedException {
        create("decisions", "metrics", "rejected");
        reader.start();
        assertThat(reader.awaitCaughtUp(SOON)).isTrue();
        var unanswered = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            kafka.schedulePollTask(
                    () -> {
                        unanswered.incrementAndGet();
                        kafka.setPollException(new TimeoutException("away"));
                    });
        }
        await().atMost(SOON).until(() -> unanswered.get() == 3);
        add("decisions", CARTS, "{\"phase\":\"outcome\"}");

        await().atMost(SOON).until(() -> heard.contains(CARTS + " outcome"));
    }

    @Test
    void goesOnAfterMessagesThatItCannotRead() {
        create("decisions", "metrics", "rejected");
        reader.start();
        add("decisions", CARTS, "{\"pha");
        add("decisions", CARTS, null);
        add("decisions", CARTS, "{\"phase\":\"fail\"}");
        add("decisions", CARTS, "{\"phase\":\"decided\"}");

        await().atMost(SOON).until(() -> heard.contains(CARTS + " decided"));

        assertThat(reader.unreadable()).isEqualTo(2);
        assertThat(reader.count("decisions")).isEqualTo(4);
    }

    @Test
    void tellsWhenAllThatWasThereIsRead() throws InterruptedException {
        create("decisions", "metrics", "rejected");
        reader.start();
        add("decisions", CARTS, "{\"phase\":\"decided\"}");

        assertThat(reader.awaitCaughtUp(SOON)).isTrue();

        assertThat(heard).containsExactly(CARTS + " decided");
    }

    @Test
    void saysThatItDidNotCatchUp() throws InterruptedException {
        create("decisions", "metrics");
        reader.start();

        assertThat(reader.awaitCaughtUp(Duration.ofMillis(50))).isFalse();
    }

    @Test
    void endsLoudlyWhenItMayNotRead() throws InterruptedException {
        create("decisions", "metrics", "rejected");
        kafka.schedulePollTask(
                () -> kafka.setPollException(new AuthorizationException("forbidden")));
        reader.start();

        await().atMost(SOON).until(kafka::closed);

        assertThat(reader.awaitCaughtUp(SOON)).isFalse();
    }

    private void hear(String key, JsonNode value) {
        String phase = value.get("phase").asText();
        if (phase.equals("fail")) {
            throw new IllegalStateException("a listener fails");
        }
        heard.add(key + " " + phase);
    }

    private void create(String... topics) {
        for (String topic : topics) {
            var node = new Node(1, "127.0.0.1", 9092);
            var partition = new TopicPartition(topic, 0);
            synchronized (ends) {
                ends.put(partition, 0L);
            }
            kafka.updateBeginningOffsets(Map.of(partition, 0L));
            kafka.updateEndOffsets(Map.of(partition, 0L));
            kafka.updatePartitions(
                    topic,
                    List.of(
                            new PartitionInfo(
                                    topic, 0, node, new Node[] {node}, new Node[] {node})));
        }
    }

    /** Adds a record as soon as the topic is being read. */
    private void add(String topic, String key, String value) {
        var partition = new TopicPartition(topic, 0);
        long offset;
        synchronized (ends) {
            offset = ends.merge(partition, 1L, Long::sum) - 1;
        }
        kafka.updateEndOffsets(Map.of(partition, offset + 1));
        await().atMost(SOON).until(() -> kafka.assignment().contains(partition));
        kafka.addRecord(
                new ConsumerRecord<>(
                        topic,
                        0,
                        offset,
                        key.getBytes(StandardCharsets.UTF_8),
                        value == null ? null : value.getBytes(StandardCharsets.UTF_8)));
    }
}
