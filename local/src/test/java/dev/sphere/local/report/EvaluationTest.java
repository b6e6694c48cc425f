package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Times in seconds; a replica takes 10 requests per second. */
class EvaluationTest {
    private static final String CARTS = "sock-shop/carts";

    private final Map<String, Replicas> view = new HashMap<>();
    private final double[] needed = new double[200];
    private Evaluation evaluation = evaluate(Duration.ofSeconds(20));

    @AfterEach
    void close() {
        evaluation.close();
    }

    @Test
    void sumsWhatIsMissingTooMuchAndPaidFor() {
        need(0, 10, 2);
        need(10, 200, 4);

        run(0, 5, 3, 3); //   needs 2: one too many for 5 s
        run(5, 14, 3, 3); //  another 5 s, then needs 4: one missing for 4 s
        run(14, 17, 6, 3); // still missing for 3 s while three start
        run(17, 20, 6, 6); // two too many for 3 s
        evaluation.sample(20_000);

        var result = result();
        assertThat(result.seconds()).isEqualTo(20);
        assertThat(result.underProvisionedPodSeconds()).isEqualTo(7);
        assertThat(result.overProvisionedPodSeconds()).isEqualTo(10 + 6);
        assertThat(result.replicaSeconds()).isEqualTo(14 * 3 + 6 * 6);
        assertThat(result.neededReplicaSeconds()).isEqualTo(10 * 2 + 10 * 4);
        assertThat(result.underProvisionedShare()).isEqualTo(7.0 / 20, within(1e-9));
    }

    @Test
    void countsAScaleUpAsAheadWhenEnoughAreReadyBeforeTheyAreNeeded() {
        need(0, 30, 2);
        need(30, 200, 4);

        run(0, 10, 2, 2);
        run(10, 22, 4, 2); // ordered 20 s before
        run(22, 40, 4, 4); // ready 8 s before

        assertThat(verdicts()).isEqualTo("1 up: 1 ahead, 0 unneeded, 0 undecided");
    }

    @Test
    void countsAScaleUpAsLateWhenTheReplicasStillStartAsTheyAreNeeded() {
        need(0, 30, 2);
        need(30, 200, 4);

        run(0, 20, 2, 2);
        run(20, 32, 4, 2); // ordered 10 s before, but 12 s to start
        run(32, 40, 4, 4);

        assertThat(verdicts()).isEqualTo("1 up: 0 ahead, 0 unneeded, 0 undecided");
    }

    @Test
    void countsAScaleUpAsLateWhenTheNeedWasThereBefore() {
        need(0, 30, 2);
        need(30, 200, 4);

        run(0, 35, 2, 2);
        run(35, 60, 4, 4); // even if they are ready at once

        assertThat(verdicts()).isEqualTo("1 up: 0 ahead, 0 unneeded, 0 undecided");
    }

    @Test
    void countsAScaleUpAsUnneededWhenItIsTakenBackUnused() {
        need(0, 100, 2);
        need(100, 200, 4); // comes after it was taken back

        run(0, 10, 2, 2);
        run(10, 40, 4, 4);
        run(40, 90, 2, 2);

        assertThat(verdicts()).isEqualTo("1 up: 0 ahead, 1 unneeded, 0 undecided");
    }

    @Test
    void judgesEachScaleUpByTheFirstLoadThatExceedsWhatWasThereBefore() {
        need(0, 30, 2);
        need(30, 40, 3);
        need(40, 200, 6);

        run(0, 10, 2, 2);
        run(10, 22, 3, 2);
        run(22, 34, 6, 3); //  first: more than 2 needed at 30, 3 ready: ahead
        run(34, 42, 6, 4); //  second: more than 3 needed at 40, 4 ready, 6 needed: late
        run(42, 50, 6, 6);

        assertThat(verdicts()).isEqualTo("2 up: 1 ahead, 0 unneeded, 0 undecided");
    }

    @Test
    void leavesAScaleUpUndecidedWhoseLoadComesAfterTheEnd() {
        need(0, 50, 2);
        need(50, 200, 4);

        run(0, 30, 2, 2);
        run(30, 40, 4, 2);

        assertThat(verdicts()).isEqualTo("1 up: 0 ahead, 0 unneeded, 1 undecided");
    }

    @Test
    void looksOnlyAWhileBeyondTheEnd() {
        evaluation.close();
        evaluation = evaluate(Duration.ofSeconds(5));
        need(0, 50, 2);
        need(50, 200, 4);

        run(0, 30, 2, 2);
        run(30, 40, 4, 2);

        assertThat(verdicts()).isEqualTo("1 up: 0 ahead, 1 unneeded, 0 undecided");
    }

    @Test
    void takesAServiceThatIsNotSeenAsItWasBefore() {
        need(0, 200, 3);

        run(0, 5, 2, 2);
        view.clear();
        evaluation.sample(5_000);
        evaluation.sample(10_000);

        assertThat(result().underProvisionedPodSeconds()).isEqualTo(10);
        assertThat(verdicts()).isEqualTo("0 up: 0 ahead, 0 unneeded, 0 undecided");
    }

    @Test
    void looksEveryTickAndSurvivesAClusterThatDoesNotAnswer() {
        evaluation.close();
        var demand = new Demand(at -> 20, Map.of(CARTS, 1.0), Map.of(CARTS, 10.0));
        int[] looks = new int[1];
        evaluation =
                new Evaluation(
                        demand,
                        () -> {
                            if (looks[0]++ == 1) {
                                throw new IllegalStateException("no answer");
                            }
                            return Map.of(CARTS, new Replicas(1, 1));
                        },
                        Duration.ofMillis(10),
                        Duration.ZERO);

        evaluation.start();

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> result().underProvisionedPodSeconds() > 0.1);
        assertThat(evaluation.failedSamples()).isEqualTo(1);
    }

    private Evaluation evaluate(Duration after) {
        var demand =
                new Demand(
                        at -> 10 * needed[(int) (at / 1000)],
                        Map.of(CARTS, 1.0),
                        Map.of(CARTS, 10.0));
        return new Evaluation(demand, () -> Map.copyOf(view), Duration.ofSeconds(1), after);
    }

    private void need(int from, int to, int replicas) {
        for (int i = from; i < to; i++) {
            needed[i] = replicas;
        }
    }

    /** Samples at each second from one to the other, exclusive. */
    private void run(int from, int to, int desired, int ready) {
        view.put(CARTS, new Replicas(desired, ready));
        for (int i = from; i < to; i++) {
            evaluation.sample(i * 1000L);
        }
    }

    private Evaluation.Result result() {
        return evaluation.results().get(CARTS);
    }

    private String verdicts() {
        var result = result();
        return result.scaleUps()
                + " up: "
                + result.scaleUpsAhead()
                + " ahead, "
                + result.scaleUpsUnneeded()
                + " unneeded, "
                + result.scaleUpsUndecided()
                + " undecided";
    }
}
