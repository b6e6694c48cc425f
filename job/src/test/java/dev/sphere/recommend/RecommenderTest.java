package dev.sphere.recommend;

import static dev.sphere.recommend.Given.at;
import static dev.sphere.recommend.Given.cold;
import static dev.sphere.recommend.Given.missing;
import static dev.sphere.recommend.Given.outlook;
import static dev.sphere.recommend.Given.policy;
import static dev.sphere.recommend.Given.requests;
import static dev.sphere.recommend.Given.skilled;
import static dev.sphere.recommend.Given.target;
import static dev.sphere.recommend.Given.unlimited;
import static dev.sphere.recommend.Given.windows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sphere.cluster.TargetState;
import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Outlook;
import dev.sphere.observe.Observation;
import dev.sphere.policy.Policy;
import dev.sphere.recommend.Decision.Basis;
import dev.sphere.recommend.Decision.Limit;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecommenderTest {
    private static final long MAX_AGE = 30_000;

    private final Recommender recommender = new Recommender(MAX_AGE, 0);
    private final RecommendState state = new RecommendState();

    /** Expected replicas by hand from the HPA's rule, autoscaling.md 2.1: 50 per replica, 10 %. */
    @ParameterizedTest(name = "{0} replicas at {1} requests/s -> {2} ({3})")
    @CsvSource({
        "4, 200,    4, TOLERANCE",
        "4, 220,    4, TOLERANCE", // ratio 1.1 is within
        "4, 220.5,  5, NONE", // ratio 1.1025 is not
        "4, 180,    4, TOLERANCE", // ratio 0.9 is within
        "4, 179.5,  4, NONE", // ratio 0.8975 is not, but 3.59 replicas are 4
        "4, 150,    3, NONE",
        "4, 150.001,4, NONE",
        "4, 350,    7, NONE",
        "4, 350.00000000000006, 7, NONE", // a rounding error is no load
        "4, 351,    8, NONE",
        "4, 0,      1, MIN_REPLICAS",
        "4, 5000,  20, MAX_REPLICAS",
        "1, 55,     1, TOLERANCE",
        "1, 56,     2, NONE",
    })
    void followsTheHpaWithoutASkilledForecast(int current, double load, int replicas, Limit limit) {
        Decision decision = decide(policy(), current, requests(at(0), load));

        assertThat(decision.desired()).isEqualTo(replicas);
        assertThat(decision.recommended()).isEqualTo(replicas);
        assertThat(decision.basis()).isEqualTo(Basis.REACTIVE);
        assertThat(decision.limitedBy()).isEqualTo(limit);
        assertThat(decision.apply()).isEqualTo(replicas != current);
        assertThat(decision.perReplica()).isEqualTo(50);
    }

    @Test
    void usesTheToleranceOfTheDirection() {
        Policy.Direction rates = unlimited().scaleUp();
        Policy policy =
                policy(
                        new Policy.Behavior(
                                new Policy.Direction(0, rates.policies(), Policy.Select.MAX, 0.01),
                                new Policy.Direction(0, rates.policies(), Policy.Select.MAX, 0.5),
                                0.1));

        assertThat(decide(policy, 4, requests(at(0), 205)).desired()).isEqualTo(5);
        assertThat(decide(policy, 4, requests(at(2), 110)).desired()).isEqualTo(4);
        assertThat(decide(policy, 4, requests(at(4), 90)).desired()).isEqualTo(2);
    }

    /** Limit 60 per replica; the 0.9 quantile of the peak and the present load must both fit. */
    @ParameterizedTest(name = "{0} now, {1} expected -> {2}")
    @CsvSource({
        "200, 360, 6", // the peak fills 6
        "200, 361, 7",
        "300, 100, 5", // the present load needs 5, whatever is expected
        "100, 100, 2",
        "0,   0,   1",
        "0,   -5,  1",
        "0,   1e30, 20",
    })
    void keepsPeakAndPresentLoadUnderTheLimitWithASkilledForecast(
            double load, double peak, int replicas) {
        Decision decision = decide(policy(), 4, outlook(at(0), skilled("requests", load, peak)));

        assertThat(decision.desired()).isEqualTo(replicas);
        assertThat(decision.basis()).isEqualTo(Basis.FORECAST);
        assertThat(decision.expected()).isEqualTo(Math.max(load, peak));
        assertThat(decision.quantile()).isEqualTo(0.9);
        assertThat(decision.horizon()).isEqualTo(20_000);
        assertThat(decision.perReplica()).isEqualTo(60);
    }

    @ParameterizedTest
    @CsvSource({"COLD", "WARM"})
    void doesNotUseAForecastWithoutSkill(Forecast.Health health) {
        Forecast forecast =
                Given.forecast(new Observation("requests", 200, 4, 4, 0), 1_000, health);

        Decision decision = decide(policy(), 4, outlook(at(0), forecast));

        assertThat(decision.basis()).isEqualTo(Basis.REACTIVE);
        assertThat(decision.desired()).isEqualTo(4);
    }

    @Test
    void doesNotUseTheForecastIfThePolicySaysSo() {
        Decision decision =
                decide(policy().reactive(), 4, outlook(at(0), skilled("requests", 200, 1_000)));

        assertThat(decision.basis()).isEqualTo(Basis.REACTIVE);
        assertThat(decision.desired()).isEqualTo(4);
    }

    @Test
    void fallsBackToTheHpaIfTheQuantileIsNoNumber() {
        Decision decision =
                decide(policy(), 4, outlook(at(0), skilled("requests", 300, Double.NaN)));

        assertThat(decision.basis()).isEqualTo(Basis.REACTIVE);
        assertThat(decision.desired()).isEqualTo(6);
    }

    @Test
    void letsTheSignalWinThatAsksForTheMost() {
        Policy policy = twoSignals();

        Decision decision =
                decide(policy, 4, outlook(at(0), cold("requests", 300), cold("cpu", 4)));

        assertThat(decision.signal()).isEqualTo("cpu");
        assertThat(decision.desired()).isEqualTo(8);
        assertThat(decision.reason()).isEqualTo("4 cores now, 0.5 per replica");
    }

    @Test
    void goesUpButNotDownWhileOneOfTheSignalsIsMissing() {
        Policy policy = twoSignals();

        Decision down = decide(policy, 8, outlook(at(0), cold("requests", 100), missing("cpu")));
        Decision up = decide(policy, 8, outlook(at(2), cold("requests", 600)));

        assertThat(down.recommended()).isEqualTo(2);
        assertThat(down.desired()).isEqualTo(8);
        assertThat(down.limitedBy()).isEqualTo(Limit.MISSING_DATA);
        assertThat(down.reason())
                .isEqualTo("100 requests/s now, 50 per replica; no cpu observed: holding");
        assertThat(up.desired()).isEqualTo(12);
    }

    @Test
    void holdsAndSaysSoIfNothingIsObserved() {
        Decision decision = decide(policy(), 8, outlook(at(0), missing("requests")));

        assertThat(decision.desired()).isEqualTo(8);
        assertThat(decision.basis()).isEqualTo(Basis.NONE);
        assertThat(decision.limitedBy()).isEqualTo(Limit.MISSING_DATA);
        assertThat(decision.apply()).isFalse();
        assertThat(decision.load()).isNaN();
        assertThat(decision.reason()).isEqualTo("no requests observed: holding");
    }

    @Test
    void holdsOnMissingDataEvenWithASkilledForecast() {
        Forecast forecast =
                Given.forecast(Observation.missing("requests", 4), 1_000, Forecast.Health.SKILLED);

        Decision decision = decide(policy(), 8, outlook(at(0), forecast));

        assertThat(decision.desired()).isEqualTo(8);
        assertThat(decision.limitedBy()).isEqualTo(Limit.MISSING_DATA);
    }

    @Test
    void doesNotScaleDownOnAPartOfTheSeries() {
        Forecast part = Given.of(new Observation("requests", 280, 7, 10, 0));

        Decision decision = decide(policy(), 10, outlook(at(0), part));

        assertThat(decision.recommended()).isEqualTo(6);
        assertThat(decision.desired()).isEqualTo(10);
        assertThat(decision.limitedBy()).isEqualTo(Limit.PARTIAL_DATA);
        assertThat(decision.reason()).endsWith("3 of 10 series of requests were silent: holding");
    }

    @Test
    void doesNotScaleDownWhileReadyPodsAreNotScraped() {
        Forecast part = Given.of(new Observation("requests", 60, 6, 6, 6));

        Decision decision = decide(policy(), 10, outlook(at(0), part));

        // the HPA would count the 4 as on target, and go to (60 + 4 * 50) / 50
        assertThat(decision.recommended()).isEqualTo(6);
        assertThat(decision.desired()).isEqualTo(10);
        assertThat(decision.limitedBy()).isEqualTo(Limit.PARTIAL_DATA);
        assertThat(decision.reason()).endsWith("4 of 10 pods were not scraped: holding");
    }

    @Test
    void scalesUpOnAPartOfThePods() {
        Forecast part = Given.of(new Observation("requests", 700, 6, 10, 6));

        assertThat(decide(policy(), 10, outlook(at(0), part)).desired()).isEqualTo(14);
    }

    @Test
    void takesPodsThatAreNotReadyAsIdleWhenScalingUp() {
        TargetState starting = new TargetState(Given.SERVICE, true, 10, 4, "rv-10");
        Forecast ready = Given.of(new Observation("requests", 300, 4, 4, 4));
        Forecast more = Given.of(new Observation("requests", 800, 4, 4, 4));

        Decision enough =
                recommender
                        .next(policy(), starting, outlook(at(0), ready), state, at(0))
                        .orElseThrow();
        Decision scarce =
                recommender
                        .next(policy(), starting, outlook(at(2), more), state, at(2))
                        .orElseThrow();

        assertThat(enough.desired()).isEqualTo(10); // 75 on each of 4, but 30 on each of 10
        assertThat(enough.limitedBy()).isEqualTo(Limit.TOLERANCE);
        assertThat(enough.reason())
                .isEqualTo(
                        "300 requests/s now, 50 per replica; pods reckoned with: 6 not ready;"
                                + " a change is too small or not sure");
        assertThat(scarce.desired()).isEqualTo(16);
    }

    @Test
    void remembersWhatWasAskedForBeyondTheBounds() {
        Policy narrow = policy(windows(60, 0));
        Policy wide =
                new Policy(
                        Given.SERVICE,
                        1,
                        40,
                        narrow.signals(),
                        true,
                        0.9,
                        Policy.Mode.SCALE,
                        narrow.behavior());

        assertThat(desired(narrow, 20, requests(at(0), 1_500))).isEqualTo(20); // asks for 30
        assertThat(desired(narrow, 20, requests(at(30), 1_500))).isEqualTo(20);
        assertThat(desired(wide, 20, requests(at(59), 1_600))).isEqualTo(20); // 20 at the start
        assertThat(desired(wide, 20, requests(at(60), 1_600))).isEqualTo(30); // not 20, nor 32
    }

    @Test
    void doesNotCountPodsForASignalThatIsNotMeasuredOnPods() {
        Forecast whole = Given.of(new Observation("requests", 280, 1, 1, 0));

        assertThat(decide(policy(), 10, outlook(at(0), whole)).desired()).isEqualTo(6);
    }

    @Test
    void isNotMovedByDaysOfSilenceOrAPartOfThePods() {
        Policy policy = policy(windows(0, 60));
        decide(policy, 10, requests(at(0), 500));

        for (long second = 2; second < 600; second += 2) {
            Outlook silent =
                    second % 4 == 0
                            ? outlook(at(second), missing("requests"))
                            : outlook(
                                    at(second),
                                    Given.of(new Observation("requests", 10, 3, 10, 3)));
            assertThat(desired(policy, 10, silent)).isEqualTo(10);
        }

        // all report again: what was high before has left the window, and yet nothing falls at once
        assertThat(desired(policy, 10, requests(at(600), 100))).isEqualTo(10);
        assertThat(desired(policy, 10, requests(at(658), 100))).isEqualTo(10);
        assertThat(desired(policy, 10, requests(at(660), 100))).isEqualTo(2);
    }

    @Test
    void leavesATargetAtZeroReplicasAlone() {
        Decision decision = decide(policy(), 0, requests(at(0), 500));

        assertThat(decision.desired()).isZero();
        assertThat(decision.apply()).isFalse();
        assertThat(decision.limitedBy()).isEqualTo(Limit.REPLICAS_ZERO);
    }

    @Test
    void tellsWhatTheLoadAsksForIfTheTargetIsUnknown() {
        Outlook outlook = requests(at(0), 500);

        Decision unknown =
                recommender.next(policy(), null, outlook, new RecommendState(), at(0)).get();
        Decision deleted =
                recommender
                        .next(
                                policy(),
                                new TargetState(Given.SERVICE, false, 0, 0, ""),
                                outlook,
                                new RecommendState(),
                                at(0))
                        .get();

        assertThat(unknown).isEqualTo(deleted);
        assertThat(unknown.limitedBy()).isEqualTo(Limit.UNKNOWN_TARGET);
        assertThat(unknown.recommended()).isEqualTo(10);
        assertThat(unknown.desired()).isEqualTo(unknown.current()).isZero();
        assertThat(unknown.apply()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"25, 20, MAX_REPLICAS", "1, 2, MIN_REPLICAS"})
    void movesReplicasIntoTheirBoundsAtOnceWhateverTheLoad(int current, int desired, Limit limit) {
        Policy p = policy(windows(600, 600));
        Policy policy =
                new Policy(
                        p.service(),
                        2,
                        20,
                        p.signals(),
                        true,
                        0.9,
                        Policy.Mode.SCALE,
                        p.behavior());

        Decision decision = decide(policy, current, outlook(at(0), missing("requests")));

        assertThat(decision.desired()).isEqualTo(desired);
        assertThat(decision.limitedBy()).isEqualTo(limit);
        assertThat(decision.apply()).isTrue();
    }

    @Test
    void carriesOutNothingInModeRecommend() {
        Policy policy = Given.inMode(Policy.Mode.RECOMMEND, policy());

        Decision decision = decide(policy, 4, requests(at(0), 500));

        assertThat(decision.desired()).isEqualTo(10);
        assertThat(decision.apply()).isFalse();
    }

    @Test
    void explainsWhatIsExpected() {
        Policy policy = policy(unlimited(), new Policy.Signal("requests", 40, 50));

        Decision decision = decide(policy, 4, outlook(at(0), skilled("requests", 271.5, 312)));

        assertThat(decision.reason())
                .isEqualTo("312 requests/s expected within 20 s (p90), 50 per replica");
        assertThat(decision.desired()).isEqualTo(7);
        assertThat(decision.id()).isEqualTo("sock-shop/front-end@1763683200000");
        assertThat(decision.resourceVersion()).isEqualTo("rv-4");
    }

    // --- freshness ---

    @Test
    void doesNotActOnDataOlderThanTheMaximumAge() {
        decide(policy(), 4, requests(at(0), 200));

        Decision fresh = next(policy(), 4, requests(at(2), 500), at(2) + MAX_AGE).get();
        Decision stale = next(policy(), 4, requests(at(4), 900), at(4) + MAX_AGE + 1).get();

        assertThat(fresh.apply()).isTrue();
        assertThat(stale.apply()).isFalse();
        assertThat(stale.desired()).isEqualTo(4);
        assertThat(stale.basis()).isEqualTo(Basis.NONE);
        assertThat(stale.limitedBy()).isEqualTo(Limit.STALE_DATA);
        assertThat(stale.reason())
                .isEqualTo("data are 30 s old, at most 30 s is acted on: holding");
    }

    @Test
    void isSilentDuringAReplayOfHistory() {
        long now = at(1_000_000);
        for (int second = 0; second < 20_000; second += 2) {
            assertThat(next(policy(), 4, requests(at(second), second % 900), now)).isEmpty();
        }

        assertThat(state.highs.size()).isZero();
        assertThat(state.begun).isFalse();
        assertThat(next(policy(), 4, requests(now, 200), now)).isPresent();
    }

    @Test
    void saysOnceThatDataBecameStale() {
        decide(policy(), 4, requests(at(0), 200));
        long late = at(600);

        assertThat(next(policy(), 4, requests(at(2), 900), late)).isPresent();
        assertThat(next(policy(), 4, requests(at(4), 100), late)).isEmpty();
        assertThat(next(policy(), 4, requests(at(6), 500), late)).isEmpty();
        assertThat(next(policy(), 4, requests(at(600), 200), late)).isPresent();
        assertThat(next(policy(), 4, requests(at(8), 500), late)).isPresent();
    }

    @Test
    void doesNotFeedTheWindowsWithStaleOutlooks() {
        Policy policy = policy(windows(0, 60));
        next(policy, 4, requests(at(0), 900), at(40));

        Decision decision = next(policy, 4, requests(at(40), 50), at(40)).get();

        // the window begins with the current replicas, not with the 18 of the stale outlook
        assertThat(decision.desired()).isEqualTo(4);
        assertThat(state.highs.values).containsExactly(4, 1);
    }

    // --- what is news ---

    @Test
    void isQuietWhileNothingChanges() {
        assertThat(next(policy(), 4, requests(at(0), 200), at(0))).isPresent();

        assertThat(next(policy(), 4, requests(at(2), 201), at(2))).isEmpty();
        assertThat(next(policy(), 4, requests(at(4), 179), at(4))).isEmpty(); // out of tolerance
        assertThat(next(policy(), 4, requests(at(6), 200), at(6))).isEmpty();
    }

    @Test
    void asksAgainAtEveryStepUntilTheTargetHasTheReplicas() {
        Decision first = next(policy(), 4, requests(at(0), 500), at(0)).get();
        Decision second = next(policy(), 4, requests(at(2), 500), at(2)).get();
        Optional<Decision> third = next(policy(), 10, requests(at(4), 500), at(4));

        assertThat(second.desired()).isEqualTo(first.desired()).isEqualTo(10);
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(third).isEmpty();
    }

    @Test
    void doesNotAskForTheSameWithinTheTimeToReissue() {
        Recommender patient = new Recommender(MAX_AGE, 6_000);
        Policy policy = policy();

        assertThat(patient.next(policy, target(4), requests(at(0), 500), state, at(0))).isPresent();
        assertThat(patient.next(policy, target(4), requests(at(2), 500), state, at(2))).isEmpty();
        assertThat(patient.next(policy, target(4), requests(at(4), 550), state, at(4)))
                .hasValueSatisfying(d -> assertThat(d.desired()).isEqualTo(11));
        assertThat(patient.next(policy, target(4), requests(at(8), 550), state, at(8))).isEmpty();
        assertThat(patient.next(policy, target(4), requests(at(10), 550), state, at(10)))
                .isPresent();
    }

    @Test
    void tellsARecommendationOnceInModeRecommend() {
        Policy policy = Given.inMode(Policy.Mode.RECOMMEND, policy());

        assertThat(next(policy, 4, requests(at(0), 500), at(0))).isPresent();
        assertThat(next(policy, 4, requests(at(2), 500), at(2))).isEmpty();
        assertThat(next(policy, 4, requests(at(4), 550), at(4))).isPresent();
    }

    @Test
    void tellsWhenTheBasisChanges() {
        assertThat(next(policy(), 4, requests(at(0), 200), at(0))).isPresent();

        Optional<Decision> skilled =
                next(policy(), 4, outlook(at(2), skilled("requests", 200, 230)), at(2));

        assertThat(skilled).hasValueSatisfying(d -> assertThat(d.changes()).isFalse());
    }

    // --- always ---

    @Test
    void staysWithinItsBoundsAndNeverGoesDownOnMissingOrPartialData() {
        long seed = 20_261_121;
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Policy policy = anyPolicy(random);
            RecommendState memory = new RecommendState();
            int current = policy.minReplicas();
            TargetState before = null;
            for (int step = 0; step < 100; step++) {
                if (random.nextInt(20) == 0) {
                    current = 1 + random.nextInt(30); // somebody else scales
                }
                long now = at(2L * step);
                TargetState seen = target(current);
                new RateLimit(policy.behavior()).seen(memory, before, seen, now);
                before = seen;
                Outlook outlook = anyOutlook(random, now, current);
                Optional<Decision> told = recommender.next(policy, seen, outlook, memory, now);
                if (told.isEmpty()) {
                    continue;
                }

                Decision decision = told.get();

                assertThat(decision.desired())
                        .as("seed %d, run %d, %s", seed, run, decision)
                        .isBetween(policy.minReplicas(), policy.maxReplicas());
                if (!isWhole(outlook, policy, current)) {
                    assertThat(decision.desired())
                            .as("seed %d, run %d, %s", seed, run, decision)
                            .isGreaterThanOrEqualTo(Math.min(current, policy.maxReplicas()));
                }
                if (decision.apply() && random.nextInt(3) > 0) {
                    current = decision.desired();
                }
            }
            assertThat(memory.highs.size()).isLessThanOrEqualTo(StabilizationWindow.MOST);
            assertThat(memory.added.size()).isLessThanOrEqualTo(RateLimit.MOST);
        }
    }

    private static Policy anyPolicy(Random random) {
        int min = 1 + random.nextInt(5);
        Policy.Behavior behavior =
                new Policy.Behavior(anyDirection(random), anyDirection(random), 0.1);
        return new Policy(
                Given.SERVICE,
                min,
                min + random.nextInt(20),
                twoSignals().signals().subList(0, 1 + random.nextInt(2)),
                random.nextBoolean(),
                0.5 + random.nextInt(5) / 10.0,
                Policy.Mode.SCALE,
                behavior);
    }

    private static Policy.Direction anyDirection(Random random) {
        return new Policy.Direction(
                random.nextInt(3) * 20_000L,
                List.of(
                        Given.rate(Policy.Unit.PODS, 1 + random.nextInt(5), 15),
                        Given.rate(Policy.Unit.PERCENT, 1 + random.nextInt(200), 30)),
                Policy.Select.values()[random.nextInt(3)],
                Double.NaN);
    }

    private static Outlook anyOutlook(Random random, long at, int ready) {
        return outlook(
                at,
                anyForecast(random, "requests", 1_000, ready),
                anyForecast(random, "cpu", 10, ready));
    }

    private static Forecast anyForecast(Random random, String signal, double most, int ready) {
        double load = random.nextDouble() * most;
        Observation observed =
                switch (random.nextInt(5)) {
                    case 0 -> Observation.missing(signal, 4);
                    case 1 -> new Observation(signal, load, 3, 4, 0);
                    case 2 -> new Observation(signal, load, 4, 4, Math.max(1, ready - 1));
                    default -> new Observation(signal, load, 4, 4, ready);
                };
        return Given.forecast(
                observed, random.nextDouble() * most, Forecast.Health.values()[random.nextInt(3)]);
    }

    private static boolean isWhole(Outlook outlook, Policy policy, int ready) {
        return policy.signals().stream()
                .allMatch(
                        signal ->
                                outlook.forecasts().stream()
                                        .filter(f -> f.signal().equals(signal.name()))
                                        .map(Forecast::observed)
                                        .allMatch(
                                                o ->
                                                        !o.isMissing()
                                                                && !o.isPartial()
                                                                && (o.pods() == 0
                                                                        || o.pods() >= ready)));
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Recommender(0, 0))
                .withMessage("maxAge: 0, expected more than 0 ms");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Recommender(1, -1))
                .withMessage("reissueAfter: -1, expected 0 ms or more");
    }

    private static Policy twoSignals() {
        return policy(
                unlimited(),
                new Policy.Signal("requests", 50, 60),
                new Policy.Signal("cpu", 0.5, 0.6));
    }

    private Decision decide(Policy policy, int current, Outlook outlook) {
        RecommendState fresh = new RecommendState();
        Decision decision =
                recommender.next(policy, target(current), outlook, fresh, outlook.at()).get();
        next(policy, current, outlook, outlook.at());
        return decision;
    }

    private int desired(Policy policy, int current, Outlook outlook) {
        state.emitted = false;
        return next(policy, current, outlook, outlook.at()).get().desired();
    }

    private Optional<Decision> next(Policy policy, int current, Outlook outlook, long now) {
        return recommender.next(policy, target(current), outlook, state, now);
    }
}
