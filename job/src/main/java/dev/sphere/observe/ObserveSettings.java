package dev.sphere.observe;

import java.io.Serializable;

/**
 * What the observe stage may be told; all times in milliseconds.
 *
 * @param step length of a step
 * @param grace how long a step waits, in the time of the data, for series that are late; at least
 *     the interval between two scrapes, or else slowly scraped series are always late
 * @param maxFuture how far a scrape may be ahead of the wall clock
 * @param forgetSeriesAfter how long a silent series stays expected
 * @param forgetServiceAfter how long a silent service is remembered, and a signal without series
 * @param startUp how long after a (re)start silence does not count yet, because the source is still
 *     finding its place
 * @param maxSeries series remembered of one service
 * @param maxSignals signals remembered of one service
 * @param maxGapSteps longest gap that is filled with missing steps; longer ones are jumped over
 */
public record ObserveSettings(
        long step,
        long grace,
        long maxFuture,
        long forgetSeriesAfter,
        long forgetServiceAfter,
        long startUp,
        int maxSeries,
        int maxSignals,
        int maxGapSteps)
        implements Serializable {

    /** Open steps are kept in memory for each series. */
    private static final long MAX_OPEN_STEPS = 1_000;

    private static final long TEN_YEARS = 10L * 366 * 24 * 3600 * 1000;

    public ObserveSettings {
        require("step", step, 1, 24L * 3600 * 1000);
        require("grace", grace, 0, step * MAX_OPEN_STEPS);
        require("maxFuture", maxFuture, 0, TEN_YEARS);
        require("forgetSeriesAfter", forgetSeriesAfter, step + grace, TEN_YEARS);
        require("forgetServiceAfter", forgetServiceAfter, forgetSeriesAfter, TEN_YEARS);
        require("startUp", startUp, 0, forgetServiceAfter);
        require("maxSeries", maxSeries, 1, 1_000_000);
        require("maxSignals", maxSignals, 1, 10_000);
        require("maxGapSteps", maxGapSteps, 1, 1_000_000);
    }

    /** The defaults for a step of this length when series are scraped once a step. */
    public static ObserveSettings forStep(long step) {
        return new ObserveSettings(
                step,
                step * 3 / 2,
                step * 5,
                step * 30,
                Math.max(step * 300, 24L * 3600 * 1000),
                10_000,
                10_000,
                100,
                10_000);
    }

    /** How long nothing may come, in wall-clock time, before steps are closed without data. */
    long patience() {
        return step + grace;
    }

    private static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "observe." + name + ": " + value + ", expected " + least + " to " + most);
        }
    }
}
