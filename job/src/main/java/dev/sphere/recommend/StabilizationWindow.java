package dev.sphere.recommend;

/**
 * Looks back before replicas change: up follows the lowest recommendation of the window, down the
 * highest, as the HPA does.
 *
 * <ul>
 *   <li>A recommendation that a later one outdoes can never count again, so only the others are
 *       remembered: the lows rise and the highs fall towards the newest.
 *   <li>More than {@value #MOST} are thinned out by letting the oldest live a little longer, which
 *       holds rather than moves.
 * </ul>
 *
 * @param up how long a recommendation holds back scaling up, in milliseconds
 * @param down how long a recommendation holds back scaling down, in milliseconds
 */
public record StabilizationWindow(long up, long down) {
    static final int MOST = 128;

    /** Begins the memory with the current replicas, as the HPA's does at its first look. */
    void begin(RecommendState state, long at, int current) {
        if (state.begun) {
            return;
        }
        if (down > 0) {
            outdo(state.highs, at, current, false);
        }
        if (up > 0) {
            outdo(state.lows, at, current, true);
        }
        state.rememberedAt = at;
        state.begun = true;
    }

    /**
     * Remembers a recommendation. After a gap that was longer than the window (and than a step) the
     * highs begin with the current replicas again: what nobody saw does not scale down.
     *
     * @param step time between recommendations, in milliseconds
     */
    void add(RecommendState state, long at, long step, int recommended, int current) {
        begin(state, at, current);
        forget(state, at);
        boolean gap = at - state.rememberedAt > Math.max(down, 2 * step);
        if (down > 0 && gap) {
            outdo(state.highs, at, current, false);
        }
        state.rememberedAt = at;
        if (down > 0) {
            outdo(state.highs, at, recommended, false);
        }
        if (up > 0) {
            outdo(state.lows, at, recommended, true);
        }
    }

    /** Current replicas, moved only as far as every recommendation in the window agrees. */
    int stabilize(RecommendState state, int recommended, int current) {
        int lowest = recommended;
        for (int low : state.lows.values) {
            lowest = Math.min(lowest, low);
        }
        int highest = recommended;
        for (int high : state.highs.values) {
            highest = Math.max(highest, high);
        }
        return Math.min(Math.max(current, lowest), highest);
    }

    /** Forgets what has left the window. */
    void forget(RecommendState state, long at) {
        state.lows.keep(at - up, at);
        state.highs.keep(at - down, at);
    }

    private static void outdo(Timeline timeline, long at, int replicas, boolean lows) {
        for (int i = timeline.size() - 1; i >= 0; i--) {
            boolean outdone =
                    lows ? timeline.values[i] >= replicas : timeline.values[i] <= replicas;
            if (outdone) {
                timeline.remove(i);
            }
        }
        timeline.add(at, replicas);
        if (timeline.size() > MOST) {
            timeline.times[0] = timeline.times[1];
            timeline.remove(1);
        }
    }
}
