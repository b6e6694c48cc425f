package dev.sphere.bridge;

import java.util.Map;

/**
 * One sample line of an exposition.
 *
 * @param labels sorted by name, without the metric's name and without empty values
 * @param timestamp in epoch milliseconds, {@link #NO_TIMESTAMP} if the line has none
 */
record ExposedSample(String name, Map<String, String> labels, double value, long timestamp) {
    static final long NO_TIMESTAMP = Long.MIN_VALUE;
}
