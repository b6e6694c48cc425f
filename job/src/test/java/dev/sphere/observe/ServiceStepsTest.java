package dev.sphere.observe;

import static dev.sphere.observe.Samples.SERVICE;
import static dev.sphere.observe.Samples.T0;
import static dev.sphere.observe.Samples.gauge;
import static dev.sphere.observe.Samples.noGauge;
import static dev.sphere.observe.Samples.noRequests;
import static dev.sphere.observe.Samples.requests;
import static dev.sphere.observe.Samples.scrape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.observe.Sample.Aggregation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ServiceStepsTest {

    private static final long STEP = 10_000;
    private static final long SEED = 20_251_121;

    /** grace 15 s, silent series expected for 5 minutes. */
    private final ObserveSettings settings = ObserveSettings.forStep(STEP);

    private final ServiceState state = new ServiceState();
    private final RecordingListener heard = new RecordingListener();
    private ServiceSteps steps = new ServiceSteps(settings);

    @Test
    void makesARateOfTheIncrementsOfACounter() {
        take(T0, requests("a", 1000));
        take(T0 + STEP, requests("a", 1050));

        assertThat(heard.steps)
                .containsExactly(
                        new Step(
                                SERVICE,
                                T0 + STEP,
                                STEP,
                                2,
                                List.of(new Observation("requests", 5.0, 1, 1, 1)),
                                List.of()));
    }

    @Test
    void sumsTheRatesOfAllPodsOnceAllHaveReported() {
        take(T0, requests("a", 0));
        take(T0, requests("b", 0));
        take(T0 + STEP, requests("a", 10));
        assertThat(heard.steps).isEmpty();
        take(T0 + STEP, requests("b", 30));

        assertThat(heard.of("requests")).containsExactly(new Observation("requests", 4.0, 2, 2, 2));
    }

    @Test
    void spreadsAnIncrementEvenlyOverTheStepsThatItTook() {
        take(T0, requests("a", 0));
        take(T0 + 10_000, requests("a", 100));
        // 15 s: half a step's worth in [10 s, 15 s) was not scraped on its own
        take(T0 + 25_000, requests("a", 250));
        take(T0 + 30_000, requests("a", 250));

        assertThat(heard.of("requests"))
                .extracting(Observation::value)
                .containsExactly(10.0, 10.0, 5.0);
    }

    @Test
    void countsTheValueAfterAResetSinceThePreviousSample() {
        take(T0, requests("a", 1000));
        take(T0 + STEP, requests("a", 40));

        assertThat(heard.of("requests")).containsExactly(new Observation("requests", 4.0, 1, 1, 1));
        assertThat(heard.count(Irregularity.RESET)).isEqualTo(1);
    }

    @Test
    void countsTheValueAfterAResetSinceItsCreationIfThatIsLater() {
        take(T0, requests("a", 1000, T0 - 50_000));
        take(T0 + STEP, requests("a", 1000, T0 - 50_000));
        // restarted at 16 s and, unseen, already further than before
        take(T0 + 2 * STEP, requests("a", 1200, T0 + 16_000));
        take(T0 + 3 * STEP, requests("a", 1200, T0 + 16_000));

        assertThat(heard.of("requests"))
                .extracting(Observation::value)
                .containsExactly(0.0, 120.0, 0.0);
        assertThat(heard.count(Irregularity.RESET)).isEqualTo(1);
    }

    @Test
    void countsANewPodFromItsCreation() {
        take(T0, requests("a", 0));
        take(T0 + STEP, requests("a", 0));
        take(T0 + 18_000, requests("b", 60, T0 + 12_000));
        take(T0 + 2 * STEP, requests("a", 0));
        take(T0 + 2 * STEP, requests("b", 80, T0 + 12_000));

        assertThat(heard.of("requests").get(1))
                .isEqualTo(new Observation("requests", 8.0, 2, 2, 2));
    }

    @Test
    void doesNotCountANewPodInOpenStepsBeforeItsCreation() {
        take(T0, requests("a", 0), requests("c", 0));
        take(T0 + STEP, requests("a", 10));
        take(T0 + 18_000, requests("b", 60, T0 + 15_000));
        take(T0 + 2 * STEP, requests("a", 20), requests("b", 60, T0 + 15_000));
        take(T0 + 2 * STEP, requests("c", 20));

        assertThat(heard.of("requests").get(0)).isEqualTo(new Observation("requests", 2, 2, 2, 2));
    }

    @Test
    void takesTheFirstSampleOfACounterOfUnknownOrFutureCreationAsABaseOnly() {
        take(T0, requests("a", 1_000_000));
        take(T0, requests("b", 1_000_000, T0 + 1));
        take(T0 + STEP, requests("a", 1_000_010));
        take(T0 + STEP, requests("b", 1_000_010, T0 + 1));

        // b's creation is now plausible and newer than its base, so it began again
        assertThat(heard.of("requests").get(0).reported()).isEqualTo(2);
        assertThat(heard.count(Irregularity.RESET)).isEqualTo(1);
    }

    @Test
    void isPartialWhereACounterIsKnownForAPartOfTheStepOnly() {
        take(T0, requests("a", 0));
        take(T0 + STEP, requests("a", 10));
        take(T0 + 15_000, requests("b", 500));
        take(T0 + 2 * STEP, requests("a", 20));
        take(T0 + 2 * STEP, requests("b", 505));

        assertThat(heard.of("requests").get(1))
                .isEqualTo(new Observation("requests", 1.5, 1, 2, 1));
    }

    @Test
    void saysThatAStepIsPartialWhenAPodStaysSilent() {
        take(T0, requests("a", 0));
        take(T0, requests("b", 0));
        take(T0 + 1 * STEP, requests("a", 10));
        take(T0 + 2 * STEP, requests("a", 20));
        assertThat(heard.steps).isEmpty();
        take(T0 + 3 * STEP, requests("a", 30));

        assertThat(heard.of("requests")).containsExactly(new Observation("requests", 1.0, 1, 2, 1));
        assertThat(heard.count(Irregularity.PARTIAL_STEP)).isEqualTo(1);
    }

    @Test
    void givesBackWhatASilentPodDidAsFarAsItsStepsAreOpen() {
        take(T0, requests("a", 0));
        take(T0, requests("b", 0));
        take(T0 + 1 * STEP, requests("a", 10));
        take(T0 + 2 * STEP, requests("a", 20));
        take(T0 + 3 * STEP, requests("a", 30));
        take(T0 + 3 * STEP, requests("b", 60));

        // [0, 10 s) closed by the grace when 30 s came; the other two wait for b
        assertThat(heard.of("requests"))
                .containsExactly(
                        new Observation("requests", 1.0, 1, 2, 1),
                        new Observation("requests", 3.0, 2, 2, 2),
                        new Observation("requests", 3.0, 2, 2, 2));
        assertThat(heard.count(Irregularity.AMENDED)).isEqualTo(1);
    }

    @Test
    void expectsASilentSeriesUntilItIsForgotten() {
        take(T0, requests("a", 0));
        take(T0, requests("b", 0));
        for (int i = 1; i <= 40; i++) {
            take(T0 + i * STEP, requests("a", 10 * i));
        }

        assertThat(heard.of("requests"))
                .extracting(Observation::expected)
                .startsWith(2, 2, 2)
                .endsWith(1, 1, 1);
        assertThat(heard.of("requests").stream().filter(Observation::isPartial).count())
                .as("steps that end before five minutes of silence")
                .isEqualTo(29);
    }

    @Test
    void expectsNoMoreOfAPodThatHasGoneStale() {
        take(T0, requests("a", 0));
        take(T0, requests("b", 0));
        take(T0 + STEP, requests("a", 10));
        take(T0 + STEP, requests("b", 10));
        take(T0 + STEP + 5_000, requests("b", 20));
        take(T0 + STEP + 6_000, noRequests("b"));
        take(T0 + 2 * STEP, requests("a", 20));
        take(T0 + 3 * STEP, requests("a", 30));

        assertThat(heard.of("requests"))
                .containsExactly(
                        new Observation("requests", 2.0, 2, 2, 2),
                        new Observation("requests", 2.0, 2, 2, 2),
                        new Observation("requests", 1.0, 1, 1, 1));
    }

    @Test
    void closesAStepWhenTheLastPodThatItWaitedForGoes() {
        take(T0, requests("a", 0));
        take(T0, requests("b", 0));
        take(T0 + STEP, requests("a", 10));
        assertThat(heard.steps).isEmpty();

        take(T0 + STEP, noRequests("b"));

        assertThat(heard.of("requests")).containsExactly(new Observation("requests", 1.0, 1, 1, 1));
    }

    @Test
    void goesOnWithASeriesThatCameBackFromStale() {
        take(T0, requests("a", 0));
        take(T0 + STEP, requests("a", 10));
        take(T0 + STEP + 1, noRequests("a"));
        take(T0 + 2 * STEP, requests("a", 20));

        assertThat(heard.of("requests"))
                .containsExactly(
                        new Observation("requests", 1.0, 1, 1, 1),
                        new Observation("requests", 1.0, 1, 1, 1));
        assertThat(heard.counts).isEmpty();
    }

    @Test
    void isMissingAndNotZeroWhenAllPodsAreSilent() {
        take(T0, requests("a", 0));
        take(T0, requests("b", 0));
        take(T0 + STEP, requests("a", 10), requests("b", 10));

        steps.silent(state, SERVICE, heard);
        steps.silent(state, SERVICE, heard);

        assertThat(heard.steps)
                .extracting(Step::end)
                .containsExactly(T0 + STEP, T0 + 2 * STEP, T0 + 3 * STEP);
        assertThat(heard.of("requests").subList(1, 3))
                .containsOnly(Observation.missing("requests", 2));
        assertThat(heard.count(Irregularity.MISSING_STEP)).isEqualTo(2);
    }

    @Test
    void hasAMissingObservationForASignalWhoseSeriesHaveAllEnded() {
        take(T0, requests("a", 0), gauge("queue", Aggregation.MAX, "a", 7));
        take(T0 + STEP, requests("a", 10), noGauge("queue", Aggregation.MAX, "a"));
        take(T0 + 2 * STEP, requests("a", 20));

        assertThat(heard.of("queue"))
                .containsExactly(
                        new Observation("queue", 7, 1, 1, 1), Observation.missing("queue", 0));
    }

    @Test
    void fillsAGapWithMissingStepsUpToTheGrace() {
        take(T0, requests("a", 0));
        take(T0 + STEP, requests("a", 10));
        take(T0 + 6 * STEP, requests("a", 60));

        assertThat(heard.steps)
                .extracting(Step::end)
                .containsExactly(
                        T0 + STEP,
                        T0 + 2 * STEP,
                        T0 + 3 * STEP,
                        T0 + 4 * STEP,
                        T0 + 5 * STEP,
                        T0 + 6 * STEP);
        assertThat(heard.of("requests"))
                .extracting(Observation::value)
                .containsExactly(1.0, Double.NaN, Double.NaN, Double.NaN, 1.0, 1.0);
        assertThat(heard.count(Irregularity.MISSING_STEP)).isEqualTo(3);
        assertThat(heard.count(Irregularity.AMENDED)).isEqualTo(1);
    }

    @Test
    void jumpsOverAGapThatIsTooLongToBeFilled() {
        long later = T0 + 365L * 24 * 3600 * 1000;
        take(T0, requests("a", 0));
        take(T0 + STEP, requests("a", 10));
        take(later, requests("a", 20));
        take(later + STEP, requests("a", 30));

        assertThat(heard.steps).hasSizeLessThan(6);
        assertThat(heard.steps.get(heard.steps.size() - 1).end()).isEqualTo(later + STEP);
        assertThat(heard.of("requests").get(heard.steps.size() - 1).value()).isEqualTo(1.0);
        assertThat(heard.count(Irregularity.SKIPPED_STEP)).isGreaterThan(3_000_000);
    }

    @Test
    void ignoresAndCountsDuplicatesAndWhatIsOutOfOrder() {
        take(T0, requests("a", 0));
        take(T0 + 5_000, requests("a", 50));
        take(T0 + 5_000, requests("a", 70));
        take(T0 + 3_000, requests("a", 10));
        take(T0 + STEP, requests("a", 100));

        assertThat(heard.of("requests")).extracting(Observation::value).containsExactly(10.0);
        assertThat(heard.count(Irregularity.DUPLICATE)).isEqualTo(1);
        assertThat(heard.count(Irregularity.OUT_OF_ORDER)).isEqualTo(1);
        assertThat(state.records).isEqualTo(5);
    }

    @Test
    void takesTheNewestSampleOfAGaugeAndAggregatesAsItSays() {
        for (long at : new long[] {T0, T0 + 5_000, T0 + STEP}) {
            double value = at == T0 + 5_000 ? 4 : 100;
            for (Aggregation each : Aggregation.values()) {
                take(at, gauge(each.name(), each, "a", value), gauge(each.name(), each, "b", 2));
            }
        }

        assertThat(heard.of("SUM").get(0)).isEqualTo(new Observation("SUM", 6, 2, 2, 2));
        assertThat(heard.of("MEAN").get(0)).isEqualTo(new Observation("MEAN", 3, 2, 2, 2));
        assertThat(heard.of("MAX").get(0)).isEqualTo(new Observation("MAX", 4, 2, 2, 2));
    }

    @Test
    void doesNotCountAGaugeWithoutAFiniteValueAsReported() {
        take(
                T0,
                gauge("memory", Aggregation.SUM, "a", 5),
                gauge("memory", Aggregation.SUM, "b", Double.NaN),
                gauge("memory", Aggregation.SUM, "c", Double.POSITIVE_INFINITY));
        take(
                T0 + STEP,
                gauge("memory", Aggregation.SUM, "a", 5),
                gauge("memory", Aggregation.SUM, "b", 5),
                gauge("memory", Aggregation.SUM, "c", 5));

        assertThat(heard.of("memory")).containsExactly(new Observation("memory", 5, 1, 3, 1));
    }

    @Test
    void holdsAGaugeOverAStepBetweenTwoSamples() {
        take(T0 + 9_999, gauge("memory", Aggregation.SUM, "a", 5));
        take(T0 + 20_001, gauge("memory", Aggregation.SUM, "a", 9));

        assertThat(heard.of("memory"))
                .containsExactly(
                        new Observation("memory", 5, 1, 1, 1),
                        new Observation("memory", 5, 1, 1, 1));
    }

    @Test
    void readsHistoryAndThenLiveSamplesOfTheSameSignal() {
        for (int i = 0; i < 3; i++) {
            take(T0 + i * STEP, gauge("requests", Aggregation.SUM, "", 100 + i));
        }
        take(T0 + 3 * STEP, noGauge("requests", Aggregation.SUM, ""));
        long created = T0 + 2 * STEP + 1_000;
        take(T0 + 4 * STEP, requests("a", 1900, created));
        take(T0 + 5 * STEP, requests("a", 2900, created));

        assertThat(heard.of("requests"))
                .containsExactly(
                        new Observation("requests", 100, 1, 1, 0),
                        new Observation("requests", 101, 1, 1, 0),
                        new Observation("requests", 102, 1, 1, 0),
                        new Observation("requests", 100, 1, 1, 1),
                        new Observation("requests", 100, 1, 1, 1));
    }

    @Test
    void ignoresAScrapeFromTheFarFutureButCountsTheRecord() {
        steps.take(state, scrape(T0, requests("a", 0)), T0, heard);
        steps.take(state, scrape(T0 + 3_600_000, requests("a", 10)), T0, heard);
        steps.take(state, scrape(T0 + STEP, requests("a", 20)), T0, heard);

        assertThat(heard.of("requests")).extracting(Observation::value).containsExactly(2.0);
        assertThat(heard.count(Irregularity.FUTURE)).isEqualTo(1);
        assertThat(heard.steps.get(0).records()).isEqualTo(3);
    }

    @Test
    void ignoresAScrapeFromTheFarPast() {
        take(T0, requests("a", 0));
        take(T0 - 3_600_000, requests("b", 0), requests("c", 0));
        take(T0 + STEP, requests("a", 10));

        assertThat(heard.of("requests")).containsExactly(new Observation("requests", 1.0, 1, 1, 1));
        assertThat(heard.count(Irregularity.LATE)).isEqualTo(2);
    }

    @Test
    void dropsSeriesThatAreTooManyAndSaysThatTheSumIsPartial() {
        steps = new ServiceSteps(withMaxSeries(2));
        Sample[] first = {requests("a", 0), requests("b", 0), requests("c", 0)};
        Sample[] second = {requests("a", 10), requests("b", 10), requests("c", 10)};
        take(T0, first);
        take(T0 + STEP, second);
        take(T0 + 2 * STEP, requests("a", 20), requests("b", 20));

        assertThat(heard.of("requests").get(1)).isEqualTo(new Observation("requests", 2, 2, 3, 2));
        assertThat(heard.count(Irregularity.DROPPED_SERIES)).isEqualTo(2);
        assertThat(state.series).hasSize(2);
    }

    @Test
    void makesRoomForNewSeriesAtTheCostOfThoseThatEnded() {
        steps = new ServiceSteps(withMaxSeries(2));
        long at = T0;
        for (int i = 0; i < 20; i++, at += STEP) {
            take(at, requests("a", i));
            take(at, requests("short-lived-" + i, 1, at - 1_000));
            take(at + 1, noRequests("short-lived-" + i));
        }

        assertThat(heard.count(Irregularity.DROPPED_SERIES)).isZero();
        assertThat(heard.of("requests")).noneMatch(Observation::isPartial);
    }

    @Test
    void forgetsASignalAsLateAsTheService() {
        steps =
                new ServiceSteps(
                        new ObserveSettings(STEP, 15_000, 0, 0, 50_000, 100_000, 0, 10, 10, 10));
        take(T0, requests("a", 0), gauge("old", Aggregation.SUM, "a", 1));
        for (int i = 1; i <= 20; i++) {
            take(T0 + i * STEP, requests("a", 10 * i), gauge("new", Aggregation.SUM, "a", 1));
        }

        assertThat(state.signals).extracting(each -> each.name).containsExactly("requests", "new");
        assertThat(heard.of("old")).hasSize(10 - 1);
        assertThat(heard.of("new").get(18)).isEqualTo(new Observation("new", 1, 1, 1, 1));
        assertThat(heard.of("requests")).extracting(Observation::value).endsWith(1.0, 1.0);
    }

    @Test
    void goesOverToAnotherLengthOfSteps() {
        take(T0, requests("a", 0));
        take(T0 + STEP, requests("a", 10));
        take(T0 + STEP + 3_000, requests("a", 13));
        steps = new ServiceSteps(ObserveSettings.forStep(30_000));
        for (int i = 2; i <= 9; i++) {
            take(T0 + i * STEP, requests("a", 10 * i));
        }

        assertThat(heard.steps)
                .extracting(Step::end)
                .containsExactly(T0 + STEP, T0 + 60_000, T0 + 90_000);
        assertThat(heard.of("requests")).extracting(Observation::value).containsOnly(1.0);
    }

    @Test
    void givesTheSameForEveryOrderOfRecordsWithinAStep() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            List<List<Scrape>> ticks = ticks(random, 5, 12);
            RecordingListener expected = replay(ticks);
            for (int permutation = 0; permutation < 3; permutation++) {
                ticks.forEach(tick -> Collections.shuffle(tick, random));

                assertSame(replay(ticks), expected, "seed " + SEED + ", round " + round);
            }
        }
    }

    @Test
    void conservesTheTotalIncrement() {
        Random random = new Random(SEED);
        for (int round = 0; round < 500; round++) {
            RecordingListener listener = new RecordingListener();
            ServiceState fresh = new ServiceState();
            double value = 0;
            double total = 0;
            long at = T0;
            steps.take(fresh, scrape(at, requests("a", value)), at, listener);
            long end = T0 + 50 * STEP;
            while (at < end) {
                at = Math.min(end, at + 1 + random.nextInt(14_000));
                double increment = random.nextInt(1000) * random.nextDouble();
                boolean isReset = increment < value && random.nextInt(10) == 0;
                value = isReset ? increment : value + increment;
                total += increment;
                steps.take(fresh, scrape(at, requests("a", value)), at, listener);
            }

            assertThat(
                            listener.of("requests").stream()
                                    .mapToDouble(each -> each.value() * STEP / 1000)
                                    .sum())
                    .as("seed %d, round %d", SEED, round)
                    .isCloseTo(total, within(1e-6));
            assertThat(listener.steps).hasSize(50);
        }
    }

    @Test
    void givesTheSameLiveAsInAReplay() {
        Random random = new Random(SEED);
        for (int round = 0; round < 100; round++) {
            // a tick in which every pod fails, now and then several of them in a row
            List<List<Scrape>> ticks = ticks(random, 3, 60);
            ticks.removeIf(tick -> random.nextInt(3) == 0);
            RecordingListener expected = replay(ticks);

            ServiceState live = new ServiceState();
            RecordingListener listener = new RecordingListener();
            long last = Long.MAX_VALUE;
            for (List<Scrape> tick : ticks) {
                for (Scrape scrape : tick) {
                    // what the timer does meanwhile; the wall clock is that of the data
                    for (long due = last + settings.patience();
                            last != Long.MAX_VALUE && due < scrape.at();
                            due += STEP) {
                        steps.silent(live, SERVICE, listener);
                    }
                    steps.take(live, scrape, scrape.at(), listener);
                    last = scrape.at();
                }
            }

            assertSame(listener, expected, "seed " + SEED + ", round " + round);
        }
    }

    @Test
    void keepsItsBooksWhateverComes() {
        Random random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            steps =
                    new ServiceSteps(
                            new ObserveSettings(
                                    STEP, 15_000, 80_000, 60_000, 80_000, 200_000, 0, 8, 3, 20));
            ServiceState chaotic = new ServiceState();
            RecordingListener listener = new RecordingListener();
            long now = T0;
            for (int i = 1; i <= 300; i++) {
                now += random.nextInt(6_000);
                if (random.nextInt(100) == 0) {
                    now += random.nextInt(50) * STEP;
                }
                if (random.nextInt(10) == 0) {
                    steps.silent(chaotic, SERVICE, listener);
                }
                long at = now + (random.nextInt(4) > 0 ? 0 : random.nextInt(300_000) - 200_000);
                Sample[] samples = new Sample[1 + random.nextInt(4)];
                for (int s = 0; s < samples.length; s++) {
                    samples[s] = anySample(random, at);
                }
                steps.take(chaotic, scrape(at, samples), now, listener);

                assertThat(chaotic.records).isEqualTo(i);
                assertThat(chaotic.series).hasSizeLessThanOrEqualTo(8);
                long end = chaotic.open + STEP;
                var live = chaotic.series.stream().filter(each -> !each.ended).toList();
                assertThat(chaotic.live).isEqualTo(live.size());
                assertThat(chaotic.past)
                        .as("seed %d, round %d, record %d", SEED, round, i)
                        .isEqualTo((int) live.stream().filter(each -> each.at >= end).count());
                assertThat(chaotic.series).allMatch(each -> each.steps.length <= 4);
                assertThat(chaotic.series).allMatch(each -> each.owed.length <= 1);
                assertThat(chaotic.closed).isBetween(0, 8);
            }
            assertThat(listener.steps).isNotEmpty();
            long last = Long.MIN_VALUE;
            for (Step step : listener.steps) {
                assertThat(step.end() % STEP).isZero();
                assertThat(step.end()).isGreaterThan(last);
                last = step.end();
                assertThat(step.observations())
                        .allMatch(each -> each.reported() <= each.expected())
                        .allMatch(each -> each.pods() <= each.reported())
                        .allMatch(each -> each.isMissing() == (each.reported() == 0))
                        .allMatch(each -> each.isMissing() || Double.isFinite(each.value()))
                        .allMatch(each -> each.isMissing() || each.value() >= 0);
                assertThat(step.amendments())
                        .allMatch(each -> each.end() < step.end())
                        .allMatch(each -> each.end() >= step.end() - 9 * STEP)
                        .allMatch(each -> each.value() >= 0 && each.value() != each.before());
            }
        }
    }

    private static Sample anySample(Random random, long at) {
        var kind = random.nextInt(8) == 0 ? Sample.Kind.GAUGE : Sample.Kind.COUNTER;
        Aggregation[] aggregations = Aggregation.values();
        String pod = random.nextInt(4) == 0 ? "" : "pod-" + random.nextInt(4);
        boolean isStale = random.nextInt(10) == 0;
        boolean isUnknown = kind == Sample.Kind.GAUGE && random.nextInt(4) == 0;
        return new Sample(
                "signal-" + random.nextInt(4),
                kind,
                aggregations[random.nextInt(aggregations.length)],
                "pod=" + pod,
                pod,
                isStale || isUnknown ? Double.NaN : random.nextInt(1000),
                isStale,
                random.nextBoolean() ? 0 : Math.max(0, at + 10_000 - random.nextInt(100_000)));
    }

    /** Scrapes of some pods at aligned ticks, each a little later than the tick; some fail. */
    private static List<List<Scrape>> ticks(Random random, int pods, int count) {
        List<List<Scrape>> ticks = new ArrayList<>();
        for (int tick = 0; tick < count; tick++) {
            List<Scrape> scrapes = new ArrayList<>();
            for (int pod = 0; pod < pods; pod++) {
                if (tick == 0 || random.nextInt(8) > 0) {
                    long at = T0 + tick * STEP + pod;
                    double value = tick * tick * (pod + 1);
                    String name = "pod-" + pod;
                    scrapes.add(
                            scrape(
                                    at,
                                    requests(name, value, T0 - 5_000),
                                    gauge("memory", Aggregation.MEAN, name, value)));
                }
            }
            ticks.add(scrapes);
        }
        return ticks;
    }

    private RecordingListener replay(List<List<Scrape>> ticks) {
        ServiceState fresh = new ServiceState();
        RecordingListener listener = new RecordingListener();
        ticks.forEach(
                tick ->
                        tick.forEach(
                                each -> steps.take(fresh, each, Long.MAX_VALUE / 2, listener)));
        return listener;
    }

    private static void assertSame(
            RecordingListener actual, RecordingListener expected, String description) {
        assertThat(actual.steps)
                .as(description)
                .usingRecursiveComparison()
                .ignoringFields("records")
                .withComparatorForType(
                        (one, other) -> {
                            // sums of the same numbers in another order
                            boolean isSame =
                                    one.equals(other)
                                            || Math.abs(one - other) <= 1e-9 * Math.abs(one);
                            return isSame ? 0 : Double.compare(one, other);
                        },
                        Double.class)
                .isEqualTo(expected.steps);
    }

    private void take(long at, Sample... samples) {
        steps.take(state, scrape(at, samples), at, heard);
    }

    private static ObserveSettings withMaxSeries(int maxSeries) {
        return new ObserveSettings(
                STEP, 15_000, 300_000, 0, 300_000, 86_400_000, 0, maxSeries, 100, 10_000);
    }
}
