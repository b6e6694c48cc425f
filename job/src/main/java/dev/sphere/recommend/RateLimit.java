package dev.sphere.recommend;

import dev.sphere.cluster.TargetState;
import dev.sphere.policy.Policy;

/**
 * How far replicas may go at once: pods or percent per period, counted from the changes that were
 * seen at the target, as the HPA does (percent up is rounded up, percent down truncated, both with
 * the HPA's own rounding errors: 10 % more than 100 are 111).
 */
public record RateLimit(Policy.Behavior behavior) {
    static final int MOST = 128;

    /** Remembers what changed at the target between two of its states. */
    void seen(RecommendState state, TargetState before, TargetState after, long now) {
        long longest = Math.max(longest(behavior.scaleUp()), longest(behavior.scaleDown()));
        state.added.keep(now - longest, Long.MAX_VALUE);
        state.removed.keep(now - longest, Long.MAX_VALUE);
        if (before == null || !before.exists() || !after.exists()) {
            return;
        }
        int change = after.replicas() - before.replicas();
        if (change > 0) {
            add(state.added, now, change);
        } else if (change < 0) {
            add(state.removed, now, -change);
        }
    }

    /** The most replicas that may be asked for now. */
    int most(RecommendState state, int current, long now) {
        Policy.Direction up = behavior.scaleUp();
        if (up.select() == Policy.Select.DISABLED) {
            return current;
        }
        boolean least = up.select() == Policy.Select.MIN;
        long most = least ? Integer.MAX_VALUE : Integer.MIN_VALUE;
        for (Policy.Rate rate : up.policies()) {
            int start = startOfPeriod(state, current, rate.period(), now);
            long allowed =
                    rate.unit() == Policy.Unit.PODS
                            ? (long) start + rate.value()
                            : (long) Math.ceil(start * (1 + rate.value() / 100.0));
            most = least ? Math.min(most, allowed) : Math.max(most, allowed);
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.max(current, most));
    }

    /** The least replicas that may be asked for now. */
    int least(RecommendState state, int current, long now) {
        Policy.Direction down = behavior.scaleDown();
        if (down.select() == Policy.Select.DISABLED) {
            return current;
        }
        boolean most = down.select() == Policy.Select.MIN;
        long least = most ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        for (Policy.Rate rate : down.policies()) {
            int start = startOfPeriod(state, current, rate.period(), now);
            long allowed =
                    rate.unit() == Policy.Unit.PODS
                            ? (long) start - rate.value()
                            : (long) (start * (1 - rate.value() / 100.0));
            least = most ? Math.max(least, allowed) : Math.min(least, allowed);
        }
        return (int) Math.max(0, Math.min(current, least));
    }

    private static int startOfPeriod(RecommendState state, int current, long period, long now) {
        return current - sum(state.added, now - period) + sum(state.removed, now - period);
    }

    private static int sum(Timeline changes, long after) {
        int sum = 0;
        for (int i = 0; i < changes.size(); i++) {
            if (changes.times[i] > after) {
                sum += changes.values[i];
            }
        }
        return sum;
    }

    private static void add(Timeline changes, long now, int replicas) {
        changes.add(now, replicas);
        if (changes.size() > MOST) {
            // the two oldest become one that counts as long as the younger: limits rather too much
            changes.values[1] += changes.values[0];
            changes.remove(0);
        }
    }

    private static long longest(Policy.Direction direction) {
        return direction.policies().stream().mapToLong(Policy.Rate::period).max().orElse(0);
    }
}
