package dev.sphere.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sphere.local.kafka.Topics.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT {
    @TempDir private Path folder;
    private EmbeddedKafka kafka;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(folder, 0);
    }

    @AfterEach
    void end() {
        kafka.close();
    }

    @Test
    void areCreatedOnce() throws InterruptedException {
        assertThat(create()).extracting(Topics.Found::state).containsOnly(State.CREATED).hasSize(5);
        Topics.ALL.forEach(
                topic ->
                        assertThat(kafka.endOffsets(topic.name()))
                                .as(topic.name())
                                .hasSize(topic.partitions()));

        var again = create();

        assertThat(again).extracting(Topics.Found::state).containsOnly(State.THERE).hasSize(5);
        assertThat(again).extracting(Topics.Found::inWords).containsOnly("there");
    }

    @Test
    void areLeftAsTheyAreIfTheyAreDifferent() throws InterruptedException {
        kafka.createTopic("metrics", 3, Map.of("retention.ms", "604800000"));
        kafka.createTopic("predictions", 12, Map.of("cleanup.policy", "delete"));
        // the same, in another order
        kafka.createTopic("decisions", 12, Map.of("retention.ms", "2592000000"));

        var found = create();

        assertThat(found)
                .extracting(topic -> topic.topic().name() + ": " + topic.inWords())
                .containsExactly(
                        "metrics: there, but has 3 partitions instead of 12",
                        "predictions: there, but has cleanup.policy=delete instead of"
                                + " compact,delete",
                        "decisions: there",
                        "rejected: created",
                        "calendar: created");
        assertThat(kafka.endOffsets("metrics")).hasSize(3);
    }

    @Test
    void areTheSameWhateverTheOrderOfTheirSettings() throws InterruptedException {
        kafka.createTopic("predictions", 12, Map.of("cleanup.policy", "delete,compact"));

        assertThat(create())
                .filteredOn(found -> found.topic().name().equals("predictions"))
                .extracting(Topics.Found::state)
                .containsExactly(State.THERE);
    }

    @Test
    void areNotCreatedWithMoreCopiesThanThereAreBrokers() {
        try (var topics = Topics.of(kafka.bootstrap(), new Properties())) {
            assertThatThrownBy(() -> topics.create(Optional.of((short) 3)))
                    .isInstanceOf(InvalidReplicationFactorException.class);
        }
    }

    @Test
    void nameTheBrokerThatDoesNotAnswer() {
        String nobody = "127.0.0.1:" + LoopbackPort.freeOr(0);
        var impatient = new Properties();
        impatient.put("default.api.timeout.ms", "1000");
        impatient.put("request.timeout.ms", "500");

        try (var topics = Topics.of(nobody, impatient)) {
            assertThatThrownBy(() -> topics.create(Optional.empty()))
                    .hasMessageContaining("no Kafka broker answers on " + nobody);
        }
    }

    private List<Topics.Found> create() throws InterruptedException {
        try (var topics = Topics.of(kafka.bootstrap(), new Properties())) {
            return topics.create(Optional.empty());
        }
    }
}
