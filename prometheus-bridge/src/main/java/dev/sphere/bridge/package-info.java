/** From Prometheus' samples to the records of the topic {@code metrics}; computes nothing. */
package dev.sphere.bridge;
