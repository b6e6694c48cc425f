package dev.sphere.recommend;

import dev.sphere.cluster.ClusterEvent;
import dev.sphere.cluster.TargetState;
import dev.sphere.forecast.Outlook;
import dev.sphere.policy.Policy;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Outlooks and what Kubernetes says, by service, to decisions.
 *
 * <p>The state of a service goes when its policy is withdrawn; without a policy nothing is kept.
 */
public final class RecommendFunction
        extends KeyedCoProcessFunction<String, Outlook, ClusterEvent, Decision> {
    private static final long serialVersionUID = 1;

    private final Recommender recommender;

    @SuppressWarnings("serial") // the clocks of java.time are serializable, their type is not
    private final Clock clock;

    /** By service, as told since the start: after a restart another one may hold. */
    private transient Map<String, Policy> policies;

    /** Services whose target was told of since the start: what was restored may be old. */
    private transient Set<String> toldTargets;

    private transient ValueState<TargetState> target;
    private transient ValueState<RecommendState> memory;
    private transient Counter decisions;
    private transient Counter staleOutlooks;
    private transient Counter outlooksWithoutPolicy;

    /**
     * @param clock must be serializable
     */
    public RecommendFunction(Recommender recommender, Clock clock) {
        this.recommender = recommender;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        policies = new HashMap<>();
        toldTargets = new HashSet<>();
        target = state("target", TargetState.class);
        memory = state("recommend-state", RecommendState.class);
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        decisions = metrics.counter("decisions");
        staleOutlooks = metrics.counter("staleOutlooks");
        outlooksWithoutPolicy = metrics.counter("outlooksWithoutPolicy");
    }

    @Override
    public void processElement1(Outlook outlook, Context context, Collector<Decision> out)
            throws Exception {
        Policy policy = policies.get(outlook.service());
        if (policy == null) {
            outlooksWithoutPolicy.inc();
            return;
        }
        long now = clock.millis();
        if (recommender.isStale(outlook, now)) {
            staleOutlooks.inc();
        }
        RecommendState state = remembered();
        TargetState known = toldTargets.contains(outlook.service()) ? target.value() : null;
        recommender
                .next(policy, known, outlook, state, now)
                .ifPresent(
                        decision -> {
                            decisions.inc();
                            out.collect(decision);
                        });
        memory.update(state);
    }

    @Override
    public void processElement2(ClusterEvent event, Context context, Collector<Decision> out)
            throws Exception {
        if (event.isWithdrawal()) {
            policies.remove(event.service());
            toldTargets.remove(event.service());
            target.clear();
            memory.clear();
            return;
        }
        if (event.policy() != null) {
            policies.put(event.service(), event.policy());
        }
        Policy policy = policies.get(event.service());
        if (event.target() != null && policy != null) {
            RecommendState state = remembered();
            new RateLimit(policy.behavior())
                    .seen(state, target.value(), event.target(), clock.millis());
            target.update(event.target());
            toldTargets.add(event.service());
            memory.update(state);
        }
    }

    private RecommendState remembered() throws Exception {
        RecommendState state = memory.value();
        return state == null ? new RecommendState() : state;
    }

    private <T> ValueState<T> state(String name, Class<T> type) {
        return getRuntimeContext()
                .getState(new ValueStateDescriptor<>(name, TypeInformation.of(type)));
    }
}
