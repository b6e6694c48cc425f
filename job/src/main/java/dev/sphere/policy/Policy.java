package dev.sphere.policy;

import java.io.Serializable;
import java.util.List;

/**
 * How one target is to be scaled; the fields mean what they mean in {@code autoscaling/v2}.
 *
 * @param service namespace/name of the scale target
 * @param signals what its load is measured in; the one that asks for the most replicas wins
 * @param quantile of the forecast that must fit under the limit, e.g. 0.9
 */
public record Policy(
        String service,
        int minReplicas,
        int maxReplicas,
        List<Signal> signals,
        boolean forecast,
        double quantile,
        Mode mode,
        Behavior behavior)
        implements Serializable {

    /**
     * @param target load per replica that the HPA would aim at
     * @param limit the most load that a replica may take
     */
    public record Signal(String name, double target, double limit) implements Serializable {}

    /** What becomes of a decision. */
    public enum Mode {
        /** it is written down */
        RECOMMEND,
        /** it is written down and carried out */
        SCALE
    }

    /**
     * Limits in time, as in the HPA's {@code behavior}.
     *
     * @param tolerance ratio around 1 within which nothing changes, where the direction has none
     */
    public record Behavior(Direction scaleUp, Direction scaleDown, double tolerance)
            implements Serializable {
        public double upTolerance() {
            return Double.isNaN(scaleUp.tolerance()) ? tolerance : scaleUp.tolerance();
        }

        public double downTolerance() {
            return Double.isNaN(scaleDown.tolerance()) ? tolerance : scaleDown.tolerance();
        }
    }

    /**
     * Limits in time of one direction.
     *
     * @param stabilizationWindow in milliseconds
     * @param policies how much may change in a period
     * @param select which of the policies counts
     * @param tolerance ratio around 1 within which nothing changes; NaN: that of the behavior
     */
    public record Direction(
            long stabilizationWindow, List<Rate> policies, Select select, double tolerance)
            implements Serializable {
        public Direction(long stabilizationWindow, List<Rate> policies) {
            this(stabilizationWindow, policies, Select.MAX, Double.NaN);
        }
    }

    /** Which of several rates counts. */
    public enum Select {
        /** the one that allows the greatest change */
        MAX,
        /** the one that allows the least change */
        MIN,
        /** none: this direction is not scaled in */
        DISABLED
    }

    /**
     * @param value pods, or percent of the replicas at the start of the period
     * @param period in milliseconds
     */
    public record Rate(Unit unit, int value, long period) implements Serializable {}

    /** What a rate counts in. */
    public enum Unit {
        PODS,
        PERCENT
    }

    /** The same policy, following the present load only, as the HPA does. */
    public Policy reactive() {
        return new Policy(
                service, minReplicas, maxReplicas, signals, false, quantile, mode, behavior);
    }
}
