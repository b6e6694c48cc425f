package dev.sphere.local.bench.scale;

/**
 * How much later than due records left the forecast operator, in milliseconds.
 *
 * @param records measured
 */
public record Delays(long records, double median, double p99, double p999, double longest) {}
