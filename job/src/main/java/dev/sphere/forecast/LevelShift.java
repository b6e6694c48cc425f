package dev.sphere.forecast;

/**
 * Tells that the load has gone to another level and stays there, as after a deployment or a launch:
 * a cumulative sum of what it is above, and one of what it is below, what the season and the slow
 * level make expected (Page, Biometrika 41, 1954). Durable state: add fields, never remove.
 */
public final class LevelShift {
    /** What does not count of a difference, in usual errors. */
    private static final double ALLOWED = 2;

    /** What counts at most of one, so that a spike is no shift. */
    private static final double MOST = 4;

    private static final double THRESHOLD = 10;

    /** A shift by so many usual errors is nothing that the past tells of. */
    private static final double LARGE = 15;

    public double above;
    public double below;

    /** The middle of the step that showed the last one, in epoch milliseconds; 0 for none. */
    public long at;

    /** The difference that showed it, in usual errors. */
    public double size;

    /**
     * Takes in a difference.
     *
     * @param difference from what was expected, over the usual size of errors
     * @return whether it shows that the level has shifted
     */
    boolean isShownBy(double difference, long at) {
        double counted = Math.max(-MOST, Math.min(MOST, difference));
        above = Math.max(0, above + counted - ALLOWED);
        below = Math.max(0, below - counted - ALLOWED);
        if (Math.max(above, below) < THRESHOLD) {
            return false;
        }
        above = 0;
        below = 0;
        this.at = at;
        size = difference;
        return true;
    }

    /** Whether a large shift was told less than some time ago. */
    boolean isLargeWithin(long time, long now) {
        return Math.abs(size) > LARGE && now - at < time;
    }
}
