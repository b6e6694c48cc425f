package dev.sphere.scale;

/** What became of a decision, and so what happens next. */
public enum ScaleOutcome {
    /** the target has the desired replicas now */
    APPLIED,
    /** it had them already */
    UNCHANGED,
    /**
     * the target is not what the decision saw, or the API is busy: the next decision tries again
     */
    POSTPONED,
    /** a newer decision for the same target took its place */
    SUPERSEDED,
    /** the decision rests on data that are too old to act on */
    STALE,
    NO_SUCH_TARGET,
    FORBIDDEN,
    REJECTED
}
