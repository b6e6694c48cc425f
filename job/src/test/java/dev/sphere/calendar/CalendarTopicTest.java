package dev.sphere.calendar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class CalendarTopicTest {
    private static final TopicPartition PARTITION = new TopicPartition("calendar", 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final CalendarTopic topic = topic(Duration.ofMinutes(1));

    @Test
    void isReadToItsEndTheNewestOfEachIdInTheOrderOfTheTopic() {
        exists(5, 12);
        consumer.schedulePollTask(
                () -> {
                    add(5, "a", entry("a", 20));
                    add(6, "b", entry("b", 30));
                    add(7, "c", "no JSON");
                });
        consumer.schedulePollTask(
                () -> {
                    add(8, "a", entry("a", 40));
                    add(11, "b", null);
                });

        var changes = topic.read(consumer);

        assertThat(changes).extracting(CalendarChange::id).containsExactly("a", "b");
        assertThat(changes.get(0).entry().to()).isEqualTo(40);
        assertThat(changes.get(0).offset()).isEqualTo(8);
        assertThat(changes.get(1)).isEqualTo(new CalendarChange("b", null, 11));
    }

    @Test
    void isNotWaitedForWhenItIsEmpty() {
        exists(7, 7);

        assertThat(topic.read(consumer)).isEmpty();
    }

    @Test
    void isAskedForWhenNobodyAnswers() {
        exists(0, 3);
        consumer.setOffsetsException(new TimeoutException("nobody"));

        assertThatThrownBy(() -> topic.read(consumer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no answer about topic calendar on broker:9092 within 60 s")
                .hasMessageContaining("one partition, cleanup.policy=compact");
    }

    @Test
    void isNotWaitedForForeverWhenNothingComes() {
        exists(0, 3);

        assertThatThrownBy(() -> topic(Duration.ZERO).read(consumer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("offset 0: nothing came for 0 s, expected records until")
                .hasMessageEndingWith("offset 3");
    }

    private static CalendarTopic topic(Duration patience) {
        return new CalendarTopic("broker:9092", "calendar", new Properties(), patience);
    }

    private void exists(long beginning, long end) {
        consumer.updateBeginningOffsets(Map.of(PARTITION, beginning));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
    }

    private void add(long offset, String key, String value) {
        consumer.addRecord(
                new ConsumerRecord<>(
                        "calendar",
                        0,
                        offset,
                        key.getBytes(UTF_8),
                        value == null ? null : value.getBytes(UTF_8)));
    }

    private static String entry(String id, long to) {
        return "{\"v\":1,\"id\":\"%s\",\"kind\":\"ignore\",\"from\":1,\"to\":%d}".formatted(id, to);
    }
}
