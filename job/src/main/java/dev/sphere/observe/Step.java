package dev.sphere.observe;

import java.util.List;

/**
 * One closed step of a service: an observation per signal.
 *
 * @param service namespace/name of the scale target
 * @param end end of the step (exclusive), in epoch milliseconds; a multiple of the length
 * @param length length of the step in milliseconds
 * @param records records of the topic {@code metrics} read for this service so far
 * @param observations one for each signal known of the service
 * @param amendments what late data have changed in steps before this one, in order of time
 */
public record Step(
        String service,
        long end,
        long length,
        long records,
        List<Observation> observations,
        List<Amendment> amendments) {}
