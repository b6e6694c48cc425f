package dev.sphere.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.recommend.Decision;
import java.time.Clock;
import java.time.Duration;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScaleFunctionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long TIMEOUT = 5_000;
    private static RecordingScaler scaler;

    private OneInputStreamOperatorTestHarness<Decision, ScaleResult> harness;

    @BeforeEach
    void open() throws Exception {
        scaler = new RecordingScaler();
        harness =
                new OneInputStreamOperatorTestHarness<>(
                        new AsyncWaitOperatorFactory<>(
                                new ScaleFunction(() -> scaler, 2, Clock.systemUTC()),
                                TIMEOUT,
                                100,
                                AsyncDataStream.OutputMode.UNORDERED),
                        TypeInformation.of(Decision.class)
                                .createSerializer(new SerializerConfigImpl()));
        harness.setup(
                TypeInformation.of(ScaleResult.class).createSerializer(new SerializerConfigImpl()));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        scaler.permits.release(100);
        harness.close();
    }

    @Test
    void tellsTheOutcomeOfEachDecision() throws Exception {
        scaler.permits.release(2);

        harness.processElement(Decisions.of("sock-shop/carts", 4, 7, true, Decisions.AT), 0);
        harness.processElement(Decisions.of("sock-shop/orders", 2, 1, true, Decisions.AT), 0);
        harness.endInput();

        assertThat(harness.extractOutputValues())
                .extracting(ScaleResult::service)
                .containsExactlyInAnyOrder("sock-shop/carts", "sock-shop/orders");
        assertThat(harness.extractOutputValues())
                .extracting(ScaleResult::outcome)
                .containsOnly(ScaleOutcome.APPLIED);
    }

    @Test
    void ignoresWhatIsNotToBeCarriedOut() throws Exception {
        harness.processElement(Decisions.of(4, 7, false, Decisions.AT), 0);
        harness.processElement(Decisions.of(4, 4, true, Decisions.AT), 0);
        harness.endInput();

        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(scaler.asked).isEmpty();
    }

    @Test
    void letsTheLatestDecisionOfATargetWin() throws Exception {
        for (int i = 0; i < 5; i++) {
            harness.processElement(Decisions.of(4, 5 + i, true, Decisions.AT + i), 0);
            await().atMost(PATIENCE).until(() -> scaler.asked.size() == 1);
        }
        scaler.permits.release(2);
        harness.endInput();

        assertThat(scaler.asked).extracting(Decision::desired).containsExactly(5, 9);
        assertThat(harness.extractOutputValues())
                .extracting(ScaleResult::outcome)
                .containsExactlyInAnyOrder(
                        ScaleOutcome.APPLIED,
                        ScaleOutcome.SUPERSEDED,
                        ScaleOutcome.SUPERSEDED,
                        ScaleOutcome.SUPERSEDED,
                        ScaleOutcome.APPLIED);
    }

    @Test
    void postponesWhatIsNotAnsweredInTime() throws Exception {
        harness.processElement(Decisions.of(4, 7), 0);

        harness.setProcessingTime(TIMEOUT + 1);
        harness.endInput();

        assertThat(harness.extractOutputValues())
                .singleElement()
                .satisfies(
                        result -> {
                            assertThat(result.outcome()).isEqualTo(ScaleOutcome.POSTPONED);
                            assertThat(result.detail()).contains("no answer in time");
                        });
    }
}
