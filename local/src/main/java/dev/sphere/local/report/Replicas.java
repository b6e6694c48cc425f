package dev.sphere.local.report;

/**
 * The replicas of a service as the cluster says.
 *
 * @param desired {@code spec.replicas}: what is paid for
 * @param ready {@code status.readyReplicas}: what serves
 */
public record Replicas(int desired, int ready) {}
