package dev.sphere.recommend;

import static dev.sphere.policy.Policy.Unit.PERCENT;
import static dev.sphere.policy.Policy.Unit.PODS;
import static dev.sphere.recommend.Given.at;
import static dev.sphere.recommend.Given.rate;
import static dev.sphere.recommend.Given.rates;
import static dev.sphere.recommend.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.cluster.TargetState;
import dev.sphere.policy.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTest {
    private static final List<Policy.Rate> ANY = List.of(rate(PODS, 1_000, 1));

    private final RecommendState state = new RecommendState();

    @Test
    void addsNoMorePodsThanThePeriodAllows() {
        var rate = new RateLimit(rates(List.of(rate(PODS, 4, 15)), ANY));

        assertThat(rate.most(state, 2, at(0))).isEqualTo(6);
        seen(rate, 2, 6, 0);
        assertThat(rate.most(state, 6, at(5))).isEqualTo(6); // 4 of 4 used
        assertThat(rate.most(state, 6, at(14))).isEqualTo(6);
        assertThat(rate.most(state, 6, at(15))).isEqualTo(10); // a new period
    }

    @Test
    void countsFromTheReplicasAtTheStartOfThePeriod() {
        var rate = new RateLimit(rates(List.of(rate(PERCENT, 100, 60)), ANY));

        seen(rate, 3, 5, 0);

        assertThat(rate.most(state, 5, at(10))).isEqualTo(6); // twice 3, not twice 5
        seen(rate, 5, 4, 20);
        assertThat(rate.most(state, 4, at(30))).isEqualTo(6); // 4 - 2 + 1 = 3 at the start
    }

    @Test
    void seesWhatOthersScaledToo() {
        var rate = new RateLimit(rates(ANY, List.of(rate(PODS, 2, 60))));

        seen(rate, 10, 8, 0); // by hand

        assertThat(rate.least(state, 8, at(30))).isEqualTo(8);
        assertThat(rate.least(state, 8, at(60))).isEqualTo(6);
    }

    @ParameterizedTest(name = "{0} replicas, up {1} % -> {2}, down {1} % -> {3}")
    @CsvSource({
        "1, 10, 2, 0",
        "10, 10, 11, 9",
        "5, 50, 8, 2",
        "3, 100, 6, 0",
        "7, 33, 10, 4",
        "100, 10, 111, 90",
        "10, 90, 19, 0"
    })
    void roundsPercentUpWhenScalingUpAndTruncatesWhenScalingDown(
            int current, int percent, int most, int least) {
        var rate =
                new RateLimit(
                        rates(
                                List.of(rate(PERCENT, percent, 15)),
                                List.of(rate(PERCENT, percent, 15))));

        assertThat(rate.most(state, current, at(0))).isEqualTo(most);
        assertThat(rate.least(state, current, at(0))).isEqualTo(least);
    }

    @Test
    void takesTheRateThatAllowsMostByDefault() {
        List<Policy.Rate> hpa = List.of(rate(PODS, 4, 15), rate(PERCENT, 100, 15));
        var rate = new RateLimit(rates(hpa, hpa));

        assertThat(rate.most(state, 2, at(0))).isEqualTo(6);
        assertThat(rate.most(state, 10, at(0))).isEqualTo(20);
        assertThat(rate.least(state, 10, at(0))).isZero();
    }

    @Test
    void takesTheRateThatAllowsLeastOrNoneIfAsked() {
        List<Policy.Rate> hpa = List.of(rate(PODS, 4, 15), rate(PERCENT, 100, 15));

        var least = new RateLimit(selecting(Policy.Select.MIN, hpa));
        var none = new RateLimit(selecting(Policy.Select.DISABLED, hpa));

        assertThat(least.most(state, 10, at(0))).isEqualTo(14);
        assertThat(least.least(state, 10, at(0))).isEqualTo(6);
        assertThat(none.most(state, 10, at(0))).isEqualTo(10);
        assertThat(none.least(state, 10, at(0))).isEqualTo(10);
    }

    @Test
    void isNotConfusedByATargetThatWasDeletedAndMadeAgain() {
        var rate = new RateLimit(rates(List.of(rate(PODS, 4, 15)), ANY));
        var deleted = new TargetState(Given.SERVICE, false, 0, 0, "");

        rate.seen(state, null, target(3), at(0));
        rate.seen(state, target(3), deleted, at(1));
        rate.seen(state, deleted, target(9), at(2));

        assertThat(state.added.size()).isZero();
        assertThat(state.removed.size()).isZero();
    }

    @Test
    void remembersABoundedNumberWithoutLosingReplicas() {
        var rate = new RateLimit(rates(List.of(rate(PODS, 4, 1_800)), ANY));

        for (int i = 0; i < 1_000; i++) {
            seen(rate, i, i + 1, i);
        }

        assertThat(state.added.size()).isEqualTo(RateLimit.MOST);
        assertThat(rate.most(state, 1_000, at(1_000))).isEqualTo(1_000); // 4 since the start: used
    }

    private static Policy.Behavior selecting(Policy.Select select, List<Policy.Rate> rates) {
        var direction = new Policy.Direction(0, rates, select, Double.NaN);
        return new Policy.Behavior(direction, direction, 0.1);
    }

    private void seen(RateLimit rate, int before, int after, long second) {
        rate.seen(state, target(before), target(after), at(second));
    }
}
