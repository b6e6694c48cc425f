package dev.sphere.sockshop;

import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;

/** The workers of one replica, each held for a service time drawn anew. */
final class Workers {

    private final int size;
    private final ServiceTime serviceTime;
    private final Timeline timeline;
    private final RandomGenerator random;
    private int busy;
    private double busySeconds;
    private long countedUntil;

    Workers(int size, ServiceTime serviceTime, Timeline timeline, RandomGenerator random) {
        this.size = size;
        this.serviceTime = serviceTime;
        this.timeline = timeline;
        this.random = random;
        this.countedUntil = timeline.now();
    }

    boolean isIdle() {
        return busy < size;
    }

    int size() {
        return size;
    }

    int busy() {
        return busy;
    }

    /**
     * Holds a worker from then on, and says when it was done. That is the time it was due and not
     * the time the timer fired, and the next work may begin then: a busy machine makes answers late
     * but takes no capacity from the replica.
     */
    void work(long from, LongConsumer done) {
        if (!isIdle()) {
            throw new IllegalStateException("all %d workers are busy".formatted(size));
        }
        count();
        busy++;
        long due = from + serviceTime.draw(random);
        timeline.at(
                due,
                () -> {
                    count();
                    busy--;
                    done.accept(due);
                });
    }

    /** Seconds that workers have been busy, added up over them. */
    double busySeconds() {
        count();
        return busySeconds;
    }

    private void count() {
        long now = timeline.now();
        busySeconds += busy * (now - countedUntil) / 1e9;
        countedUntil = now;
    }
}
