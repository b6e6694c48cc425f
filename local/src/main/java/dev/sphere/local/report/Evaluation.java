package dev.sphere.local.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares, all through a run, the replicas that there are with those that the load needs.
 *
 * <p>What a sample says holds until the next one. As the load is known beforehand, whether a
 * scale-up came in time is decided at the end:
 *
 * <ul>
 *   <li>A scale-up from a to b at a time t is judged at the first time from t on at which more than
 *       a replicas are needed. It was <em>ahead</em> if that is later than t, and as many as are
 *       needed are ready then.
 *   <li>It was <em>unneeded</em> if until the service is next scaled down (or the run and a while
 *       after it have ended) never more than a are needed.
 *   <li>It is <em>undecided</em> if the need comes after the end of the run, when nobody sees any
 *       more whether the replicas became ready.
 * </ul>
 */
public final class Evaluation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Evaluation.class);

    private final Demand demand;
    private final Supplier<Map<String, Replicas>> view;
    private final long tickMillis;
    private final long afterMillis;
    private final Map<String, Course> courses = new TreeMap<>();
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        var thread = new Thread(task, "evaluation");
                        thread.setDaemon(true);
                        return thread;
                    });
    private long lastAt = Long.MIN_VALUE;
    private long failedSamples;

    /**
     * What became of one service.
     *
     * @param seconds that were observed
     * @param underProvisionedPodSeconds sum over time of the replicas needed but not ready
     * @param overProvisionedPodSeconds sum over time of the replicas ready but not needed
     * @param replicaSeconds sum over time of the desired replicas
     * @param neededReplicaSeconds sum over time of the needed replicas: the least that could do
     * @param underProvisionedShare share of the time with fewer replicas ready than needed
     * @param scaleDowns how often fewer replicas were desired than before
     */
    public record Result(
            double seconds,
            double underProvisionedPodSeconds,
            double overProvisionedPodSeconds,
            double replicaSeconds,
            double neededReplicaSeconds,
            double underProvisionedShare,
            int scaleUps,
            int scaleUpsAhead,
            int scaleUpsUnneeded,
            int scaleUpsUndecided,
            int scaleDowns) {}

    private record Change(long at, Replicas replicas) {}

    /** What was seen of one service: the changes only, so that a long run stays small. */
    private static final class Course {
        final List<Change> changes = new ArrayList<>();
        double seconds;
        double under;
        double underTime;
        double over;
        double replicaSeconds;
        double needed;

        Replicas last() {
            return changes.isEmpty() ? null : changes.get(changes.size() - 1).replicas();
        }
    }

    /**
     * @param view the replicas of each service now; one that is missing is as it was before
     * @param tick how often to look
     * @param after how far beyond the end of the run to look for the load that a scale-up was for
     */
    public Evaluation(
            Demand demand, Supplier<Map<String, Replicas>> view, Duration tick, Duration after) {
        this.demand = demand;
        this.view = view;
        this.tickMillis = tick.toMillis();
        this.afterMillis = after.toMillis();
        if (tickMillis < 1) {
            throw new IllegalArgumentException("tick " + tick + ": expected at least 1 ms");
        }
        for (String service : demand.services()) {
            courses.put(service, new Course());
        }
    }

    /** Looks every tick from now on. */
    public void start() {
        scheduler.scheduleAtFixedRate(this::look, 0, tickMillis, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            sample(System.currentTimeMillis());
        } catch (RuntimeException e) {
            // The scheduler would silently stop at it; what held before holds on until the next.
            long failed;
            synchronized (this) {
                failed = ++failedSamples;
            }
            LOG.warn("The replicas could not be looked at, {} times so far", failed, e);
        }
    }

    /** Looks once, at a time not before the last. */
    public void sample(long at) {
        Map<String, Replicas> seen = view.get();
        synchronized (this) {
            if (at < lastAt) {
                return;
            }
            for (var entry : courses.entrySet()) {
                Course course = entry.getValue();
                Replicas before = course.last();
                if (before != null) {
                    hold(entry.getKey(), course, before, at);
                }
                Replicas now = seen.get(entry.getKey());
                if (now != null && !now.equals(before)) {
                    course.changes.add(new Change(at, now));
                }
            }
            lastAt = at;
        }
    }

    private void hold(String service, Course course, Replicas replicas, long until) {
        double seconds = (until - lastAt) / 1000.0;
        int needed = demand.needed(service, lastAt);
        course.seconds += seconds;
        course.needed += needed * seconds;
        course.replicaSeconds += replicas.desired() * seconds;
        course.over += Math.max(0, replicas.ready() - needed) * seconds;
        if (replicas.ready() < needed) {
            course.under += (needed - replicas.ready()) * seconds;
            course.underTime += seconds;
        }
    }

    /** How often the cluster could not be looked at. */
    public synchronized long failedSamples() {
        return failedSamples;
    }

    /** What became of each service up to the last sample. */
    public synchronized Map<String, Result> results() {
        Map<String, Result> results = new TreeMap<>();
        courses.forEach((service, course) -> results.put(service, result(service, course)));
        return results;
    }

    private Result result(String service, Course course) {
        int ups = 0;
        int ahead = 0;
        int unneeded = 0;
        int undecided = 0;
        int downs = 0;
        for (int i = 1; i < course.changes.size(); i++) {
            int from = course.changes.get(i - 1).replicas().desired();
            int to = course.changes.get(i).replicas().desired();
            if (to < from) {
                downs++;
            } else if (to > from) {
                ups++;
                switch (judge(service, course, i, from)) {
                    case AHEAD -> ahead++;
                    case UNNEEDED -> unneeded++;
                    case UNDECIDED -> undecided++;
                    case LATE -> {}
                }
            }
        }
        return new Result(
                course.seconds,
                course.under,
                course.over,
                course.replicaSeconds,
                course.needed,
                course.seconds > 0 ? course.underTime / course.seconds : 0,
                ups,
                ahead,
                unneeded,
                undecided,
                downs);
    }

    private enum Verdict {
        AHEAD,
        LATE,
        UNNEEDED,
        UNDECIDED
    }

    private Verdict judge(String service, Course course, int change, int from) {
        long at = course.changes.get(change).at();
        int down = nextScaleDown(course, change);
        long end = down < 0 ? lastAt + afterMillis : course.changes.get(down).at();
        for (long time = at; time < end; time += tickMillis) {
            int needed = demand.needed(service, time);
            if (needed <= from) {
                continue;
            }
            if (time == at) {
                return Verdict.LATE;
            }
            if (time > lastAt) {
                return Verdict.UNDECIDED;
            }
            return readyAt(course, change, time) >= needed ? Verdict.AHEAD : Verdict.LATE;
        }
        return Verdict.UNNEEDED;
    }

    private static int nextScaleDown(Course course, int after) {
        for (int i = after + 1; i < course.changes.size(); i++) {
            if (course.changes.get(i).replicas().desired()
                    < course.changes.get(i - 1).replicas().desired()) {
                return i;
            }
        }
        return -1;
    }

    private static int readyAt(Course course, int from, long time) {
        int ready = course.changes.get(from).replicas().ready();
        for (int i = from + 1; i < course.changes.size(); i++) {
            if (course.changes.get(i).at() > time) {
                break;
            }
            ready = course.changes.get(i).replicas().ready();
        }
        return ready;
    }

    /** Looks no more; what was seen remains. */
    @Override
    public void close() {
        scheduler.shutdownNow();
        try {
            scheduler.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
