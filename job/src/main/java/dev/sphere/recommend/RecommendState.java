package dev.sphere.recommend;

/** What recommending remembers of one service between two steps; bounded, and stored as it is. */
public final class RecommendState {
    /** Recommendations that may hold back scaling up. */
    public Timeline lows = new Timeline();

    /** Recommendations that may hold back scaling down. */
    public Timeline highs = new Timeline();

    /** Whether a recommendation was ever remembered. */
    public boolean begun;

    /** Time of the data of the last one, in epoch milliseconds. */
    public long rememberedAt;

    /** Replicas that were added at the target, by whomever, and when that was seen. */
    public Timeline added = new Timeline();

    /** Replicas that were taken from the target, by whomever, and when that was seen. */
    public Timeline removed = new Timeline();

    /** Whether a decision was emitted; what follows is of the last one. */
    public boolean emitted;

    public Decision.Basis basis = Decision.Basis.NONE;
    public Decision.Limit limitedBy = Decision.Limit.NONE;
    public int recommended;
    public int desired;

    /** Replicas that the target was last asked to have, 0 if it was not asked. */
    public int asked;

    /** Time of the data when it was asked, in epoch milliseconds. */
    public long askedAt;

    public RecommendState() {}
}
