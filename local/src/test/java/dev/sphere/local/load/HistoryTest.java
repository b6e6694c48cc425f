package dev.sphere.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final String FRONT_END = "sock-shop/front-end";
    private static final String CARTS = "sock-shop/carts";
    private static final long NOW = 1_763_683_200_500L;
    private static final long ALIGNED = 1_763_683_200_000L;
    private static final Duration STEP = Duration.ofSeconds(2);
    private static final Duration DAY = Duration.ofMinutes(8);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MockProducer<String, String> producer = producer(true);

    @Test
    void writesAGaugeOfRequestsForEachStepAndServiceAndThenThatItIsGone() {
        var load = Load.of(new SteadyLoad(), 100, Duration.ofSeconds(4), NOW);
        var history = History.of(load, Map.of(FRONT_END, 0.0), STEP, 1, 3);

        var written = history.write(producer, "metrics", NOW);

        assertThat(producer.history()).allSatisfy(r -> assertThat(r.topic()).isEqualTo("metrics"));
        assertThat(producer.history()).extracting(ProducerRecord::key).containsOnly(FRONT_END);
        assertThat(producer.history())
                .extracting(ProducerRecord::value)
                .containsExactly(
                        sample(ALIGNED - 4000, "\"value\":0.0"),
                        sample(ALIGNED - 2000, "\"value\":0.0"),
                        sample(ALIGNED, "\"stale\":true"));
        assertThat(written).isEqualTo(new History.Written(3, 2, ALIGNED - 4000, ALIGNED));
    }

    @Test
    void followsTheLoadWithTheNoiseOfCountedArrivals() throws IOException {
        var load = Load.of(new SteadyLoad(), 100, DAY, NOW);
        var history = History.of(load, Map.of(FRONT_END, 1.0, CARTS, 0.5), STEP, 5, 3);

        history.write(producer, "metrics", NOW);

        // 1200 counts of mean 200 over 2 s: rates of mean 100 and variance 100 / 2 s
        var frontEnd = values(FRONT_END);
        assertThat(frontEnd).hasSize(1200);
        assertThat(mean(frontEnd)).isEqualTo(100, within(0.8));
        assertThat(variance(frontEnd)).isEqualTo(50, within(7.0));
        assertThat(frontEnd).allSatisfy(v -> assertThat(v * 2).isEqualTo(Math.rint(v * 2)));
        assertThat(mean(values(CARTS))).isEqualTo(50, within(0.6));
    }

    @Test
    void keepsTheTimesOfAServiceInOrderAndAlignedToSteps() throws IOException {
        var load = Load.of(new TwoPeakDay(7), 100, DAY, NOW);
        var history = History.of(load, Map.of(FRONT_END, 1.0, CARTS, 0.5), STEP, 5, 3);

        history.write(producer, "metrics", NOW);

        long expected = ALIGNED - 5 * DAY.toMillis();
        for (var record : producer.history()) {
            if (record.key().equals(CARTS)) {
                assertThat(JSON.readTree(record.value()).get("at").asLong()).isEqualTo(expected);
                expected += 2000;
            }
        }
        assertThat(expected).isEqualTo(ALIGNED + 2000);
    }

    @Test
    void isTheSameForTheSameSeed() {
        var load = Load.of(new TwoPeakDay(7), 100, DAY, NOW);
        var other = producer(true);

        History.of(load, Map.of(FRONT_END, 1.0, CARTS, 0.5), STEP, 1, 3)
                .write(producer, "metrics", NOW);
        History.of(load, Map.of(CARTS, 0.5, FRONT_END, 1.0), STEP, 1, 3)
                .write(other, "metrics", NOW);

        assertThat(producer.history()).isEqualTo(other.history());
    }

    @Test
    void writesNothingForNoDays() {
        var load = Load.of(new SteadyLoad(), 100, DAY, NOW);

        History.of(load, Map.of(FRONT_END, 1.0), STEP, 0, 3).write(producer, "metrics", NOW);

        assertThat(producer.history()).isEmpty();
    }

    @Test
    void failsIfKafkaDoesNotTakeARecord() {
        var load = Load.of(new SteadyLoad(), 100, Duration.ofSeconds(4), NOW);
        var history = History.of(load, Map.of(FRONT_END, 1.0), STEP, 1, 3);
        var manual =
                new MockProducer<>(
                        false,
                        new RoundRobinPartitioner(),
                        new StringSerializer(),
                        new StringSerializer()) {
                    @Override
                    public synchronized void flush() {
                        errorNext(new TimeoutException("no broker"));
                        super.flush();
                    }
                };

        assertThatThrownBy(() -> history.write(manual, "metrics", NOW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the history could not be written to the topic metrics")
                .hasRootCauseMessage("no broker");
    }

    private static MockProducer<String, String> producer(boolean autoComplete) {
        return new MockProducer<>(
                autoComplete,
                new RoundRobinPartitioner(),
                new StringSerializer(),
                new StringSerializer());
    }

    private static String sample(long at, String value) {
        return "{\"v\":1,\"service\":\"sock-shop/front-end\",\"at\":"
                + at
                + ",\"source\":\"history\",\"samples\":[{\"signal\":\"requests\",\"kind\":\"gauge\","
                + "\"agg\":\"sum\",\"labels\":{\"history\":\"true\"},"
                + value
                + "}]}";
    }

    private List<Double> values(String service) throws IOException {
        List<Double> values = new ArrayList<>();
        for (var record : producer.history()) {
            JsonNode sample = JSON.readTree(record.value()).get("samples").get(0);
            if (record.key().equals(service) && sample.has("value")) {
                values.add(sample.get("value").doubleValue());
            }
        }
        return values;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static double variance(List<Double> values) {
        double mean = mean(values);
        return values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow();
    }
}
