package dev.sphere.recommend;

import dev.sphere.cluster.TargetState;
import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Outlook;
import dev.sphere.forecast.Quantiles;
import dev.sphere.observe.Observation;
import dev.sphere.policy.Policy;
import java.util.Arrays;
import java.util.List;

/**
 * Policies, targets and outlooks of one service for tests: 50 requests/s at the target, 60 at most.
 */
final class Given {
    static final String SERVICE = "sock-shop/front-end";
    static final long STEP = 2_000;
    static final long START = 1_763_683_200_000L;

    private Given() {}

    static long at(long seconds) {
        return START + seconds * 1_000;
    }

    /** Min 1, max 20; no windows, no rates that matter. */
    static Policy policy() {
        return policy(unlimited());
    }

    static Policy policy(Policy.Behavior behavior, Policy.Signal... signals) {
        return new Policy(
                SERVICE,
                1,
                20,
                signals.length == 0
                        ? List.of(new Policy.Signal("requests", 50, 60))
                        : List.of(signals),
                true,
                0.9,
                Policy.Mode.SCALE,
                behavior);
    }

    static Policy inMode(Policy.Mode mode, Policy policy) {
        return new Policy(
                policy.service(),
                policy.minReplicas(),
                policy.maxReplicas(),
                policy.signals(),
                policy.forecast(),
                policy.quantile(),
                mode,
                policy.behavior());
    }

    static Policy.Behavior unlimited() {
        return new Policy.Behavior(
                new Policy.Direction(0, List.of(rate(Policy.Unit.PODS, 1_000, 1))),
                new Policy.Direction(0, List.of(rate(Policy.Unit.PODS, 1_000, 1))),
                0.1);
    }

    static Policy.Behavior windows(long upSeconds, long downSeconds) {
        return new Policy.Behavior(
                new Policy.Direction(upSeconds * 1_000, unlimited().scaleUp().policies()),
                new Policy.Direction(downSeconds * 1_000, unlimited().scaleDown().policies()),
                0.1);
    }

    static Policy.Behavior rates(List<Policy.Rate> up, List<Policy.Rate> down) {
        return new Policy.Behavior(new Policy.Direction(0, up), new Policy.Direction(0, down), 0.1);
    }

    static Policy.Rate rate(Policy.Unit unit, int value, long seconds) {
        return new Policy.Rate(unit, value, seconds * 1_000);
    }

    static TargetState target(int replicas) {
        return new TargetState(SERVICE, true, replicas, replicas, "rv-" + replicas);
    }

    static Outlook outlook(long at, Forecast... forecasts) {
        return new Outlook(SERVICE, at, STEP, 100, List.of(forecasts));
    }

    static Outlook requests(long at, double load) {
        return outlook(at, cold("requests", load));
    }

    static Forecast cold(String signal, double load) {
        return forecast(new Observation(signal, load, 4, 4, 0), Double.NaN, Forecast.Health.COLD);
    }

    static Forecast of(Observation observed) {
        return forecast(observed, Double.NaN, Forecast.Health.COLD);
    }

    static Forecast missing(String signal) {
        return of(Observation.missing(signal, 4));
    }

    static Forecast skilled(String signal, double load, double peak) {
        return forecast(new Observation(signal, load, 4, 4, 0), peak, Forecast.Health.SKILLED);
    }

    /** A forecast whose 0.9 quantile within 20 s is the peak. */
    static Forecast forecast(Observation observed, double peak, Forecast.Health health) {
        double[] quantiles = new double[Quantiles.LEVELS.length];
        Arrays.setAll(quantiles, i -> peak * (1 + (Quantiles.LEVELS[i] - 0.9) / 10));
        return new Forecast(
                observed,
                List.of(),
                new Forecast.Peak(20_000, peak, quantiles),
                new Forecast.Model("trend", List.of(), 0.3, 0.02, 0.1, 0.9, 0),
                new Forecast.Accuracy(Double.NaN, Double.NaN, Double.NaN, 0),
                health);
    }
}
