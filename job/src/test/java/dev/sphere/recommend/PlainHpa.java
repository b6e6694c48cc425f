package dev.sphere.recommend;

import dev.sphere.policy.Policy;
import java.util.ArrayList;
import java.util.List;

/**
 * The HPA's algorithm as the documentation of Kubernetes tells it, pod by pod and with the whole
 * history: slow, plain, and without a line of what it is compared with.
 */
final class PlainHpa {
    private final List<long[]> recommendations = new ArrayList<>();
    private final List<long[]> changes = new ArrayList<>();

    /**
     * @param standing r ready, u not ready, m missing, i ignored
     */
    record Pod(char standing, long value, long request) {}

    /**
     * @param percent whether the target is a utilization
     * @return null if it cannot be told
     */
    static Integer replicas(
            int current, double up, double down, long target, boolean percent, List<Pod> pods) {
        List<Pod> counted = new ArrayList<>();
        for (Pod pod : pods) {
            if (pod.standing == 'r') {
                counted.add(pod);
            }
        }
        int ready = counted.size();
        if (ready == 0) {
            return null;
        }
        double first = ratio(counted, target, percent);
        boolean others = false;
        for (Pod pod : pods) {
            if (pod.standing == 'm') {
                others = true;
                if (first < 1) {
                    long full =
                            percent ? pod.request * (target > 100 ? target : 100) / 100 : target;
                    counted.add(new Pod('r', full, pod.request));
                } else if (first > 1) {
                    counted.add(new Pod('r', 0, pod.request));
                }
            }
            if (pod.standing == 'u' && first > 1) {
                others = true;
                counted.add(new Pod('r', 0, pod.request));
            }
        }
        double ratio = ratio(counted, target, percent);
        if (ratio >= 1 - down && ratio <= 1 + up) {
            return current;
        }
        int replicas = (int) Math.ceil(ratio * counted.size());
        if (!others) {
            return replicas;
        }
        if (first > 1) {
            return ratio < 1 || replicas < current ? current : replicas;
        }
        return ratio > 1 || (ratio < 1 && replicas > current) ? current : replicas;
    }

    private static double ratio(List<Pod> pods, long target, boolean percent) {
        long values = 0;
        long requests = 0;
        for (Pod pod : pods) {
            values += pod.value;
            requests += pod.request;
        }
        long average = percent ? values * 100 / requests : values / pods.size();
        return (double) average / (double) target;
    }

    /** What a load of the whole asks for, per replica. */
    static int ofWhole(int current, double up, double down, long target, long load) {
        double ratio = (double) load / ((double) target * current);
        return ratio >= 1 - down && ratio <= 1 + up
                ? current
                : (int) Math.ceil((double) load / (double) target);
    }

    void changed(long now, int before, int after) {
        changes.add(new long[] {now, after - before});
    }

    /**
     * @param asked replicas by metric; null for one that is not known
     * @param careful whether a metric is partial, so that SPHERE does not scale down
     */
    int desired(Policy policy, long now, int current, List<Integer> asked, boolean careful) {
        if (recommendations.isEmpty()) {
            recommendations.add(new long[] {now, current});
        }
        if (current == 0) {
            return 0;
        }
        if (current > policy.maxReplicas()) {
            return policy.maxReplicas();
        }
        if (current < policy.minReplicas()) {
            return policy.minReplicas();
        }
        long most = -1;
        boolean unsure = careful;
        for (Integer replicas : asked) {
            if (replicas == null) {
                unsure = true;
            } else {
                most = Math.max(most, replicas);
            }
        }
        if (most < 0 || (unsure && most < current)) {
            return current;
        }
        Policy.Direction up = policy.behavior().scaleUp();
        Policy.Direction down = policy.behavior().scaleDown();
        long low = most;
        long high = most;
        for (long[] past : recommendations) {
            if (now - past[0] < up.stabilizationWindow()) {
                low = Math.min(low, past[1]);
            }
            if (now - past[0] < down.stabilizationWindow()) {
                high = Math.max(high, past[1]);
            }
        }
        recommendations.add(new long[] {now, most});
        if (low > current) {
            long bound =
                    Math.min(policy.maxReplicas(), Math.max(current, bound(up, 1, now, current)));
            return (int) Math.min(low, bound);
        }
        if (high < current) {
            long bound =
                    Math.max(
                            policy.minReplicas(), Math.min(current, bound(down, -1, now, current)));
            return (int) Math.max(high, bound);
        }
        return current;
    }

    private long bound(Policy.Direction direction, int sign, long now, int current) {
        if (direction.select() == Policy.Select.DISABLED) {
            return current;
        }
        List<Long> bounds = new ArrayList<>();
        for (Policy.Rate rate : direction.policies()) {
            long start = current;
            for (long[] change : changes) {
                if (now - change[0] < rate.period()) {
                    start -= change[1];
                }
            }
            if (rate.unit() == Policy.Unit.PODS) {
                bounds.add(start + sign * rate.value());
            } else {
                double factor = 1 + sign * (rate.value() / 100.0);
                double exact = start * factor;
                bounds.add((long) (sign > 0 ? Math.ceil(exact) : exact));
            }
        }
        bounds.sort(null);
        boolean last = (direction.select() == Policy.Select.MAX) == (sign > 0);
        return bounds.get(last ? bounds.size() - 1 : 0);
    }
}
