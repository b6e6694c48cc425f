package dev.sphere.observe;

import static dev.sphere.observe.Samples.SERVICE;
import static dev.sphere.observe.Samples.T0;
import static dev.sphere.observe.Samples.gauge;
import static dev.sphere.observe.Samples.noRequests;
import static dev.sphere.observe.Samples.requests;
import static dev.sphere.observe.Samples.scrape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.observe.Sample.Aggregation;
import dev.sphere.observe.Sample.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ClosedStepsTest {

    private static final long STEP = 10_000;
    private static final long SEED = 20_261_121;
    private static final double NOTHING = Double.NaN;

    private final ServiceState state = new ServiceState();
    private final RecordingListener heard = new RecordingListener();
    private ServiceSteps steps = new ServiceSteps(amendingFor(300_000));

    @Test
    void raisesASumByWhatASilentPodDid() {
        take(0, requests("a", 0), requests("b", 0));
        takeEach(1, 6, i -> requests("a", 10 * i));
        take(6, requests("b", 120));
        take(7, requests("a", 70), requests("b", 140));

        assertThat(heard.of("requests")).extracting(Observation::value).startsWith(1.0, 1.0, 1.0);
        assertThat(amendments())
                .containsExactly(
                        new Amendment("requests", T0 + 1 * STEP, NOTHING, 3),
                        new Amendment("requests", T0 + 2 * STEP, NOTHING, 3),
                        new Amendment("requests", T0 + 3 * STEP, NOTHING, 3),
                        new Amendment("requests", T0 + 4 * STEP, NOTHING, 3));
        assertThat(heard.count(Irregularity.AMENDED)).isEqualTo(1);
        assertThat(heard.count(Irregularity.LATE)).isZero();
    }

    @Test
    void tellsWhatItAmendedWithTheNextStepThatCloses() {
        take(0, requests("a", 0), requests("b", 0));
        takeEach(1, 6, i -> requests("a", 10 * i));
        int before = heard.steps.size();
        take(1, requests("b", 10));
        take(2, requests("b", 30));
        assertThat(heard.steps).hasSize(before);

        take(7, requests("a", 70));

        assertThat(heard.steps.get(before).amendments())
                .containsExactly(
                        new Amendment("requests", T0 + 1 * STEP, NOTHING, 2),
                        new Amendment("requests", T0 + 2 * STEP, NOTHING, 3));
        assertThat(amendments()).hasSize(2);
    }

    @Test
    void doesNotTellOfAStepThatIsPartialStill() {
        take(0, requests("a", 0), requests("b", 0), requests("c", 0));
        takeEach(1, 5, i -> requests("a", 10 * i));
        take(1, requests("b", 10));
        take(6, requests("a", 60));
        assertThat(amendments()).isEmpty();

        take(1, requests("c", 20));
        take(7, requests("a", 70));

        assertThat(amendments()).containsExactly(new Amendment("requests", T0 + STEP, NOTHING, 4));
    }

    @Test
    void addsWhatCameOfAStepInParts() {
        take(0, requests("a", 0), requests("b", 0));
        takeEach(1, 5, i -> requests("a", 10 * i));
        takeAt(T0 + 4_000, requests("b", 12));
        takeAt(T0 + 7_000, requests("b", 15));
        take(6, requests("a", 60));
        assertThat(amendments()).isEmpty();

        takeAt(T0 + 12_000, requests("b", 40));
        take(7, requests("a", 70));

        // 15 in [0, 7 s), 25 in five seconds, of which three in the step; 10 from a
        assertThat(amendments()).containsExactly(new Amendment("requests", T0 + STEP, NOTHING, 4));
    }

    @ParameterizedTest
    @CsvSource({"SUM, 5, 8", "MEAN, 5, 4", "MAX, 5, 5", "MAX, 1, 3", "MEAN, 1, 2"})
    void makesAGaugeReportThatCameLate(Aggregation aggregation, double a, double whole) {
        take(0, gauge("g", aggregation, "a", a), gauge("g", aggregation, "b", 3));
        takeEach(1, 4, i -> gauge("g", aggregation, "a", a));
        take(1, gauge("g", aggregation, "b", 3));
        take(5, gauge("g", aggregation, "a", a));

        assertThat(heard.of("g").get(1)).isEqualTo(new Observation("g", a, 1, 2, 1));
        assertThat(amendments()).containsExactly(new Amendment("g", T0 + 2 * STEP, NOTHING, whole));
        assertThat(heard.count(Irregularity.AMENDED)).isEqualTo(1);
    }

    @Test
    void holdsALateGaugeAsFarAsItWouldHaveHadItComeInOrder() {
        take(0, gauge("g", Aggregation.SUM, "a", 1), gauge("g", Aggregation.SUM, "b", 3));
        takeEach(1, 9, i -> gauge("g", Aggregation.SUM, "a", i));
        take(6, gauge("g", Aggregation.SUM, "b", 5));
        take(10, gauge("g", Aggregation.SUM, "a", 10));

        // grace 15 s: the step that ends at 50 s waits for samples before 70 s
        assertThat(amendments())
                .containsExactly(
                        new Amendment("g", T0 + 5 * STEP, NOTHING, 4 + 3),
                        new Amendment("g", T0 + 6 * STEP, NOTHING, 5 + 3),
                        new Amendment("g", T0 + 7 * STEP, NOTHING, 6 + 5));
    }

    @ParameterizedTest
    @EnumSource(Aggregation.class)
    void neverChangesWhatAGaugeSaid(Aggregation aggregation) {
        take(0, gauge("g", aggregation, "a", 1), gauge("g", aggregation, "b", 1));
        takeEach(1, 4, i -> gauge("g", aggregation, "a", 1), i -> gauge("g", aggregation, "b", 1));
        takeAt(T0 + 15_000, gauge("g", aggregation, "b", 9));
        takeEach(5, 6, i -> gauge("g", aggregation, "a", 1), i -> gauge("g", aggregation, "b", 1));

        assertThat(amendments()).isEmpty();
        assertThat(heard.count(Irregularity.OUT_OF_ORDER)).isEqualTo(1);
        assertThat(heard.count(Irregularity.AMENDED)).isZero();
    }

    @Test
    void fillsAHoleWithAGaugesSampleThatIsOutOfOrder() {
        take(0, gauge("g", Aggregation.SUM, "a", 1), gauge("g", Aggregation.SUM, "b", 1));
        takeEach(1, 6, i -> gauge("g", Aggregation.SUM, "a", 1));
        take(6, gauge("g", Aggregation.SUM, "b", 7));
        take(2, gauge("g", Aggregation.SUM, "b", 5));
        take(7, gauge("g", Aggregation.SUM, "a", 1), gauge("g", Aggregation.SUM, "b", 7));

        assertThat(amendments())
                .contains(new Amendment("g", T0 + 3 * STEP, NOTHING, 1 + 5))
                .noneMatch(each -> each.end() == T0 + 2 * STEP || each.end() == T0 + 4 * STEP);
        assertThat(heard.count(Irregularity.OUT_OF_ORDER)).isZero();
    }

    @Test
    void knowsAGaugeFromItsOldestSampleOn() {
        take(0, gauge("g", Aggregation.SUM, "a", 1));
        takeEach(1, 5, i -> gauge("g", Aggregation.SUM, "a", 1));
        take(5, gauge("g", Aggregation.SUM, "b", 7));
        take(1, gauge("g", Aggregation.SUM, "b", 5));
        take(6, gauge("g", Aggregation.SUM, "a", 1), gauge("g", Aggregation.SUM, "b", 7));

        // the step that ends at 30 s did not wait for the sample at 50 s
        assertThat(amendments())
                .containsExactly(
                        new Amendment("g", T0 + 2 * STEP, 1, 6),
                        new Amendment("g", T0 + 4 * STEP, 1, 6),
                        new Amendment("g", T0 + 5 * STEP, 1, 6));
        assertThat(heard.of("g").get(5)).isEqualTo(new Observation("g", 8, 2, 2, 2));
    }

    @Test
    void changesAWholeStepByTheFirstIncrementsOfANewPod() {
        takeEach(0, 4, i -> requests("a", 10 * i));
        takeAt(T0 + 4 * STEP + 5_000, requests("b", 90, T0 + 15_000));
        take(5, requests("a", 50), requests("b", 100, T0 + 15_000));

        assertThat(heard.of("requests")).extracting(Observation::value).startsWith(1.0, 1.0);
        assertThat(amendments())
                .containsExactly(
                        new Amendment("requests", T0 + 2 * STEP, 1, 1 + 1.5),
                        new Amendment("requests", T0 + 3 * STEP, 1, 1 + 3),
                        new Amendment("requests", T0 + 4 * STEP, 1, 1 + 3));
        assertThat(heard.count(Irregularity.AMENDED)).isEqualTo(1);
    }

    @Test
    void remembersWhatItSaidOfAStepThatIsPartialMeanwhile() {
        takeEach(0, 4, i -> requests("a", 10 * i));
        takeAt(T0 + 15_000, requests("b", 20, T0 + 5_000));
        takeEach(5, 7, i -> requests("a", 10 * i));
        // b is unknown after 15 s, so that step is not whole any more
        assertThat(amendments()).containsExactly(new Amendment("requests", T0 + STEP, 1, 2));

        take(7, requests("b", 130, T0 + 5_000));

        assertThat(amendments())
                .containsExactly(
                        new Amendment("requests", T0 + 1 * STEP, 1, 2),
                        new Amendment("requests", T0 + 2 * STEP, 1, 3),
                        new Amendment("requests", T0 + 3 * STEP, 1, 3),
                        new Amendment("requests", T0 + 4 * STEP, 1, 3),
                        new Amendment("requests", T0 + 5 * STEP, NOTHING, 3));
    }

    @Test
    void makesAStepWholeWithoutAPodThatWentWhenItsEndIsToldLate() {
        take(0, requests("a", 0), requests("b", 0));
        take(1, requests("a", 10), requests("b", 10));
        takeEach(2, 5, i -> requests("a", 10 * i));
        takeAt(T0 + 15_000, requests("b", 20));
        takeAt(T0 + 15_001, noRequests("b"));
        take(6, requests("a", 60));

        assertThat(amendments())
                .containsExactly(
                        new Amendment("requests", T0 + 2 * STEP, NOTHING, 2),
                        new Amendment("requests", T0 + 3 * STEP, NOTHING, 1));
    }

    @Test
    void takesALateSampleOfASignalThatWasNotKnown() {
        takeEach(0, 4, i -> requests("a", 10 * i));
        take(2, gauge("queue", Aggregation.MAX, "a", 7));
        takeEach(5, 7, i -> requests("a", 10 * i));

        assertThat(amendments()).containsExactly(new Amendment("queue", T0 + 3 * STEP, NOTHING, 7));
    }

    @Test
    void losesAndCountsWhatIsTooOldToBeAmended() {
        steps = new ServiceSteps(amendingFor(20_000));
        take(0, requests("a", 0), requests("b", 0));
        takeEach(1, 6, i -> requests("a", 10 * i));
        take(6, requests("b", 60));
        take(7, requests("a", 70), requests("b", 70));

        assertThat(amendments())
                .extracting(Amendment::end)
                .containsExactly(T0 + 3 * STEP, T0 + 4 * STEP);
        assertThat(heard.count(Irregularity.LATE)).isEqualTo(1);
        assertThat(heard.count(Irregularity.AMENDED)).isEqualTo(1);
    }

    @Test
    void amendsNothingAndKeepsNothingWhenItIsOff() {
        steps = new ServiceSteps(amendingFor(0));
        take(0, requests("a", 0), gauge("g", Aggregation.SUM, "b", 0));
        takeEach(1, 6, i -> requests("a", 10 * i));
        take(2, gauge("g", Aggregation.SUM, "b", 0), requests("b", 7, T0));
        take(7, requests("a", 70), requests("b", 70, T0), gauge("g", Aggregation.SUM, "b", 0));
        take(8, requests("a", 80));

        assertThat(amendments()).isEmpty();
        assertThat(heard.count(Irregularity.AMENDED)).isZero();
        assertThat(heard.count(Irregularity.LATE)).isEqualTo(2);
        assertThat(state.signals).allMatch(each -> each.totals.length == 0);
        assertThat(state.series).allMatch(each -> each.owed.length == 0);
    }

    @Test
    void doesNotCountASeriesTwiceThatWasForgottenAndComesBack() {
        steps =
                new ServiceSteps(
                        new ObserveSettings(
                                STEP, 15_000, 300_000, 0, 300_000, 86_400_000, 0, 2, 100, 100));
        takeEach(0, 3, i -> requests("a", 10 * i), i -> requests("b", 10 * i, T0 - STEP));
        takeAt(T0 + 3 * STEP + 1, noRequests("b"));
        take(4, requests("a", 40));
        // makes room for itself at the cost of b, and goes
        take(4, requests("c", 0, T0 + 4 * STEP));
        takeAt(T0 + 4 * STEP + 1, noRequests("c"));
        take(5, requests("a", 50));
        takeAt(T0 + 5 * STEP + 1, requests("b", 60, T0 - STEP));
        take(6, requests("a", 60), requests("b", 60, T0 - STEP));

        assertThat(heard.of("requests").subList(0, 3))
                .containsOnly(new Observation("requests", 2, 2, 2, 2));
        assertThat(amendments()).isEmpty();
    }

    @Test
    void forgetsClosedStepsOfAnotherLengthOrNumber() {
        take(0, requests("a", 0), requests("b", 0));
        takeEach(1, 5, i -> requests("a", 10 * i));
        steps = new ServiceSteps(amendingFor(100_000));
        takeEach(6, 7, i -> requests("a", 10 * i));
        take(7, requests("b", 70));
        take(8, requests("a", 80), requests("b", 80));

        assertThat(amendments())
                .extracting(Amendment::end)
                .containsExactly(T0 + 4 * STEP, T0 + 5 * STEP);
        assertThat(heard.count(Irregularity.LATE)).isEqualTo(1);
    }

    @Test
    void goesOnFromAStateThatKnowsNothingOfClosedSteps() throws IOException {
        steps = new ServiceSteps(amendingFor(0));
        take(0, requests("a", 0), requests("b", 0));
        takeEach(1, 5, i -> requests("a", 10 * i));
        ServiceState old = restored(state);
        assertThat(old.closedCapacity).isZero();
        assertThat(old.signals.get(0).totals).isEmpty();
        // what Flink gives to fields that a state of before did not have
        assertThat(serializer().createInstance().forgotten).isZero();

        steps = new ServiceSteps(amendingFor(300_000));
        for (int i = 6; i <= 9; i++) {
            steps.take(old, scrape(T0 + i * STEP, requests("a", 10 * i)), T0 + i * STEP, heard);
        }
        Sample late = requests("b", 90);
        steps.take(old, scrape(T0 + 9 * STEP, late), T0 + 9 * STEP, heard);
        steps.take(old, scrape(T0 + 10 * STEP, requests("a", 100)), T0 + 10 * STEP, heard);

        assertThat(amendments())
                .containsExactly(
                        new Amendment("requests", T0 + 4 * STEP, NOTHING, 2),
                        new Amendment("requests", T0 + 5 * STEP, NOTHING, 2),
                        new Amendment("requests", T0 + 6 * STEP, NOTHING, 2),
                        new Amendment("requests", T0 + 7 * STEP, NOTHING, 2));
    }

    @Test
    void keepsLittleOfAServiceThatIsInOrder() {
        for (int i = 0; i < 100; i++) {
            for (int pod = 0; pod < 50; pod++) {
                take(i, requests("pod-" + pod, i));
            }
        }

        assertThat(state.series).hasSize(50).allMatch(each -> each.owed.length == 0);
        assertThat(state.signals.get(0).totals).hasSize(30);
    }

    @Test
    void makesOfDelayedScrapesWhatTheyWouldHaveBeenInOrder() throws IOException {
        Random random = new Random(SEED);
        int whole = 0;
        int compared = 0;
        int amended = 0;
        for (int round = 0; round < 300; round++) {
            String description = "seed " + SEED + ", round " + round;
            steps = new ServiceSteps(amendingFor(300_000));
            List<Delayed> scrapes = scrapes(random, 60);
            RecordingListener inOrder = replay(scrapes, Delayed::at, -1);
            RecordingListener delayed = replay(scrapes, Delayed::arrival, -1);
            RecordingListener restored = replay(scrapes, Delayed::arrival, 1 + random.nextInt(20));
            assertThat(restored.steps).as(description).isEqualTo(delayed.steps);
            assertThat(restored.counts).as(description).isEqualTo(delayed.counts);

            Map<String, Double> expected = whole(inOrder);
            Map<String, Double> actual = whole(delayed);
            whole += expected.size();
            expected.keySet().retainAll(actual.keySet());
            expected.forEach(
                    (step, value) ->
                            assertThat(actual.get(step))
                                    .as("%s: %s", description, step)
                                    .isCloseTo(value, within(1e-9 * Math.max(1, value))));
            compared += expected.size();
            amended += amendments(delayed).size();
        }
        // what is left was whole only as a series had ended that had not reported
        assertThat(whole).isGreaterThan(20_000);
        assertThat(compared).isGreaterThan(whole * 99 / 100);
        assertThat(amended).isGreaterThan(5_000);
    }

    /** A scrape that comes later than it was taken. */
    private record Delayed(long at, long arrival, Scrape scrape) {}

    /**
     * What some pods say that come and go and start anew, each scraped at most once a step; every
     * now and then all of a pod is held up for a while, and comes in its order.
     */
    private static List<Delayed> scrapes(Random random, int count) {
        List<Delayed> scrapes = new ArrayList<>();
        for (int pod = 0; pod < 4; pod++) {
            String name = "pod-" + pod;
            boolean isSteady = pod == 0;
            int first = isSteady ? 0 : random.nextInt(count / 2);
            int last = isSteady ? count + 40 : first + random.nextInt(count - first);
            long phase = isSteady ? 0 : random.nextInt(5_000);
            long created = random.nextBoolean() ? 0 : T0 + first * STEP - random.nextInt(40_000);
            boolean isGone = false;
            double value = random.nextInt(100);
            long heldUntil = Long.MIN_VALUE;
            for (int i = first; i <= last; i++) {
                long at = T0 + i * STEP + phase + (isSteady ? 0 : random.nextInt(5_000));
                if (!isSteady && random.nextInt(12) == 0) {
                    heldUntil = Math.max(heldUntil, at + random.nextInt(200_000));
                }
                long arrival = Math.max(at, heldUntil);
                boolean isFailed = !isSteady && i > first && random.nextInt(5) == 0;
                value = random.nextInt(15) == 0 ? random.nextInt(10) : value + random.nextInt(50);
                if (!isFailed) {
                    scrapes.add(
                            new Delayed(
                                    at,
                                    arrival,
                                    scrape(at, samples(random, name, value, created))));
                }
                boolean isEnd = i == last || random.nextInt(15) == 0;
                if (!isSteady && isEnd && !isFailed) {
                    long end = at + 1;
                    scrapes.add(new Delayed(end, Math.max(end, arrival), scrape(end, ends(name))));
                }
            }
        }
        return scrapes;
    }

    private static Sample[] samples(Random random, String pod, double value, long created) {
        double level = random.nextInt(6) == 0 ? Double.NaN : random.nextInt(100);
        List<Sample> samples = new ArrayList<>();
        for (Aggregation each : Aggregation.values()) {
            samples.add(sample(Kind.COUNTER, each, pod, value, false, created));
            samples.add(sample(Kind.GAUGE, each, pod, level, false, 0));
        }
        return samples.toArray(new Sample[0]);
    }

    private static Sample[] ends(String pod) {
        List<Sample> samples = new ArrayList<>();
        for (Aggregation each : Aggregation.values()) {
            samples.add(sample(Kind.COUNTER, each, pod, NOTHING, true, 0));
            samples.add(sample(Kind.GAUGE, each, pod, NOTHING, true, 0));
        }
        return samples.toArray(new Sample[0]);
    }

    private static Sample sample(
            Kind kind,
            Aggregation aggregation,
            String pod,
            double value,
            boolean isStale,
            long created) {
        return new Sample(
                kind + "-" + aggregation,
                kind,
                aggregation,
                "pod=" + pod,
                pod,
                value,
                isStale,
                created);
    }

    private RecordingListener replay(
            List<Delayed> scrapes, ToLongFunction<Delayed> order, int restoreEvery)
            throws IOException {
        RecordingListener listener = new RecordingListener();
        ServiceState state = new ServiceState();
        List<Delayed> ordered = new ArrayList<>(scrapes);
        ordered.sort(Comparator.comparingLong(order).thenComparingLong(Delayed::at));
        int i = 0;
        for (Delayed each : ordered) {
            steps.take(state, each.scrape(), order.applyAsLong(each), listener);
            if (restoreEvery > 0 && i++ % restoreEvery == 0) {
                state = restored(state);
            }
        }
        return listener;
    }

    /** What is said in the end of all steps that are whole, by signal and end. */
    private static Map<String, Double> whole(RecordingListener listener) {
        Map<String, Double> whole = new TreeMap<>();
        for (Step step : listener.steps) {
            for (Amendment each : step.amendments()) {
                String key = each.signal() + " at " + (each.end() - T0) / STEP;
                Double before = whole.put(key, each.value());
                assertThat(before == null ? NOTHING : before)
                        .as(key)
                        .isEqualTo(Double.valueOf(each.before()));
            }
            for (Observation each : step.observations()) {
                if (!each.isPartial() && !each.isMissing()) {
                    whole.put(each.signal() + " at " + (step.end() - T0) / STEP, each.value());
                }
            }
        }
        return whole;
    }

    private static ServiceState restored(ServiceState state) throws IOException {
        var out = new DataOutputSerializer(1 << 10);
        serializer().serialize(state, out);
        return serializer().deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static TypeSerializer<ServiceState> serializer() {
        return TypeInformation.of(ServiceState.class).createSerializer(new SerializerConfigImpl());
    }

    private static ObserveSettings amendingFor(long age) {
        return new ObserveSettings(
                STEP, 15_000, age, 0, 1_800_000, 86_400_000, 0, 1_000, 100, 10_000);
    }

    private List<Amendment> amendments() {
        return amendments(heard);
    }

    private static List<Amendment> amendments(RecordingListener listener) {
        return listener.steps.stream().flatMap(step -> step.amendments().stream()).toList();
    }

    @SafeVarargs
    private void takeEach(int from, int to, IntFunction<Sample>... samples) {
        for (int i = from; i <= to; i++) {
            for (var each : samples) {
                take(i, each.apply(i));
            }
        }
    }

    private void take(int step, Sample... samples) {
        takeAt(T0 + step * STEP, samples);
    }

    private void takeAt(long at, Sample... samples) {
        steps.take(
                state, new Scrape(SERVICE, at, "test", List.of(samples)), at + 10_000_000, heard);
    }
}
