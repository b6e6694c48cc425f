package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.bridge.Mapping.Matcher;
import dev.sphere.bridge.Mapping.Op;
import dev.sphere.bridge.Mapping.Rule;
import dev.sphere.bridge.ServiceSamples.Aggregation;
import dev.sphere.bridge.ServiceSamples.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingTest {
    private static final Mapping DEFAULTS =
            new Mapping(
                    BridgeConfig.load(null, Map.of("kafka.bootstrap", "localhost:1"), Map.of())
                            .scrape()
                            .rules());

    @ParameterizedTest
    @CsvSource({
        "=, a, a, true", "=, a, b, false", "=, '', '', true",
        "!=, a, a, false", "!=, a, b, true", "!=, a, '', true",
        "=~, a|b, b, true", "=~, a, ab, false", "=~, .*, '', true",
        "!~, a|b, b, false", "!~, a, ab, true", "!~, a|b, '', true"
    })
    void matchesLabelsAsPromqlDoes(String op, String value, String text, boolean expected) {
        var labels = text.isEmpty() ? Map.<String, String>of() : Map.of("l", text);
        var rule =
                new Rule(
                        "m",
                        List.of(Matcher.of("l", Op.of(op), value)),
                        "requests",
                        Kind.COUNTER,
                        Aggregation.SUM,
                        null);

        assertThat(new Mapping(List.of(rule)).rulesFor(sample("m", labels)).size() == 1)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "request_duration_seconds_count, route, /cart, requests",
        "request_duration_seconds_count, route, /metrics, ",
        "request_duration_seconds_count, route, /health, ",
        "request_duration_seconds_count, route, metrics, ",
        "request_duration_seconds_count, route, /health.html, requests",
        "request_duration_seconds_sum, route, /cart, ",
        "container_cpu_usage_seconds_total, container, front-end, cpu",
        "container_cpu_usage_seconds_total, container, POD, ",
        "container_memory_working_set_bytes, container, front-end, memory",
        "queue_messages_ready, queue, shipping-task, queue",
        "go_goroutines, a, b, "
    })
    void knowsTheSockShopAndCadvisor(String metric, String label, String value, String signal) {
        var rules = DEFAULTS.rulesFor(sample(metric, Map.of(label, value)));

        assertThat(rules)
                .extracting(Rule::signal)
                .isEqualTo(signal == null ? List.of() : List.of(signal));
    }

    @Test
    void keepsTheLabelsOfTheRuleAndThePod() {
        var labels = Map.of("method", "get", "route", "/cart", "service", "front-end", "pod", "x");
        var sample = sample("request_duration_seconds_count", labels);

        var series = DEFAULTS.rulesFor(sample).get(0).series(sample.labels(), "front-end-7d9");

        assertThat(series.labels())
                .containsExactly(
                        Map.entry("method", "get"),
                        Map.entry("pod", "front-end-7d9"),
                        Map.entry("route", "/cart"));
        assertThat(series.kind()).isEqualTo(Kind.COUNTER);
        assertThat(series.aggregation()).isEqualTo(Aggregation.SUM);
    }

    @Test
    void keepsAllLabelsWhenTheRuleNamesNone() {
        var rule = new Rule("m", List.of(), "requests", Kind.GAUGE, Aggregation.MAX, null);

        assertThat(rule.series(Map.of("b", "2", "a", "1"), "p").labels())
                .containsExactly(Map.entry("a", "1"), Map.entry("b", "2"), Map.entry("pod", "p"));
    }

    @Test
    void namesNoPodForATargetThatIsNotMeasuredOnOne() {
        var all = new Rule("m", List.of(), "queue", Kind.GAUGE, Aggregation.MAX, null);
        var kept = new Rule("m", List.of(), "queue", Kind.GAUGE, Aggregation.MAX, List.of("pod"));

        assertThat(all.series(Map.of("a", "1", "pod", "x"), "").labels())
                .containsExactly(Map.entry("a", "1"));
        assertThat(kept.series(Map.of("pod", "x"), "").labels()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "foo_total, foo_created",
        "foo_seconds_count, foo_seconds_created",
        "foo_bucket, foo_created",
        "foo, foo_created",
        "_total, _total_created"
    })
    void knowsWhatSaysSinceWhenACounterCounts(String counter, String created) {
        assertThat(Mapping.createdName(counter)).isEqualTo(created);
    }

    private static ExposedSample sample(String name, Map<String, String> labels) {
        return new ExposedSample(name, labels, 1, ExposedSample.NO_TIMESTAMP);
    }
}
