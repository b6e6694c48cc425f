package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.observe.Observation;
import dev.sphere.observe.Step;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
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
        assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
        harness.close();
    }

    @Test
    void forgetsAServiceThatStaysSilent() throws Exception {
        var harness = harness(null);
        for (int t = 1; t <= 60; t++) {
            harness.processElement(step(t), t);
        }

        harness.setStateTtlProcessingTime(3_600_001);
        harness.processElement(step(61), 61);

        var last = harness.extractOutputValues().get(60);
        assertThat(last.forecasts().get(0).model().season()).isZero();
        harness.close();
    }

    @ParameterizedTest
    @ValueSource(classes = {Outlook.class, SignalModel.class, Step.class})
    void isSerializedWithoutKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    private static Step step(int t) {
        return new Step(
                "sock-shop/front-end",
                t * 1_000L,
                1_000,
                t,
                List.of(
                        new Observation("requests", 100 + 50 * Math.sin(t * Math.PI / 12), 2, 2, 2),
                        new Observation("cpu", 0.5, 2, 2, 2)));
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Step, Outlook> harness(
            OperatorSubtaskState state) throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new ForecastFunction(SETTINGS)),
                        Step::service,
                        Types.STRING);
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }
}
