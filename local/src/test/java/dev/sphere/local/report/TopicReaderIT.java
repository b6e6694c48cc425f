package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kafka.EmbeddedKafka;
import dev.sphere.local.load.History;
import dev.sphere.local.load.Load;
import dev.sphere.local.load.SteadyLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicReaderIT {
    private static final String CARTS = "sock-shop/carts";
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void readsOnAfterTheBrokerWasAway(@TempDir Path folder) throws Exception {
        try (var kafka = EmbeddedKafka.start(folder, 0);
                var producer =
                        new KafkaProducer<>(
                                Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()),
                                new StringSerializer(),
                                new StringSerializer())) {
            kafka.createTopic("metrics", 3, Map.of());
            kafka.createTopic("decisions", 3, Map.of());
            List<String> heard = new CopyOnWriteArrayList<>();
            try (var reader =
                    new TopicReader(
                            kafka.bootstrap(),
                            Map.of("decisions", (key, value) -> heard.add(value.toString())),
                            Set.of("metrics"))) {
                reader.start();
                var load = Load.of(new SteadyLoad(), 100, Duration.ofMinutes(8), 0);
                var history = History.of(load, Map.of(CARTS, 1.0), Duration.ofSeconds(2), 1, 3);
                history.write(producer, "metrics", System.currentTimeMillis());
                assertThat(reader.awaitCaughtUp(SOON)).isTrue();
                assertThat(reader.counts("metrics")).isEqualTo(Map.of(CARTS, 241L));

                kafka.stop();
                await().atMost(SOON).until(() -> !kafka.isRunning());
                await().pollDelay(Duration.ofSeconds(Long.getLong("outage", 3)))
                        .atMost(SOON)
                        .until(() -> true);
                kafka.start();
                producer.send(new ProducerRecord<>("decisions", CARTS, "{\"phase\":\"decided\"}"))
                        .get();

                await().atMost(SOON).until(() -> heard.size() == 1);
                assertThat(reader.awaitCaughtUp(SOON)).isTrue();
                assertThat(reader.count("metrics")).isEqualTo(241);
            }
        }
    }
}
