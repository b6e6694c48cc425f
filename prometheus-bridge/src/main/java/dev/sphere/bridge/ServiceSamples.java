package dev.sphere.bridge;

import java.util.List;
import java.util.Map;

/**
 * Samples of one service at one time: what every input produces and every output writes.
 *
 * @param service namespace/name of the scale target
 * @param at when the samples were taken, in epoch milliseconds
 */
public record ServiceSamples(String service, long at, List<Sample> samples) {

    public ServiceSamples {
        samples = List.copyOf(samples);
    }

    /**
     * One sample of one series.
     *
     * @param value the value; meaningless when stale
     * @param stale whether the series has ended, so that nothing more is expected of it
     * @param created when the counter started from zero, in epoch milliseconds; 0 if unknown
     */
    public record Sample(Series series, double value, boolean stale, long created) {

        static Sample staleOf(Series series) {
            return new Sample(series, Double.NaN, true, 0);
        }
    }

    /**
     * What identifies a series within its service.
     *
     * @param labels by name, in the order in which they are written
     */
    public record Series(
            String signal, Kind kind, Aggregation aggregation, Map<String, String> labels) {}

    /** What a sample's value means. */
    public enum Kind {
        COUNTER,
        GAUGE
    }

    /** How the series of one service and signal become one number. */
    public enum Aggregation {
        SUM,
        MEAN,
        MAX
    }
}
