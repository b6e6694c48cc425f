package dev.sphere.forecast;

import java.util.List;

/**
 * One closed step of a service with what is expected to follow: all that a decision needs of the
 * load.
 *
 * @param service namespace/name of the scale target
 * @param at end of the step that was observed, in epoch milliseconds
 * @param step length of the step in milliseconds
 * @param records records of the topic {@code metrics} read for this service so far
 * @param forecasts one for each signal known of the service
 */
public record Outlook(String service, long at, long step, long records, List<Forecast> forecasts) {}
