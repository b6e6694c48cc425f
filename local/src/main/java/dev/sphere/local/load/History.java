package dev.sphere.local.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.math3.distribution.PoissonDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes the requests of earlier days to the topic {@code metrics}, as if they had been observed,
 * so that the forecasts know the season from the first minute.
 *
 * @param visits requests that a service gets for each request to the front end, by service
 * @param stepMillis length of a step; observations are aligned to its multiples
 * @param days how many days before now
 * @param seed for the noise
 */
public record History(Load load, Map<String, Double> visits, long stepMillis, int days, long seed) {
    private static final String SOURCE = "history";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * What was written.
     *
     * @param records sent, with the stale ones
     * @param from start of the first step, in epoch milliseconds
     * @param to end of the last step, in epoch milliseconds
     */
    public record Written(long records, long steps, long from, long to) {}

    public History {
        if (stepMillis < 1) {
            throw new IllegalArgumentException("step " + stepMillis + " ms: expected above 0");
        }
        if (days < 0) {
            throw new IllegalArgumentException("history of " + days + " days: expected 0 or more");
        }
        visits = Map.copyOf(visits);
    }

    public static History of(
            Load load, Map<String, Double> visits, Duration step, int days, long seed) {
        return new History(load, visits, step.toMillis(), days, seed);
    }

    /**
     * Writes all steps that ended by now, one sample for each step and service and at the end one
     * that says that the series is gone, and waits until Kafka has acknowledged them.
     *
     * @throws IllegalStateException if Kafka did not take a record
     */
    public Written write(Producer<String, String> producer, String topic, long now) {
        long to = Math.floorDiv(now, stepMillis) * stepMillis;
        long steps = days * load.dayMillis() / stepMillis;
        long from = to - steps * stepMillis;
        if (steps == 0) {
            return new Written(0, 0, from, to);
        }
        Map<String, RandomGenerator> noise = new LinkedHashMap<>();
        visits.keySet().stream()
                .sorted()
                .forEach(
                        service ->
                                noise.put(service, new Well19937c(31 * seed + service.hashCode())));
        var failure = new AtomicReference<Exception>();
        long records = 0;
        for (long step = 0; step < steps && failure.get() == null; step++) {
            long at = from + step * stepMillis;
            double rate = load.meanRate(at, at + stepMillis);
            for (var entry : noise.entrySet()) {
                String service = entry.getKey();
                double requests = rate * visits.get(service) * stepMillis / 1000;
                double observed =
                        requests > 0 ? poisson(entry.getValue(), requests) * 1000 / stepMillis : 0;
                send(producer, topic, service, message(service, at, observed), failure);
                records++;
            }
        }
        for (String service : noise.keySet()) {
            send(producer, topic, service, gone(service, to), failure);
            records++;
        }
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException(
                    "the history could not be written to the topic " + topic, failure.get());
        }
        return new Written(records, steps, from, to);
    }

    private static double poisson(RandomGenerator random, double mean) {
        return new PoissonDistribution(
                        random,
                        mean,
                        PoissonDistribution.DEFAULT_EPSILON,
                        PoissonDistribution.DEFAULT_MAX_ITERATIONS)
                .sample();
    }

    private static void send(
            Producer<String, String> producer,
            String topic,
            String service,
            String message,
            AtomicReference<Exception> failure) {
        producer.send(
                new ProducerRecord<>(topic, service, message),
                (metadata, e) -> {
                    if (e != null) {
                        failure.compareAndSet(null, e);
                    }
                });
    }

    private static String message(String service, long at, double value) {
        return text(service, at, sample().put("value", value));
    }

    private static String gone(String service, long at) {
        return text(service, at, sample().put("stale", true));
    }

    private static ObjectNode sample() {
        ObjectNode sample = JSON.objectNode();
        sample.put("signal", "requests").put("kind", "gauge").put("agg", "sum");
        sample.putObject("labels").put("history", "true");
        return sample;
    }

    private static String text(String service, long at, ObjectNode sample) {
        ObjectNode message = JSON.objectNode();
        message.put("v", 1).put("service", service).put("at", at).put("source", SOURCE);
        message.putArray("samples").add(sample);
        try {
            return MAPPER.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON of plain values cannot fail", e);
        }
    }
}
