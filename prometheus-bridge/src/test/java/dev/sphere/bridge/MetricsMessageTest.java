package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.bridge.ServiceSamples.Aggregation;
import dev.sphere.bridge.ServiceSamples.Kind;
import dev.sphere.bridge.ServiceSamples.Sample;
import dev.sphere.bridge.ServiceSamples.Series;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsMessageTest {
    private static final int LARGE = 1 << 20;

    @Test
    void isTheGoldenMessage() throws IOException {
        var samples =
                new ServiceSamples(
                        "sock-shop/front-end",
                        1763683200000L,
                        List.of(
                                new Sample(requests("front-end-7d9"), 1042, false, 1763683100000L),
                                new Sample(
                                        gauge("memory", Aggregation.SUM, "front-end-7d9"),
                                        8.5e7,
                                        false,
                                        0),
                                new Sample(
                                        gauge("latency", Aggregation.MAX, "front-end-7d9"),
                                        Double.NaN,
                                        false,
                                        0),
                                Sample.staleOf(requests("front-end-gone"))));

        var chunks = MetricsMessage.of(samples, "bridge-0", LARGE);

        assertThat(chunks).hasSize(1);
        assertThat(text(chunks.get(0)))
                .isEqualTo(
                        new String(
                                        getClass()
                                                .getResourceAsStream("/messages/metrics.json")
                                                .readAllBytes(),
                                        StandardCharsets.UTF_8)
                                .strip());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1e-9, 1.0e-9",
        "1.5, 1.5",
        "1e21, 1.0e21",
        "NaN, '\"NaN\"'",
        "Infinity, '\"+Inf\"'",
        "-Infinity, '\"-Inf\"'"
    })
    void writesEveryValueAsJson(double value, String json) {
        var sample = new Sample(gauge("memory", Aggregation.SUM, "p"), value, false, 0);

        var chunk =
                MetricsMessage.of(new ServiceSamples("a/b", 1, List.of(sample)), "s", LARGE).get(0);

        assertThat(text(chunk)).contains("\"value\":" + json + "}");
    }

    @Test
    void splitsWhatIsLargerThanTheBoundAndLosesNothing() {
        var all = new ArrayList<Sample>();
        for (int i = 0; i < 1000; i++) {
            all.add(new Sample(gauge("memory", Aggregation.SUM, "pod-" + i), i, false, 0));
        }

        var chunks = MetricsMessage.of(new ServiceSamples("a/b", 1, all), "s", 4096);

        assertThat(chunks).hasSizeBetween(15, 60);
        assertThat(chunks.stream().mapToInt(MetricsMessage.Chunk::samples).sum()).isEqualTo(1000);
        assertThat(chunks)
                .allSatisfy(
                        chunk -> {
                            assertThat(chunk.json().length).isLessThan(4096 + 200);
                            assertThat(text(chunk))
                                    .startsWith("{\"v\":1,\"service\":\"a/b\",\"at\":1,")
                                    .endsWith("]}");
                        });
    }

    private static String text(MetricsMessage.Chunk chunk) {
        return new String(chunk.json(), StandardCharsets.UTF_8);
    }

    private static Series requests(String pod) {
        var labels =
                new TreeMap<>(
                        Map.of(
                                "method",
                                "get",
                                "pod",
                                pod,
                                "route",
                                "/cart",
                                "status_code",
                                "200"));
        return new Series("requests", Kind.COUNTER, Aggregation.SUM, labels);
    }

    private static Series gauge(String signal, Aggregation aggregation, String pod) {
        return new Series(signal, Kind.GAUGE, aggregation, Collections.singletonMap("pod", pod));
    }
}
