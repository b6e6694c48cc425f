package dev.sphere.calendar;

import static dev.sphere.calendar.Entries.ignore;
import static dev.sphere.calendar.Entries.told;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.observe.SplitRejectedFunction;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.apache.flink.types.PojoTestUtils;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarSchemaTest {
    private final Counter rejected = new SimpleCounter();
    private final CalendarSchema schema = new CalendarSchema();

    @BeforeEach
    void open() {
        schema.open(
                new UnregisteredMetricsGroup() {
                    @Override
                    public Counter counter(String name) {
                        assertThat(name).isEqualTo("rejected");
                        return rejected;
                    }
                });
    }

    @Test
    void readsAnEntryAndItsWithdrawal() {
        var told = read("a", "{'v':1,'id':'a','kind':'ignore','from':1,'to':2}");
        var withdrawn = read("a", null);

        assertThat(told.change().entry().to()).isEqualTo(2);
        assertThat(withdrawn.change()).isEqualTo(new CalendarChange("a", null, 12));
        assertThat(told.rejected()).isNull();
        assertThat(withdrawn.rejected()).isNull();
        assertThat(rejected.getCount()).isZero();
    }

    @Test
    void rejectsWithThePositionAndTheReason() {
        var incoming = read("a", "{}");

        assertThat(incoming.change()).isNull();
        assertThat(incoming.rejected().topic()).isEqualTo("calendar");
        assertThat(incoming.rejected().offset()).isEqualTo(12);
        assertThat(incoming.rejected().reason()).isEqualTo("v: missing");
        assertThat(incoming.rejected().payload()).isEqualTo("{}".getBytes(UTF_8));
        assertThat(rejected.getCount()).isOne();
    }

    @Test
    void losesNothingBesideWhatIsRejected() throws Exception {
        var before = new CalendarIncoming(told(1, ignore("a", 1, 2)), null);
        var bad = read("b", "[]");
        var after = new CalendarIncoming(told(13, ignore("c", 1, 2)), null);

        var harness = ProcessFunctionTestHarnesses.forProcessFunction(new SplitCalendarFunction());
        try {
            harness.processElement(before, 0);
            harness.processElement(bad, 0);
            harness.processElement(after, 0);

            assertThat(harness.extractOutputValues())
                    .containsExactly(before.change(), after.change());
            assertThat(harness.getSideOutput(SplitRejectedFunction.REJECTED))
                    .extracting(each -> each.getValue().reason())
                    .containsExactly("an array, expected a JSON object");
        } finally {
            harness.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                CalendarIncoming.class,
                CalendarChange.class,
                CalendarEntry.class,
                CalendarPosition.class
            })
    void isSerializedWithoutKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    private CalendarIncoming read(String key, String value) {
        List<CalendarIncoming> out = new ArrayList<>();
        schema.deserialize(
                new ConsumerRecord<>(
                        "calendar",
                        0,
                        12,
                        key.getBytes(UTF_8),
                        value == null ? null : value.replace('\'', '"').getBytes(UTF_8)),
                new ListCollector<>(out));
        assertThat(out).hasSize(1);
        return out.get(0);
    }
}
