package dev.sphere.local.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What a bridge would have written of a few services: the same records each time.
 *
 * <p>The steps are long and the times long ago, so that steps are closed by data alone: the job
 * waits for silence by the wall clock, for one step and the grace.
 */
final class Traffic {
    static final List<String> SERVICES =
            List.of("sock-shop/front-end", "sock-shop/carts", "sock-shop/orders");
    static final List<String> SIGNALS = List.of("memory", "requests");
    static final Duration STEP = Duration.ofMinutes(5);
    static final Duration SEASON = Duration.ofHours(1);

    /** Steps in all; each closes but the last, for which nothing comes after. */
    static final int STEPS = 120;

    private static final long START = 1_763_683_200_000L;
    private static final int SCRAPES_PER_STEP = 2;
    private static final List<String> PODS = List.of("one", "two");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Traffic() {}

    /** When the step of this number ends. */
    static long endOf(int step) {
        return START + (step + 1) * STEP.toMillis();
    }

    /** How many records of one service the job has read when it closes this step. */
    static long recordsUntil(int step) {
        return (long) (step + 1) * SCRAPES_PER_STEP + 1;
    }

    /** Writes the records of the steps from one number to another, without the latter. */
    static void write(String bootstrap, String topic, int from, int to) {
        try (var producer =
                new KafkaProducer<>(
                        // One at a time: on a new partition the broker takes a later batch for the
                        // first when that one has to be sent again, and then refuses it for ever.
                        Map.of(
                                "bootstrap.servers",
                                bootstrap,
                                "acks",
                                "all",
                                "max.in.flight.requests.per.connection",
                                "1"),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent =
                    IntStream.range(from * SCRAPES_PER_STEP, to * SCRAPES_PER_STEP)
                            .boxed()
                            .flatMap(scrape -> records(topic, scrape))
                            .map(record -> producer.send(record))
                            .toList();
            for (var each : sent) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot write " + topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing " + topic, e);
        }
    }

    private static Stream<ProducerRecord<String, byte[]>> records(String topic, int scrape) {
        return SERVICES.stream()
                .map(
                        service ->
                                new ProducerRecord<>(
                                        topic,
                                        service,
                                        json(service, scrape).getBytes(StandardCharsets.UTF_8)));
    }

    private static String json(String service, int scrape) {
        var record =
                JSON.createObjectNode()
                        .put("v", 1)
                        .put("service", service)
                        .put("at", START + scrape * STEP.toMillis() / SCRAPES_PER_STEP)
                        .put("source", "test");
        var samples = record.putArray("samples");
        for (var pod : PODS) {
            sample(samples, "requests", "counter", pod, requestsUntil(service, pod, scrape));
            sample(samples, "memory", "gauge", pod, 1e8 + 1e6 * load(service, pod, scrape));
        }
        return record.toString();
    }

    private static void sample(
            ArrayNode samples, String signal, String kind, String pod, double value) {
        samples.addObject()
                .put("signal", signal)
                .put("kind", kind)
                .put("agg", "sum")
                .put("value", value)
                .putObject("labels")
                .put("pod", pod);
    }

    private static double requestsUntil(String service, String pod, int scrape) {
        return IntStream.rangeClosed(1, scrape)
                .mapToDouble(i -> load(service, pod, i) * STEP.toSeconds() / SCRAPES_PER_STEP)
                .sum();
    }

    /** Requests a second: a season, and noise that belongs to service, pod and time. */
    private static double load(String service, String pod, int scrape) {
        double season =
                Math.sin(
                        2
                                * Math.PI
                                * scrape
                                * STEP.toMillis()
                                / SCRAPES_PER_STEP
                                / SEASON.toMillis());
        long seed = 31L * (31L * service.hashCode() + pod.hashCode()) + scrape;
        return 100 + 60 * season + 5 * new Random(seed).nextGaussian();
    }
}
