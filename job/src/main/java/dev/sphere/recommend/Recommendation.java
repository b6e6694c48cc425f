package dev.sphere.recommend;

import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Forecast.Health;
import dev.sphere.forecast.Quantiles;
import dev.sphere.policy.Policy;

/**
 * Replicas that one signal asks for, before all limits.
 *
 * @param replicas that the load asks for; the current ones within the tolerance
 * @param tolerated whether the load is within the tolerance around the current replicas
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
     *   <li>Without: the HPA's AverageValue rule at the target.
     * </ul>
     *
     * @param current replicas of the target; 0 if unknown
     */
    static Recommendation of(Policy policy, Policy.Signal signal, Forecast forecast, int current) {
        double load = forecast.observed().value();
        if (policy.forecast() && forecast.health() == Health.SKILLED) {
            double peak = Quantiles.at(forecast.peak().quantiles(), policy.quantile());
            if (Double.isFinite(peak)) {
                return ahead(policy, signal, load, peak, forecast.peak().horizon());
            }
        }
        return reactive(policy.behavior(), signal, load, current);
    }

    private static Recommendation ahead(
            Policy policy, Policy.Signal signal, double load, double peak, long horizon) {
        double expected = Math.max(peak, load);
        return new Recommendation(
                signal.name(),
                replicas(expected, signal.limit()),
                Decision.Basis.FORECAST,
                false,
                load,
                expected,
                policy.quantile(),
                horizon,
                signal.limit());
    }

    private static Recommendation reactive(
            Policy.Behavior behavior, Policy.Signal signal, double load, int current) {
        double ratio = load / (signal.target() * current);
        boolean tolerated =
                ratio >= 1 - behavior.downTolerance() - NOTHING
                        && ratio <= 1 + behavior.upTolerance() + NOTHING;
        return new Recommendation(
                signal.name(),
                tolerated ? current : replicas(load, signal.target()),
                Decision.Basis.REACTIVE,
                tolerated,
                load,
                load,
                Double.NaN,
                0,
                signal.target());
    }

    private static int replicas(double load, double perReplica) {
        return (int) Math.max(0, Math.ceil(load / perReplica - NOTHING));
    }
}
