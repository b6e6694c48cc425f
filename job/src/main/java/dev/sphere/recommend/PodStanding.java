package dev.sphere.recommend;

/** How a pod counts when the HPA reckons with its metric. */
enum PodStanding {
    /** its value counts */
    READY,
    /** it is starting: its value does not count, and scaling up takes it as idle */
    NOT_READY,
    /** it has no value: scaling up takes it as idle, scaling down as on target */
    MISSING,
    /** it is going or has failed */
    IGNORED
}
