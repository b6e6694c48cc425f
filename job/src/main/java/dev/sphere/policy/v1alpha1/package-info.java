/**
 * The custom resource {@code PredictiveAutoscaler} as it is written down. The definition of it that
 * Kubernetes gets is generated from these classes; what they mean says {@link
 * dev.sphere.policy.Policy}.
 */
package dev.sphere.policy.v1alpha1;
