package dev.sphere.recommend;

import dev.sphere.policy.Policy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/**
 * Replicas that one metric asks for, to the bit as the HPA of Kubernetes 1.35 and 1.36 reckons
 * them.
 *
 * <ul>
 *   <li>Loads and targets are whole thousandths, ratios are doubles, and both are rounded where the
 *       HPA rounds them: an average is truncated, replicas are rounded up.
 *   <li>Where more than 2³¹ - 1 replicas come out, which the HPA leaves undefined for some metrics,
 *       it is that many here.
 * </ul>
 *
 * @param upTolerance ratio above 1 up to which nothing changes
 * @param downTolerance ratio below 1 down to which nothing changes
 */
record ReplicaCalculator(double upTolerance, double downTolerance) {

    /** Stands for the request of a pod that has none. */
    static final long NO_REQUEST = -1;

    /**
     * Replicas that a metric asks for.
     *
     * @param held whether the current replicas stay: the change would be too small, or the pods
     *     that are not ready or not measured could turn its direction
     * @param damped whether pods that are not ready or not measured were reckoned with
     */
    record Asked(int replicas, boolean held, boolean damped) {}

    /**
     * One pod's use of a resource.
     *
     * @param value in thousandths; meaningless if it is missing
     * @param request in thousandths, or {@link #NO_REQUEST}
     */
    record PodUse(PodStanding standing, long value, long request) {}

    static ReplicaCalculator of(Policy.Behavior behavior) {
        return new ReplicaCalculator(
                asQuantity(behavior.upTolerance()), asQuantity(behavior.downTolerance()));
    }

    /** A load in thousandths; the nearest, as a sum of doubles carries rounding errors. */
    static long thousandths(double load) {
        return Math.round(load * 1_000);
    }

    /** A target in thousandths, rounded up as a quantity is, and never 0. */
    static long targetInThousandths(double target) {
        BigDecimal exact = BigDecimal.valueOf(target).movePointRight(3);
        BigDecimal whole = exact.setScale(0, RoundingMode.CEILING);
        return whole.min(BigDecimal.valueOf(Long.MAX_VALUE)).max(BigDecimal.ONE).longValue();
    }

    /**
     * A load that was measured on pods, for a target per pod: a metric of type Pods, or of type
     * Resource with an averageValue.
     *
     * @param total of the pods that are ready
     * @return empty if no pod counts
     */
    Optional<Asked> averageValue(int current, long total, long target, PodsSeen pods) {
        if (pods.ready() == 0) {
            return Optional.empty();
        }
        double ratio = (double) (total / pods.ready()) / target;
        boolean withNotReady = pods.notReady() > 0 && ratio > 1;
        if (!withNotReady && pods.missing() == 0) {
            return Optional.of(asked(current, ratio, pods.ready()));
        }
        long sum = total;
        int count = pods.ready();
        if (ratio < 1) {
            sum += pods.missing() * target;
            count += pods.missing();
        } else if (ratio > 1) {
            count += pods.missing() + pods.notReady();
        }
        return Optional.of(damped(current, ratio, (double) (sum / count) / target, count));
    }

    /**
     * The use of a resource in percent of what the pods request: a metric of type Resource with an
     * averageUtilization.
     *
     * @param target in percent
     * @return empty if no pod counts, or one has no request
     */
    Optional<Asked> utilization(int current, int target, List<PodUse> pods) {
        if (pods.stream().anyMatch(pod -> pod.request() == NO_REQUEST)) {
            return Optional.empty();
        }
        Use use = new Use();
        pods.stream()
                .filter(pod -> pod.standing() == PodStanding.READY)
                .forEach(pod -> use.add(pod.value(), pod.request()));
        if (use.requests == 0) {
            return Optional.empty();
        }
        double ratio = use.ratio(target);
        boolean withNotReady = count(pods, PodStanding.NOT_READY) > 0 && ratio > 1;
        if (!withNotReady && count(pods, PodStanding.MISSING) == 0) {
            return Optional.of(asked(current, ratio, use.pods));
        }
        for (PodUse pod : pods) {
            if (pod.standing() == PodStanding.MISSING && ratio < 1) {
                // a target above 100 % is what such a pod may well use
                use.add(pod.request() * Math.max(100, target) / 100, pod.request());
            } else if (pod.standing() == PodStanding.MISSING && ratio > 1
                    || pod.standing() == PodStanding.NOT_READY && withNotReady) {
                use.add(0, pod.request());
            }
        }
        return Optional.of(damped(current, ratio, use.ratio(target), use.pods));
    }

    /**
     * A load of the whole target, for a target per pod: a metric of type External or Object with an
     * averageValue.
     *
     * @param created {@code status.replicas}; from 0 on, whatever the tolerance
     */
    Asked averageOfWhole(int created, long load, long target) {
        double ratio = load / ((double) target * created);
        if (isWithin(ratio)) {
            return new Asked(created, true, false);
        }
        return new Asked(up((double) load / target), false, false);
    }

    /**
     * A value that is to be kept at its target: a metric of type External or Object with a value.
     *
     * @param current from 0 on, whatever the pods and the tolerance
     * @return empty if there are no pods
     */
    Optional<Asked> value(int current, long value, long target, PodsSeen pods) {
        double ratio = (double) value / target;
        if (current == 0) {
            return Optional.of(new Asked(up(ratio), false, false));
        }
        if (isWithin(ratio)) {
            return Optional.of(new Asked(current, true, false));
        }
        return pods.isEmpty()
                ? Optional.empty()
                : Optional.of(new Asked(up(ratio * pods.ready()), false, false));
    }

    private Asked asked(int current, double ratio, int pods) {
        return isWithin(ratio)
                ? new Asked(current, true, false)
                : new Asked(up(ratio * pods), false, false);
    }

    /**
     * @param before ratio of the pods that count
     * @param after ratio with the others
     */
    private Asked damped(int current, double before, double after, int pods) {
        int replicas = up(after * pods);
        boolean turns = before < 1 && after > 1 || before > 1 && after < 1;
        boolean turnsReplicas = after < 1 && replicas > current || after > 1 && replicas < current;
        return isWithin(after) || turns || turnsReplicas
                ? new Asked(current, true, true)
                : new Asked(replicas, false, true);
    }

    private boolean isWithin(double ratio) {
        return 1.0 - downTolerance <= ratio && ratio <= 1.0 + upTolerance;
    }

    private static int up(double replicas) {
        return (int) Math.ceil(replicas);
    }

    private static int count(List<PodUse> pods, PodStanding standing) {
        return (int) pods.stream().filter(pod -> pod.standing() == standing).count();
    }

    /**
     * The double that Kubernetes makes of such a quantity: {@code 9m} is 9 × 0.001, which is not
     * quite 0.009.
     */
    private static double asQuantity(double number) {
        BigDecimal exact = BigDecimal.valueOf(number).stripTrailingZeros();
        int scale = (Math.max(0, exact.scale()) + 2) / 3 * 3;
        return exact.setScale(scale).unscaledValue().doubleValue()
                * Double.parseDouble("1e-" + scale);
    }

    /** What several pods use together. */
    private static final class Use {
        private long values;
        private long requests;
        private int pods;

        void add(long value, long request) {
            values += value;
            requests += request;
            pods++;
        }

        double ratio(int target) {
            return (double) (int) (values * 100 / requests) / target;
        }
    }
}
