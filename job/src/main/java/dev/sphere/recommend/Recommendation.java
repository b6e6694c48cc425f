package dev.sphere.recommend;

import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Forecast.Health;
import dev.sphere.forecast.Quantiles;
import dev.sphere.observe.Observation;
import dev.sphere.policy.Policy;

/**
 * Replicas that one signal asks for, before all limits.
 *
 * @param replicas that the load asks for; the current ones within the tolerance
 * @param tolerated whether the current replicas stay: the load is within the tolerance, or the pods
 *     that are not ready or not measured could turn the direction
 * @param damped the pods, if those that are not ready or not measured were reckoned with; else null
 * @param load present load
 * @param expected load that is prepared for
 * @param quantile of the forecast that was used; NaN without
 * @param horizon how far it looks ahead, in milliseconds; 0 without forecast
 * @param perReplica load per replica that was divided by
 */
record Recommendation(
        String signal,
        int replicas,
        Decision.Basis basis,
        boolean tolerated,
        PodsSeen damped,
        double load,
        double expected,
        double quantile,
        long horizon,
        double perReplica) {

    /** Shares of a replica below this are rounding errors of sums, not load. */
    private static final double NOTHING = 1e-9;

    /**
     * What one signal asks for.
     *
     * <ul>
     *   <li>With a skilled forecast: its quantile, and the present load, stay under the limit.
     *   <li>Without: what the HPA asks for at the target, of a signal that is measured on pods as
     *       of a metric of type Pods, of others as of one of type External.
     * </ul>
     *
     * @param current replicas of the target; 0 if unknown
     * @param ready replicas of the target that are ready
     */
    static Recommendation of(
            Policy policy, Policy.Signal signal, Forecast forecast, int current, int ready) {
        double load = forecast.observed().value();
        if (policy.forecast() && forecast.health() == Health.SKILLED) {
            double peak = Quantiles.at(forecast.peak().quantiles(), policy.quantile());
            if (Double.isFinite(peak)) {
                return ahead(policy, signal, load, peak, forecast.peak().horizon());
            }
        }
        return reactive(policy.behavior(), signal, forecast.observed(), current, ready);
    }

    private static Recommendation ahead(
            Policy policy, Policy.Signal signal, double load, double peak, long horizon) {
        double expected = Math.max(peak, load);
        return new Recommendation(
                signal.name(),
                replicas(expected, signal.limit()),
                Decision.Basis.FORECAST,
                false,
                null,
                load,
                expected,
                policy.quantile(),
                horizon,
                signal.limit());
    }

    private static Recommendation reactive(
            Policy.Behavior behavior,
            Policy.Signal signal,
            Observation observed,
            int current,
            int ready) {
        ReplicaCalculator calculator = ReplicaCalculator.of(behavior);
        long load = ReplicaCalculator.thousandths(observed.value());
        long target = ReplicaCalculator.targetInThousandths(signal.target());
        PodsSeen pods = PodsSeen.of(observed, current, ready);
        ReplicaCalculator.Asked whole = calculator.averageOfWhole(current, load, target);
        ReplicaCalculator.Asked asked =
                current == 0
                        ? whole
                        : calculator.averageValue(current, load, target, pods).orElse(whole);
        return new Recommendation(
                signal.name(),
                asked.replicas(),
                Decision.Basis.REACTIVE,
                asked.held(),
                asked.damped() ? pods : null,
                observed.value(),
                observed.value(),
                Double.NaN,
                0,
                signal.target());
    }

    private static int replicas(double load, double perReplica) {
        return (int) Math.max(0, Math.ceil(load / perReplica - NOTHING));
    }
}
