package dev.sphere.recommend;

import dev.sphere.cluster.TargetState;
import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Outlook;
import dev.sphere.observe.Observation;
import dev.sphere.policy.Policy;
import dev.sphere.recommend.Decision.Basis;
import dev.sphere.recommend.Decision.Limit;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Policy, target and outlook to replicas: what the load asks for, then every limit in its order.
 *
 * <ol>
 *   <li>Data older than the maximum age decide nothing.
 *   <li>A target that is unknown, or at 0 replicas, is left alone.
 *   <li>Replicas outside of min and max are moved there at once, whatever the load.
 *   <li>Every signal is judged; the greatest wins.
 *   <li>If a signal is missing or partial: up is allowed, down is not.
 *   <li>Stabilization windows, then rates, min and max.
 * </ol>
 *
 * <p>Without a forecast this is the HPA with a {@code behavior}, to the bit, but for what makes it
 * more careful: no scaling down on partial data, or by a window in which nothing was seen; rates
 * count what anybody changed at the target.
 *
 * @param maxAge of the data that a decision may rest on, in milliseconds
 * @param reissueAfter how long the same replicas are not asked for again, in milliseconds of the
 *     data's time; 0: at every step
 */
public record Recommender(long maxAge, long reissueAfter) implements Serializable {

    public Recommender {
        if (maxAge <= 0) {
            throw new IllegalArgumentException("maxAge: " + maxAge + ", expected more than 0 ms");
        }
        if (reissueAfter < 0) {
            throw new IllegalArgumentException(
                    "reissueAfter: " + reissueAfter + ", expected 0 ms or more");
        }
    }

    /**
     * The decision on an outlook, if there is one to tell of: it asks for a change, or it differs
     * from the last one that was told.
     *
     * @param target null while nothing is known of it
     * @param state updated in place
     * @param now by the clock, in epoch milliseconds
     */
    public Optional<Decision> next(
            Policy policy, TargetState target, Outlook outlook, RecommendState state, long now) {
        Decision decision = decide(policy, target, outlook, state, now);
        if (!isNews(decision, state)) {
            return Optional.empty();
        }
        state.emitted = true;
        state.basis = decision.basis();
        state.limitedBy = decision.limitedBy();
        state.recommended = decision.recommended();
        state.desired = decision.desired();
        if (decision.apply()) {
            state.asked = decision.desired();
            state.askedAt = decision.at();
        }
        return Optional.of(decision);
    }

    /** Whether an outlook is too old to decide on. */
    public boolean isStale(Outlook outlook, long now) {
        return now - outlook.at() > maxAge;
    }

    private Decision decide(
            Policy policy, TargetState target, Outlook outlook, RecommendState state, long now) {
        boolean known = target != null && target.exists();
        Draft draft = new Draft(policy, known ? target : null, outlook, now);
        if (isStale(outlook, now)) {
            return draft.holding(
                    Limit.STALE_DATA,
                    "data are "
                            + Reason.span(now - outlook.at())
                            + " old, at most "
                            + Reason.span(maxAge)
                            + " is acted on: holding");
        }
        Policy.Behavior behavior = policy.behavior();
        StabilizationWindow window =
                new StabilizationWindow(
                        behavior.scaleUp().stabilizationWindow(),
                        behavior.scaleDown().stabilizationWindow());
        if (known) {
            window.begin(state, outlook.at(), draft.current);
        }
        if (known && target.replicas() == 0) {
            return draft.holding(
                    Limit.REPLICAS_ZERO, "the target was scaled to 0 replicas: hands off");
        }
        if (known && target.replicas() > policy.maxReplicas()) {
            return draft.clamped(
                    policy.maxReplicas(), Limit.MAX_REPLICAS, "above maxReplicas: down at once");
        }
        if (known && target.replicas() < policy.minReplicas()) {
            return draft.clamped(
                    policy.minReplicas(), Limit.MIN_REPLICAS, "below minReplicas: up at once");
        }
        Signals signals = Signals.judge(policy, outlook, draft.current, draft.ready);
        if (signals.greatest == null) {
            return draft.holding(
                    known ? Limit.MISSING_DATA : Limit.UNKNOWN_TARGET,
                    String.join("; ", signals.gaps) + ": holding");
        }
        draft.asksFor(signals.greatest);
        if (!known) {
            return draft.untouched(
                    Limit.UNKNOWN_TARGET, "the target is not known to Kubernetes: nothing to do");
        }
        if (!signals.gaps.isEmpty() && draft.desired < draft.current) {
            return draft.untouched(
                    signals.missing ? Limit.MISSING_DATA : Limit.PARTIAL_DATA,
                    String.join("; ", signals.gaps) + ": holding");
        }
        // what is remembered is not bounded, as the bounds may be others by then
        window.add(state, outlook.at(), outlook.step(), draft.desired, draft.current);
        draft.stabilized(window.stabilize(state, draft.desired, draft.current), window);
        RateLimit rate = new RateLimit(behavior);
        draft.noMoreThan(rate.most(state, draft.current, now));
        draft.noLessThan(rate.least(state, draft.current, now));
        return draft.decision();
    }

    private boolean isNews(Decision decision, RecommendState state) {
        if (decision.limitedBy() == Limit.STALE_DATA) {
            // a replay of history passes thousands of old outlooks; one decision says it all
            return state.emitted && state.limitedBy != Limit.STALE_DATA;
        }
        if (decision.apply()) {
            return decision.desired() != state.asked
                    || decision.at() - state.askedAt >= reissueAfter;
        }
        return !state.emitted
                || decision.basis() != state.basis
                || quiet(decision.limitedBy()) != quiet(state.limitedBy)
                || decision.recommended() != state.recommended
                || (decision.changes() && decision.desired() != state.desired);
    }

    /** A load that crosses the edge of the tolerance without changing anything is no news. */
    private static Limit quiet(Limit limit) {
        return limit == Limit.TOLERANCE ? Limit.NONE : limit;
    }

    /** The signals of a policy as far as they can be judged. */
    private record Signals(Recommendation greatest, List<String> gaps, boolean missing) {

        static Signals judge(Policy policy, Outlook outlook, int current, int ready) {
            Recommendation greatest = null;
            List<String> gaps = new ArrayList<>();
            boolean missing = false;
            for (Policy.Signal signal : policy.signals()) {
                Forecast forecast = find(outlook, signal.name());
                if (forecast == null || !Double.isFinite(forecast.observed().value())) {
                    gaps.add("no " + signal.name() + " observed");
                    missing = true;
                    continue;
                }
                String gap = gap(forecast.observed(), ready);
                if (gap != null) {
                    gaps.add(gap);
                }
                Recommendation asked = Recommendation.of(policy, signal, forecast, current, ready);
                if (greatest == null || asked.replicas() > greatest.replicas()) {
                    greatest = asked;
                }
            }
            return new Signals(greatest, gaps, missing);
        }

        private static Forecast find(Outlook outlook, String signal) {
            for (Forecast forecast : outlook.forecasts()) {
                if (forecast.signal().equals(signal)) {
                    return forecast;
                }
            }
            return null;
        }

        private static String gap(Observation observed, int ready) {
            if (observed.pods() > 0 && observed.pods() < ready) {
                return (ready - observed.pods()) + " of " + ready + " pods were not scraped";
            }
            if (observed.isPartial()) {
                return (observed.expected() - observed.reported())
                        + " of "
                        + observed.expected()
                        + " series of "
                        + observed.signal()
                        + " were silent";
            }
            return null;
        }
    }

    /** A decision while the rules are applied to it. */
    private static final class Draft {
        private final Policy policy;
        private final TargetState target;
        private final Outlook outlook;
        private final long now;
        private final int current;
        private final int ready;
        private final Reason reason = new Reason();
        private Recommendation asked;
        private int recommended;
        private int desired;
        private Limit limit = Limit.NONE;

        Draft(Policy policy, TargetState target, Outlook outlook, long now) {
            this.policy = policy;
            this.target = target;
            this.outlook = outlook;
            this.now = now;
            current = target == null ? 0 : target.replicas();
            ready = target == null ? 0 : target.ready();
            recommended = current;
            desired = current;
        }

        Decision holding(Limit why, String words) {
            limit = why;
            reason.add(words);
            return decision();
        }

        Decision clamped(int replicas, Limit why, String words) {
            recommended = replicas;
            desired = replicas;
            return holding(why, words);
        }

        void asksFor(Recommendation greatest) {
            asked = greatest;
            desired = Math.max(0, greatest.replicas());
            recommended = Math.max(policy.minReplicas(), Math.min(policy.maxReplicas(), desired));
            limit = greatest.tolerated() ? Limit.TOLERANCE : Limit.NONE;
            reason.add(Reason.of(greatest));
            if (greatest.damped() != null) {
                reason.add(Reason.of(greatest.damped()));
            }
            if (greatest.tolerated()) {
                reason.add(
                        greatest.damped() == null
                                ? "within the tolerance"
                                : "a change is too small or not sure");
            }
        }

        Decision untouched(Limit why, String words) {
            desired = current;
            return holding(why, words);
        }

        void stabilized(int replicas, StabilizationWindow window) {
            if (replicas == desired) {
                return;
            }
            boolean down = desired < current;
            reason.add(
                    (down ? "the highest" : "the lowest")
                            + " recommendation of the last "
                            + Reason.span(down ? window.down() : window.up())
                            + " counts: "
                            + replicas
                            + " and not "
                            + desired);
            desired = replicas;
            limit = Limit.STABILIZATION;
        }

        void noMoreThan(int most) {
            int max = policy.maxReplicas();
            if (desired > current && desired > Math.min(most, max)) {
                if (most < max) {
                    limit = Limit.SCALE_UP_RATE;
                    reason.add("at most " + most + " for now by the rate of scaling up");
                } else {
                    limit = Limit.MAX_REPLICAS;
                    reason.add("asks for " + desired + ", maxReplicas is " + max);
                }
                desired = Math.min(most, max);
            }
        }

        void noLessThan(int least) {
            int min = policy.minReplicas();
            if (desired < current && desired < Math.max(least, min)) {
                if (least > min) {
                    limit = Limit.SCALE_DOWN_RATE;
                    reason.add("at least " + least + " for now by the rate of scaling down");
                } else {
                    limit = Limit.MIN_REPLICAS;
                    reason.add("asks for " + desired + ", minReplicas is " + min);
                }
                desired = Math.max(least, min);
            }
        }

        Decision decision() {
            boolean judged = asked != null;
            return new Decision(
                    outlook.service() + "@" + outlook.at(),
                    outlook.service(),
                    outlook.at(),
                    now,
                    current,
                    ready,
                    recommended,
                    desired,
                    judged ? asked.basis() : Basis.NONE,
                    limit,
                    judged ? asked.signal() : "",
                    judged ? asked.load() : Double.NaN,
                    judged ? asked.expected() : Double.NaN,
                    judged ? asked.quantile() : Double.NaN,
                    judged ? asked.horizon() : 0,
                    judged ? asked.perReplica() : Double.NaN,
                    target == null ? "" : target.resourceVersion(),
                    policy.mode() == Policy.Mode.SCALE && desired != current,
                    reason.text());
        }
    }
}
