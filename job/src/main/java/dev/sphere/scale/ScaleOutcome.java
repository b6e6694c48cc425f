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
    REJECTED;

    /**
     * The outcome of a request that was not answered with success.
     *
     * @param status of HTTP; 0 if there was no answer
     */
    public static ScaleOutcome ofStatus(int status) {
        return switch (status) {
            case 401, 403 -> FORBIDDEN;
            case 404 -> NO_SUCH_TARGET;
            case 408, 409, 429 -> POSTPONED;
            default -> status >= 400 && status < 500 ? REJECTED : POSTPONED;
        };
    }
}
