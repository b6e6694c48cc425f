package dev.sphere.observe;

import static dev.sphere.observe.Samples.SERVICE;
import static dev.sphere.observe.Samples.T0;
import static dev.sphere.observe.Samples.gauge;
import static dev.sphere.observe.Samples.requests;
import static dev.sphere.observe.Samples.scrape;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObserveFunctionTest {

    private static final long STEP = 10_000;
    private static final long GRACE = 15_000;
    private static final long FORGET_SERVICE = 600_000;
    private static final long START_UP = 60_000;

    private static final ObserveSettings SETTINGS =
            new ObserveSettings(
                    STEP, GRACE, 100_000, 50_000, 300_000, FORGET_SERVICE, START_UP, 100, 10, 1000);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private KeyedOneInputStreamOperatorTestHarness<String, Scrape, Step> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness();
        harness.open();
        harness.setProcessingTime(T0);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void closesStepsByDataAlone() throws Exception {
        for (int i = 0; i < 4; i++) {
            harness.processElement(scrape(T0 + i * STEP, requests("a", 10 * i)), 0);
        }

        assertThat(steps(harness))
                .extracting(Step::end)
                .containsExactly(T0 + STEP, T0 + 2 * STEP, T0 + 3 * STEP);
        assertThat(steps(harness)).extracting(Step::records).containsExactly(2L, 3L, 4L);
    }

    @Test
    void keepsServicesApart() throws Exception {
        harness.processElement(scrape(T0, requests("a", 0)), 0);
        harness.processElement(
                new Scrape("sock-shop/carts", T0 + 5 * STEP, "", List.of(requests("a", 0))), 0);
        harness.processElement(scrape(T0 + STEP, requests("a", 10)), 0);

        assertThat(steps(harness)).extracting(Step::service).containsExactly(SERVICE);
        assertThat(harness.numKeyedStateEntries()).isEqualTo(2);
    }

    @Test
    void closesAMissingStepPerStepOfSilence() throws Exception {
        harness.processElement(scrape(T0, requests("a", 0)), 0);
        harness.processElement(scrape(T0 + STEP, requests("a", 10)), 0);
        assertThat(steps(harness)).hasSize(1);

        harness.setProcessingTime(T0 + STEP + GRACE - 1);
        assertThat(steps(harness)).hasSize(1);
        harness.setProcessingTime(T0 + STEP + GRACE);
        assertThat(steps(harness)).hasSize(2);
        harness.setProcessingTime(T0 + 2 * STEP + GRACE - 1);
        assertThat(steps(harness)).hasSize(2);
        harness.setProcessingTime(T0 + 2 * STEP + GRACE);

        assertThat(steps(harness)).hasSize(3);
        assertThat(steps(harness).subList(1, 3))
                .allMatch(
                        step ->
                                step.observations()
                                        .equals(List.of(Observation.missing("requests", 1))));
    }

    @Test
    void waitsAnewAfterEachRecord() throws Exception {
        harness.processElement(scrape(T0, requests("a", 0)), 0);
        harness.setProcessingTime(T0 + 20_000);
        harness.processElement(scrape(T0 + 9_000, requests("a", 9)), 0);

        harness.setProcessingTime(T0 + 20_000 + STEP + GRACE - 1);
        assertThat(steps(harness)).isEmpty();
        harness.setProcessingTime(T0 + 20_000 + STEP + GRACE);
        assertThat(steps(harness)).hasSize(1);
    }

    @Test
    void doesNotTakeAPauseOfItsOwnForSilence() throws Exception {
        harness.processElement(scrape(T0, requests("a", 0)), 0);
        harness.processElement(scrape(T0 + STEP, requests("a", 10)), 0);

        harness.setProcessingTime(T0 + 300_000);
        assertThat(steps(harness)).hasSize(1);

        harness.setProcessingTime(T0 + 300_000 + STEP);
        assertThat(steps(harness)).hasSize(2);
    }

    @Test
    void givesTheSameAfterARestore() throws Exception {
        harness.setProcessingTime(T0 + 200_000);
        List<Scrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (String pod : List.of("a", "b", "c")) {
                long at = T0 + i * STEP + pod.hashCode() % 7;
                if (i == 0 || (i + pod.hashCode()) % 5 > 0) {
                    scrapes.add(
                            scrape(
                                    at,
                                    requests(pod, Math.sqrt(i) * 100, T0 - 5_000),
                                    gauge("memory", Sample.Aggregation.MEAN, pod, i / 7.0)));
                }
            }
        }
        for (Scrape each : scrapes) {
            harness.processElement(each, 0);
        }
        List<Step> expected = steps(harness);
        assertThat(expected).hasSizeGreaterThan(15);

        for (int cut = 0; cut < scrapes.size(); cut += 3) {
            List<Step> actual = new ArrayList<>();
            var first = harness();
            first.open();
            first.setProcessingTime(T0 + 200_000);
            for (Scrape each : scrapes.subList(0, cut)) {
                first.processElement(each, 0);
            }
            actual.addAll(steps(first));
            var second = harness();
            second.initializeState(first.snapshot(1, 1));
            second.open();
            second.setProcessingTime(T0 + 200_000);
            for (Scrape each : scrapes.subList(cut, scrapes.size())) {
                second.processElement(each, 0);
            }
            actual.addAll(steps(second));

            assertThat(actual).as("cut at %d", cut).isEqualTo(expected);
        }
    }

    @Test
    void tellsAfterARestoreWhatWasAmendedBefore() throws Exception {
        harness.setProcessingTime(T0 + 200_000);
        harness.processElement(scrape(T0, requests("a", 0), requests("b", 0)), 0);
        for (int i = 1; i <= 4; i++) {
            harness.processElement(scrape(T0 + i * STEP, requests("a", 10 * i)), 0);
        }
        harness.processElement(scrape(T0 + STEP, requests("b", 20)), 0);
        assertThat(steps(harness)).flatExtracting(Step::amendments).isEmpty();
        var snapshot = harness.snapshot(1, 1);

        var restored = harness();
        restored.initializeState(snapshot);
        restored.open();
        restored.setProcessingTime(T0 + 200_000);
        // the second step is amended with what is known of it before and after the restore
        restored.processElement(scrape(T0 + 2 * STEP, requests("b", 50)), 0);
        restored.processElement(scrape(T0 + 5 * STEP, requests("a", 50)), 0);

        assertThat(steps(restored))
                .flatExtracting(Step::amendments)
                .containsExactly(
                        new Amendment("requests", T0 + STEP, Double.NaN, 3),
                        new Amendment("requests", T0 + 2 * STEP, Double.NaN, 4));
    }

    @Test
    void doesNotTakeItsOwnDowntimeForSilence() throws Exception {
        harness.processElement(scrape(T0, requests("a", 0)), 0);
        harness.processElement(scrape(T0 + STEP, requests("a", 10)), 0);
        var snapshot = harness.snapshot(1, 1);
        long restart = T0 + 3 * FORGET_SERVICE;

        var restored = harness();
        restored.initializeState(snapshot);
        restored.open();
        restored.setProcessingTime(restart);
        restored.setProcessingTime(restart + START_UP + STEP + GRACE - 1);
        assertThat(steps(restored)).isEmpty();
        // what waited in Kafka
        restored.processElement(scrape(T0 + 2 * STEP, requests("a", 30)), 0);

        assertThat(steps(restored))
                .containsExactly(
                        new Step(
                                SERVICE,
                                T0 + 2 * STEP,
                                STEP,
                                3,
                                List.of(new Observation("requests", 2, 1, 1, 1)),
                                List.of()));
    }

    @Test
    void countsSilenceAgainSomeTimeAfterARestore() throws Exception {
        harness.processElement(scrape(T0, requests("a", 0)), 0);
        harness.processElement(scrape(T0 + STEP, requests("a", 10)), 0);
        var snapshot = harness.snapshot(1, 1);

        var restored = harness();
        restored.initializeState(snapshot);
        restored.open();
        restored.setProcessingTime(T0 + 100_000);
        restored.setProcessingTime(T0 + 100_000 + START_UP + STEP + GRACE);

        assertThat(steps(restored)).extracting(Step::end).containsExactly(T0 + 2 * STEP);
    }

    @Test
    void clearsTheStateOfAServiceThatIsSilentForLong() throws Exception {
        harness.processElement(scrape(T0, requests("a", 0)), 0);
        for (long at = T0; at <= T0 + FORGET_SERVICE + 2 * STEP; at += STEP / 2) {
            harness.setProcessingTime(at);
        }

        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numProcessingTimeTimers()).isZero();
        assertThat(steps(harness)).hasSizeBetween(55, 60);
    }

    @Test
    void forgetsAServiceOfWhichOnlyTheFutureIsKnown() throws Exception {
        harness.processElement(scrape(T0 + 10 * FORGET_SERVICE, requests("a", 0)), 0);
        for (long at = T0; at <= T0 + FORGET_SERVICE + 2 * STEP; at += STEP / 2) {
            harness.setProcessingTime(at);
        }

        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(steps(harness)).isEmpty();
    }

    private KeyedOneInputStreamOperatorTestHarness<String, Scrape, Step> harness()
            throws Exception {
        var created =
                new KeyedOneInputStreamOperatorTestHarness<String, Scrape, Step>(
                        new KeyedProcessOperator<>(new ObserveFunction(SETTINGS)),
                        Scrape::service,
                        Types.STRING);
        opened.add(created);
        return created;
    }

    private static List<Step> steps(
            KeyedOneInputStreamOperatorTestHarness<String, Scrape, Step> harness) {
        return harness.extractOutputValues();
    }
}
