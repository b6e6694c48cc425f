package dev.sphere.cluster;

import dev.sphere.policy.Policy;

/**
 * What became known of a service: its policy, the state of its target, or, with neither, that it
 * has no policy any more.
 *
 * @param service namespace/name of the scale target
 * @param policy null if this is not about the policy
 * @param target null if this is not about the target
 */
public record ClusterEvent(String service, Policy policy, TargetState target) {

    public static ClusterEvent policy(Policy policy) {
        return new ClusterEvent(policy.service(), policy, null);
    }

    public static ClusterEvent target(TargetState target) {
        return new ClusterEvent(target.service(), null, target);
    }

    /** The service has no policy any more. */
    public static ClusterEvent withdrawn(String service) {
        return new ClusterEvent(service, null, null);
    }

    public boolean isWithdrawal() {
        return policy == null && target == null;
    }
}
