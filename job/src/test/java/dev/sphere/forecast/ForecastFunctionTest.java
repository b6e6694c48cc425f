package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.calendar.CalendarChange;
import dev.sphere.calendar.CalendarEntry;
import dev.sphere.calendar.CalendarPosition;
import dev.sphere.observe.Observation;
import dev.sphere.observe.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForecastFunctionTest {
    private static final ForecastSettings SETTINGS =
            new ForecastSettings(
                    1_000,
                    new HoltWinters(0.2, 0.01, 0.1, 0.9, new Season(24_000, 12)),
                    List.of(),
                    3_000,
                    6_000,
                    3,
                    List.of(),
                    20,
                    10,
                    3_600_000,
                    3_600_000);

    @Test
    void forecastsEquallyWhenRestoredFromASnapshot() throws Exception {
        var uninterrupted = harness(null);
        var interrupted = harness(null);
        for (int t = 1; t <= 60; t++) {
            uninterrupted.processElement(step(t), t);
            interrupted.processElement(step(t), t);
        }

        var restored = harness(interrupted.snapshot(1, 60));
        uninterrupted.getOutput().clear();
        for (int t = 61; t <= 100; t++) {
            uninterrupted.processElement(step(t), t);
            restored.processElement(step(t), t);
        }

        assertThat(restored.extractOutputValues())
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class) // NaN is NaN
                .isEqualTo(uninterrupted.extractOutputValues());
        uninterrupted.close();
        interrupted.close();
        restored.close();
    }

    @Test
    void keepsOneModelForEachSignal() throws Exception {
        var harness = harness(null);

        harness.processElement(step(1), 1);

        assertThat(harness.extractOutputValues().get(0).forecasts())
                .extracting(Forecast::signal)
                .containsExactly("requests", "cpu");
        var operator = harness.getOperator();
        assertThat(
                        operator.<String>getKeyedStateBackend()
                                .getKeys("service-models", VoidNamespace.INSTANCE))
                .containsExactly("sock-shop/front-end");
        harness.close();
    }

    @Test
    void forgetsASignalAndAServiceThatAreObservedNoMore() throws Exception {
        var harness = harness(null);
        for (int t = 1; t <= 60; t++) {
            harness.processElement(step(t), t);
        }
        var seasonal = harness.extractOutputValues().get(59).forecasts();
        assertThat(seasonal.get(0).model().kind()).isEqualTo("season");

        harness.processElement(step(61, List.of(step(61).observations().get(0))), 61);
        harness.processElement(step(62), 62);
        var after = harness.extractOutputValues().get(61).forecasts();
        assertThat(after.get(0).model().kind()).isEqualTo("season");
        assertThat(after.get(1).model().kind()).isEqualTo("level"); // cpu began anew

        harness.processElement(step(63, List.of()), 63);
        var operator = harness.getOperator();
        assertThat(
                        operator.<String>getKeyedStateBackend()
                                .getKeys("service-models", VoidNamespace.INSTANCE))
                .isEmpty();
        harness.close();
    }

    @Test
    void keepsTheCalendarInBroadcastState() throws Exception {
        var harness = harness(null, withCalendar());
        harness.processBroadcastElement(told(0, "a", 20), 0);
        harness.processBroadcastElement(told(1, "b", 20), 0);
        harness.processBroadcastElement(told(2, "a", 40), 0);

        var restored = harness(harness.snapshot(1, 1), unread());
        assertThat(entries(restored)).isEqualTo(Map.of("a", 40L, "b", 20L));
        assertThat(position(restored)).isEqualTo(new CalendarPosition(3, 0));

        restored.processBroadcastElement(new CalendarChange("b", null, 3), 0);
        var again = harness(restored.snapshot(2, 2), unread());
        assertThat(entries(again)).isEqualTo(Map.of("a", 40L));
        assertThat(position(again)).isEqualTo(new CalendarPosition(4, 0));
        harness.close();
        restored.close();
        again.close();
    }

    @Test
    void knowsTheCalendarOfTheStartBeforeTheStreamTellsIt() throws Exception {
        var harness = harness(null, withCalendar(told(1, "a", 40), told(2, "b", 20)));

        assertThat(entries(harness)).isEqualTo(Map.of("a", 40L, "b", 20L));
        harness.processBroadcastElement(told(0, "a", 20), 0);
        var restored = harness(harness.snapshot(1, 1), unread());
        restored.processBroadcastElement(told(1, "a", 40), 0);
        restored.processBroadcastElement(told(2, "b", 20), 0);
        restored.processBroadcastElement(told(3, "c", 20), 0);
        var again = harness(restored.snapshot(2, 2), unread());

        assertThat(entries(restored)).isEqualTo(Map.of("a", 40L, "b", 20L, "c", 20L));
        assertThat(entries(again)).isEqualTo(entries(restored));
        assertThat(position(again)).isEqualTo(new CalendarPosition(4, 0));
        harness.close();
        restored.close();
        again.close();
    }

    @Test
    void hasTheWholeCalendarInEverySubtaskWhenItIsRescaled() throws Exception {
        var one = harness(null, withCalendar());
        one.processBroadcastElement(told(0, "a", 20), 0);
        var snapshot = one.snapshot(1, 1);

        for (int subtask = 0; subtask < 3; subtask++) {
            var part =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            snapshot, 128, 1, 3, subtask);
            var harness = harness(part, unread(), 3, subtask);

            assertThat(entries(harness)).isEqualTo(Map.of("a", 20L));
            assertThat(position(harness)).isEqualTo(new CalendarPosition(1, 0));
            harness.close();
        }
        one.close();
    }

    @Test
    void knowsNoDateWhenThereIsNoCalendarAnyMore() throws Exception {
        var before = harness(null, withCalendar(told(5, "a", 20)));

        var without = harness(before.snapshot(1, 1), new ForecastFunction(SETTINGS));
        var anew = harness(without.snapshot(2, 2), withCalendar(told(2, "b", 20)));

        assertThat(entries(without)).isEmpty();
        assertThat(entries(anew)).isEqualTo(Map.of("b", 20L));
        assertThat(position(anew)).isEqualTo(new CalendarPosition(3, 3));
        before.close();
        without.close();
        anew.close();
    }

    @ParameterizedTest
    @ValueSource(classes = {Outlook.class, SignalModel.class, Step.class})
    void isSerializedWithoutKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    private static Step step(int t) {
        return step(
                t,
                List.of(
                        new Observation("requests", 100 + 50 * Math.sin(t * Math.PI / 12), 2, 2, 2),
                        new Observation("cpu", 0.5, 2, 2, 2)));
    }

    private static Step step(int t, List<Observation> observations) {
        return new Step("sock-shop/front-end", t * 1_000L, 1_000, t, observations, List.of());
    }

    private static ForecastFunction withCalendar(CalendarChange... atStart) {
        return new ForecastFunction(SETTINGS, () -> List.of(atStart));
    }

    /** With a calendar that is not to be read as a whole. */
    private static ForecastFunction unread() {
        return new ForecastFunction(
                SETTINGS,
                () -> {
                    throw new IllegalStateException("the calendar is known from the state");
                });
    }

    private static CalendarChange told(long offset, String id, long to) {
        return new CalendarChange(
                id,
                new CalendarEntry(
                        id, CalendarEntry.Kind.IGNORE, 1, to, List.of(), null, "UTC", "", 0),
                offset);
    }

    /** Their ends, by id. */
    private static Map<String, Long> entries(
            KeyedBroadcastOperatorTestHarness<String, Step, CalendarChange, Outlook> harness)
            throws Exception {
        Map<String, Long> ends = new HashMap<>();
        for (var each :
                harness.getBroadcastState(ForecastFunction.CALENDAR_ENTRIES).immutableEntries()) {
            ends.put(each.getKey(), each.getValue().to());
        }
        return ends;
    }

    private static CalendarPosition position(
            KeyedBroadcastOperatorTestHarness<String, Step, CalendarChange, Outlook> harness)
            throws Exception {
        return harness.getBroadcastState(ForecastFunction.CALENDAR_POSITION).get("read");
    }

    private static KeyedBroadcastOperatorTestHarness<String, Step, CalendarChange, Outlook> harness(
            OperatorSubtaskState state) throws Exception {
        return harness(state, new ForecastFunction(SETTINGS));
    }

    private static KeyedBroadcastOperatorTestHarness<String, Step, CalendarChange, Outlook> harness(
            OperatorSubtaskState state, ForecastFunction function) throws Exception {
        return harness(state, function, 1, 0);
    }

    private static KeyedBroadcastOperatorTestHarness<String, Step, CalendarChange, Outlook> harness(
            OperatorSubtaskState state, ForecastFunction function, int parallelism, int subtask)
            throws Exception {
        var harness =
                new KeyedBroadcastOperatorTestHarness<>(
                        new CoBroadcastWithKeyedOperator<>(
                                function,
                                List.of(
                                        ForecastFunction.CALENDAR_ENTRIES,
                                        ForecastFunction.CALENDAR_POSITION)),
                        Step::service,
                        Types.STRING,
                        128,
                        parallelism,
                        subtask);
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }
}
