package dev.sphere.recommend;

import java.util.OptionalLong;

/**
 * Tells how a pod counts, as the HPA does: what a starting pod burns is no load.
 *
 * @param cpuInitializationPeriod for which a pod's CPU counts only when it is ready and was
 *     measured since, in milliseconds
 * @param initialReadinessDelay within which a pod that turned unready was never ready, in
 *     milliseconds
 */
record PodReadiness(long cpuInitializationPeriod, long initialReadinessDelay) {

    /** With the periods that a kube-controller-manager has unless told otherwise. */
    static final PodReadiness DEFAULT = new PodReadiness(300_000, 30_000);

    /**
     * A pod as Kubernetes tells of it, with the time of its metric.
     *
     * @param started when it was started, in epoch milliseconds; empty before
     * @param turned when its condition Ready last changed, in epoch milliseconds
     * @param measured end of the window that was measured, in epoch milliseconds; empty without
     * @param window that was measured, in milliseconds
     */
    record Pod(
            boolean deleted,
            Phase phase,
            Condition ready,
            OptionalLong started,
            long turned,
            OptionalLong measured,
            long window) {}

    /** The {@code status.phase} of a pod. */
    enum Phase {
        PENDING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        UNKNOWN
    }

    /** The status of a pod's condition Ready. */
    enum Condition {
        TRUE,
        FALSE,
        UNKNOWN,
        /** the pod has no such condition */
        NONE
    }

    /**
     * @param cpu whether the metric is the CPU of a resource metric: others count from the start
     * @param now in epoch milliseconds
     */
    PodStanding of(Pod pod, boolean cpu, long now) {
        if (pod.deleted() || pod.phase() == Phase.FAILED) {
            return PodStanding.IGNORED;
        }
        if (pod.phase() == Phase.PENDING) {
            return PodStanding.NOT_READY;
        }
        if (pod.measured().isEmpty()) {
            return PodStanding.MISSING;
        }
        return cpu && isStarting(pod, now) ? PodStanding.NOT_READY : PodStanding.READY;
    }

    private boolean isStarting(Pod pod, long now) {
        if (pod.ready() == Condition.NONE || pod.started().isEmpty()) {
            return true;
        }
        boolean unready = pod.ready() == Condition.FALSE;
        long started = pod.started().getAsLong();
        if (started + cpuInitializationPeriod > now) {
            return unready || pod.measured().getAsLong() < pod.turned() + pod.window();
        }
        return unready && started + initialReadinessDelay > pod.turned();
    }
}
