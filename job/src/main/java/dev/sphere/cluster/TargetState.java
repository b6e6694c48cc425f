package dev.sphere.cluster;

/**
 * What Kubernetes says of a scale target.
 *
 * @param service namespace/name of the target
 * @param exists false once the target is deleted
 * @param replicas {@code spec.replicas}
 * @param ready {@code status.readyReplicas}
 * @param resourceVersion of the object that this was read from
 */
public record TargetState(
        String service, boolean exists, int replicas, int ready, String resourceVersion) {}
