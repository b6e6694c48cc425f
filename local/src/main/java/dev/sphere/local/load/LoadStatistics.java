package dev.sphere.local.load;

import java.util.Map;

/**
 * What became of the requests.
 *
 * @param sent requests that were due, whether or not they could be sent
 * @param ok answered with a status below 400
 * @param failures the others, by cause
 * @param inFlight of those sent, not answered yet
 * @param latency of answered requests, from the time they were due
 * @param lag how much later than due the driver itself sent
 */
public record LoadStatistics(
        long sent,
        long ok,
        Map<Failure, Long> failures,
        int inFlight,
        Distribution latency,
        Distribution lag) {

    /** Why a request failed. */
    public enum Failure {
        /** no replica was ready */
        NO_ENDPOINT,
        /** too many requests were in flight already */
        OVERFLOW,
        /** nobody listens there */
        REFUSED,
        /** the connection broke */
        CONNECTION,
        /** no answer in time */
        TIMEOUT,
        /** answered with a status of 400 or above */
        STATUS,
        /** anything else; logged */
        UNEXPECTED
    }

    /** Times in milliseconds; zeros when nothing was measured. */
    public record Distribution(
            double mean, double p50, double p95, double p99, double max, long count) {}

    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }
}
