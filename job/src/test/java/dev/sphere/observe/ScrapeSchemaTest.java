package dev.sphere.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScrapeSchemaTest {

    private static final String SAMPLE =
            "{\"signal\":\"s\",\"kind\":\"gauge\",\"agg\":\"max\",\"value\":1}";

    private final Map<String, Counter> counters = new HashMap<>();
    private final ScrapeSchema schema = new ScrapeSchema();

    @BeforeEach
    void open() {
        schema.open(
                new UnregisteredMetricsGroup() {
                    @Override
                    public Counter counter(String name) {
                        return counters.computeIfAbsent(name, each -> super.counter(each));
                    }
                });
    }

    @Test
    void readsAScrape() {
        Incoming incoming = read(message(SAMPLE).getBytes(UTF_8));

        assertThat(incoming.rejected()).isNull();
        assertThat(incoming.scrape().samples()).hasSize(1);
        assertThat(counts()).isEqualTo(Map.of("records", 1L, "rejected", 0L));
    }

    @Test
    void rejectsWithThePositionAndTheHashOfTheWhole() {
        Incoming incoming = read("abc".getBytes(UTF_8));

        assertThat(incoming.scrape()).isNull();
        assertThat(incoming.rejected())
                .usingRecursiveComparison()
                .isEqualTo(
                        new Rejected(
                                "metrics",
                                3,
                                12,
                                incoming.rejected().reason(),
                                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                3,
                                "abc".getBytes(UTF_8)));
        assertThat(incoming.rejected().reason()).startsWith("not JSON");
        assertThat(counts()).isEqualTo(Map.of("records", 1L, "rejected", 1L));
    }

    @Test
    void keepsTheFirst4KiBOfARejectedPayload() {
        Incoming incoming = read(new byte[10 << 20]);

        assertThat(incoming.rejected().length()).isEqualTo(10 << 20);
        assertThat(incoming.rejected().payload()).hasSize(4096);
    }

    @Test
    void rejectsATombstone() {
        Incoming incoming = read(null);

        assertThat(incoming.scrape()).isNull();
        assertThat(incoming.rejected().reason()).contains("tombstone");
        assertThat(incoming.rejected().payload()).isEmpty();
        assertThat(counts()).isEqualTo(Map.of("records", 1L, "rejected", 1L));
    }

    @Test
    void splitsARecordThatIsPartlyBad() throws Exception {
        Incoming partly = read(message(SAMPLE + ",{}").getBytes(UTF_8));
        Incoming bad = read(new byte[0]);
        Incoming good = read(message(SAMPLE).getBytes(UTF_8));

        OneInputStreamOperatorTestHarness<Incoming, Scrape> harness =
                ProcessFunctionTestHarnesses.forProcessFunction(new SplitRejectedFunction());
        try {
            harness.processElement(partly, 0);
            harness.processElement(bad, 0);
            harness.processElement(good, 0);

            assertThat(harness.extractOutputValues())
                    .containsExactly(partly.scrape(), good.scrape());
            assertThat(harness.getSideOutput(SplitRejectedFunction.REJECTED))
                    .extracting(each -> each.getValue().reason())
                    .containsExactly("samples[1].signal: missing", "empty, expected a JSON object");
        } finally {
            harness.close();
        }
    }

    @Test
    void wantsASensibleBound() {
        assertThatThrownBy(() -> new ScrapeSchema(0)).hasMessage("maxBytes: 0, expected 1 or more");
    }

    private Incoming read(byte[] value) {
        List<Incoming> out = new ArrayList<>();
        schema.deserialize(
                new ConsumerRecord<>("metrics", 3, 12, null, value), new ListCollector<>(out));
        assertThat(out).hasSize(1);
        return out.get(0);
    }

    private Map<String, Long> counts() {
        Map<String, Long> counts = new HashMap<>();
        counters.forEach((name, counter) -> counts.put(name, counter.getCount()));
        return counts;
    }

    private static String message(String samples) {
        return "{\"v\":1,\"service\":\"a/b\",\"at\":5,\"samples\":[" + samples + "]}";
    }
}
