package dev.sphere.observe;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the observe stage may be told; all times in milliseconds.
 *
 * @param step length of a step
 * @param grace how long a step waits, in the time of the data, for series that are late; at least
 *     the interval between two scrapes, or else slowly scraped series are always late
 * @param amendFor how long after it a closed step can still be amended by late data; 0 for never,
 *     and no longer than a silent series stays expected
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
        long amendFor,
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

    /** Closed steps are kept in memory for each signal. */
    private static final long MAX_CLOSED_STEPS = 1_000;

    private static final long TEN_YEARS = 10L * 366 * 24 * 3600 * 1000;

    public ObserveSettings {
        List<String> errors = new ArrayList<>();
        checkTime(errors, "step", step, 1, "1ms", 24L * 3600 * 1000, "1d");
        checkTime(
                errors,
                "grace",
                grace,
                0,
                "0s",
                step * MAX_OPEN_STEPS,
                MAX_OPEN_STEPS + " times observe.step, which is " + inWords(step));
        checkTime(
                errors,
                "amend-for",
                amendFor,
                0,
                "0s",
                step * MAX_CLOSED_STEPS,
                MAX_CLOSED_STEPS + " times observe.step, which is " + inWords(step));
        checkTime(errors, "max-future", maxFuture, 0, "0s", TEN_YEARS, inWords(TEN_YEARS));
        checkTime(
                errors,
                "forget-series-after",
                forgetSeriesAfter,
                step + grace,
                "observe.step + observe.grace, which is " + inWords(step + grace) + ",",
                TEN_YEARS,
                inWords(TEN_YEARS));
        checkTime(
                errors,
                "forget-service-after",
                forgetServiceAfter,
                forgetSeriesAfter,
                "observe.forget-series-after, which is " + inWords(forgetSeriesAfter) + ",",
                TEN_YEARS,
                inWords(TEN_YEARS));
        checkTime(
                errors,
                "start-up",
                startUp,
                0,
                "0s",
                forgetServiceAfter,
                "observe.forget-service-after, which is " + inWords(forgetServiceAfter));
        check(errors, "max-series", maxSeries, 1_000_000);
        check(errors, "max-signals", maxSignals, 10_000);
        check(errors, "max-gap in steps", maxGapSteps, 1_000_000);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), errors));
        }
    }

    /** The defaults for a step of this length when series are scraped once a step. */
    public static ObserveSettings forStep(long step) {
        return new ObserveSettings(
                step,
                step * 3 / 2,
                step * 30,
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

    /** How many closed steps can be amended. */
    int amendableSteps() {
        return Math.toIntExact((Math.min(amendFor, forgetSeriesAfter) + step - 1) / step);
    }

    /** Milliseconds as a duration is written in the configuration. */
    public static String inWords(long millis) {
        if (millis != 0 && millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        } else if (millis != 0 && millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        } else if (millis != 0 && millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static void checkTime(
            List<String> errors,
            String name,
            long value,
            long least,
            String leastInWords,
            long most,
            String mostInWords) {
        if (value < least || value > most) {
            errors.add(
                    "observe.%s: %s, expected %s to %s"
                            .formatted(name, inWords(value), leastInWords, mostInWords));
        }
    }

    private static void check(List<String> errors, String name, long value, long most) {
        if (value < 1 || value > most) {
            errors.add("observe.%s: %d, expected 1 to %d".formatted(name, value, most));
        }
    }
}
