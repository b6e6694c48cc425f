package dev.sphere.local.report;

import java.time.ZonedDateTime;
import java.util.List;

/**
 * All that the status block shows, at one time.
 *
 * @param clock the time of the machine
 * @param elapsedSeconds since the start of the run
 * @param totalSeconds that the run is to take; 0 if it has no end
 * @param shape name of the load's shape
 * @param curve the load over the day of the run that is shown, evenly spaced
 * @param position where on the curve we are, from 0 to 1
 * @param dayFraction time of day of the shape, from 0 to 1
 * @param intendedPerSecond requests per second that the shape asks for
 * @param sentPerSecond requests per second that the driver sent lately
 * @param sent since the start
 * @param failed since the start
 * @param lagMeanMillis how much later than due the driver sent lately
 * @param services in the order in which they are shown
 */
public record StatusSnapshot(
        ZonedDateTime clock,
        long elapsedSeconds,
        long totalSeconds,
        String shape,
        double[] curve,
        double position,
        double dayFraction,
        double intendedPerSecond,
        double sentPerSecond,
        long sent,
        long failed,
        double lagMeanMillis,
        double lagMaxMillis,
        List<Service> services) {

    /**
     * One service; NaN where nothing is known.
     *
     * @param name for people
     * @param load observed, per second
     * @param expected 0.9 quantile of the greatest load within the horizon, per second
     * @param health of the forecast, such as {@code skilled}; empty if there is none
     * @param p95Millis of its recent requests
     * @param overSlo share of its recent requests that were slower than the SLO or failed
     */
    public record Service(
            String name,
            double load,
            double expected,
            String health,
            int ready,
            int desired,
            double p95Millis,
            double overSlo) {}
}
