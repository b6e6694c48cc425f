package dev.sphere.recommend;

import static dev.sphere.recommend.Given.at;
import static dev.sphere.recommend.Given.requests;
import static dev.sphere.recommend.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.cluster.ClusterEvent;
import dev.sphere.forecast.Outlook;
import dev.sphere.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecommendFunctionTest {
    private final SettableClock clock = new SettableClock();
    private KeyedTwoInputStreamOperatorTestHarness<String, Outlook, ClusterEvent, Decision> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness();
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void decidesOnAnOutlookByPolicyAndTarget() throws Exception {
        tell(ClusterEvent.policy(Given.policy()));
        tell(ClusterEvent.target(target(4)));

        List<Decision> decisions = see(0, 500);

        assertThat(decisions)
                .singleElement()
                .satisfies(
                        d -> {
                            assertThat(d.current()).isEqualTo(4);
                            assertThat(d.desired()).isEqualTo(10);
                            assertThat(d.apply()).isTrue();
                            assertThat(d.decidedAt()).isEqualTo(clock.now);
                        });
    }

    @Test
    void keepsNothingOfAServiceWithoutAPolicy() throws Exception {
        tell(ClusterEvent.target(target(4)));

        assertThat(see(0, 500)).isEmpty();
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void forgetsAServiceWhosePolicyIsWithdrawn() throws Exception {
        tell(ClusterEvent.policy(Given.policy()));
        tell(ClusterEvent.target(target(4)));
        see(0, 500);

        tell(ClusterEvent.withdrawn(Given.SERVICE));

        assertThat(see(2, 900)).isEmpty();
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void learnsScaleEventsFromTheTarget() throws Exception {
        var rate = List.of(Given.rate(Policy.Unit.PODS, 2, 60));
        tell(ClusterEvent.policy(Given.policy(Given.rates(rate, rate))));
        tell(ClusterEvent.target(target(4)));
        tell(ClusterEvent.target(target(5))); // by hand

        assertThat(see(2, 900))
                .singleElement()
                .satisfies(
                        d -> {
                            assertThat(d.desired()).isEqualTo(6);
                            assertThat(d.limitedBy()).isEqualTo(Decision.Limit.SCALE_UP_RATE);
                        });
    }

    @Test
    void goesOnAfterARestoreAsIfNothingHadHappened() throws Exception {
        var rate = List.of(Given.rate(Policy.Unit.PODS, 3, 30));
        Policy policy =
                Given.policy(
                        new Policy.Behavior(
                                new Policy.Direction(4_000, rate),
                                new Policy.Direction(20_000, rate),
                                0.1));
        tell(ClusterEvent.policy(policy));
        tell(ClusterEvent.target(target(4)));
        for (int second = 0; second < 20; second += 2) {
            see(second, 300 + 40 * second);
        }
        tell(ClusterEvent.target(target(7)));
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);

        long interrupted = clock.now;
        List<Decision> uninterrupted = rest();
        harness.close();
        harness = harness();
        harness.initializeState(snapshot);
        harness.open();
        clock.now = interrupted;
        tell(ClusterEvent.policy(policy));
        tell(ClusterEvent.target(target(7)));
        List<Decision> restored = rest();

        assertThat(uninterrupted).hasSizeGreaterThan(5);
        assertThat(restored).isEqualTo(uninterrupted);
    }

    @Test
    void decidesNothingAfterARestoreBeforeItIsToldOfPolicyAndTargetAnew() throws Exception {
        tell(ClusterEvent.policy(Given.policy()));
        tell(ClusterEvent.target(target(4)));
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        harness.close();
        harness = harness();
        harness.initializeState(snapshot);
        harness.open();

        assertThat(see(0, 900)).isEmpty();
        tell(ClusterEvent.policy(Given.policy()));
        assertThat(see(2, 900)).noneMatch(Decision::apply);
        tell(ClusterEvent.target(target(5)));
        assertThat(see(4, 900))
                .singleElement()
                .satisfies(decision -> assertThat(decision.current()).isEqualTo(5));
    }

    private List<Decision> rest() throws Exception {
        List<Decision> all = new ArrayList<>();
        for (int second = 20; second < 90; second += 2) {
            all.addAll(see(second, second < 50 ? 900 : 100));
        }
        return all;
    }

    private void tell(ClusterEvent event) throws Exception {
        harness.processElement2(event, 0);
    }

    private List<Decision> see(long second, double load) throws Exception {
        clock.now = at(second) + 40;
        int before = harness.extractOutputValues().size();
        harness.processElement1(requests(at(second), load), 0);
        List<Decision> all = harness.extractOutputValues();
        return all.subList(before, all.size());
    }

    private KeyedTwoInputStreamOperatorTestHarness<String, Outlook, ClusterEvent, Decision>
            harness() throws Exception {
        return new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(
                        new RecommendFunction(new Recommender(30_000, 0), clock)),
                Outlook::service,
                ClusterEvent::service,
                Types.STRING);
    }
}
