package dev.sphere.observe;

/** What is out of the ordinary in the samples of a service, and only counted. */
public enum Irregularity {
    /** a sample of which a part or all was lost, as it belongs to a step that is closed already */
    LATE("late"),
    /** a sample that came late for a step and has amended it */
    AMENDED("amended"),
    /** a second sample of a series for the same time */
    DUPLICATE("duplicates"),
    /** a sample that is older than the newest of its series */
    OUT_OF_ORDER("outOfOrder"),
    /** a counter that began again */
    RESET("resets"),
    /** a scrape too far ahead of the wall clock */
    FUTURE("futures"),
    /** a sample of a series or signal that is one too many to be remembered */
    DROPPED_SERIES("droppedSeries"),
    /** a step in which no series reported */
    MISSING_STEP("missingSteps"),
    /** a step in which a part of the series reported */
    PARTIAL_STEP("partialSteps"),
    /** a step in a gap that was too long to be filled */
    SKIPPED_STEP("skippedSteps");

    private final String metric;

    Irregularity(String metric) {
        this.metric = metric;
    }

    /** Name of the counter that counts it. */
    public String metric() {
        return metric;
    }
}
