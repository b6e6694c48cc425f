package dev.sphere.recommend;

import dev.sphere.observe.Observation;

/**
 * The pods of a target as the HPA counts them for one metric; those that are going or have failed
 * are in none of the groups.
 *
 * @param ready pods whose values count
 * @param notReady pods that are starting: their values do not count, and scaling up takes them as
 *     idle
 * @param missing pods without a value: scaling up takes them as idle, scaling down as on target
 */
record PodsSeen(int ready, int notReady, int missing) {

    /**
     * What is known without looking at the pods themselves.
     *
     * <ul>
     *   <li>Those that reported count, ready or not, as they carried that load.
     *   <li>Ready ones beyond them are missing, and whatever else the target should have is not
     *       ready.
     * </ul>
     *
     * @param replicas of the target
     * @param ready replicas of the target that are ready
     */
    static PodsSeen of(Observation observed, int replicas, int ready) {
        int measured = observed.pods();
        return new PodsSeen(
                measured,
                Math.max(0, replicas - Math.max(ready, measured)),
                Math.max(0, ready - measured));
    }

    boolean isEmpty() {
        return ready + notReady + missing == 0;
    }
}
