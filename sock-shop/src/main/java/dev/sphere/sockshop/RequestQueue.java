package dev.sphere.sockshop;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The bounded queue before the workers of one replica, first come, first served. */
final class RequestQueue {

    private record Waiting(long since, Consumer<Admission> outcome) {}

    private final Workers workers;
    private final int bound;
    private final long waitTimeoutNanos;
    private final Timeline timeline;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    RequestQueue(Workers workers, int bound, long waitTimeoutNanos, Timeline timeline) {
        this.workers = workers;
        this.bound = bound;
        this.waitTimeoutNanos = waitTimeoutNanos;
        this.timeline = timeline;
    }

    /** Asks for a worker; the outcome comes when it has done its work, or will not. */
    void offer(Consumer<Admission> outcome) {
        if (workers.isIdle()) {
            serve(timeline.now(), outcome);
        } else if (waiting.size() >= bound) {
            outcome.accept(Admission.QUEUE_FULL);
        } else {
            waiting.add(new Waiting(timeline.now(), outcome));
        }
    }

    int length() {
        return waiting.size();
    }

    private void serve(long from, Consumer<Admission> outcome) {
        workers.work(
                from,
                done -> {
                    serveNext(done);
                    outcome.accept(Admission.SERVED);
                });
    }

    private void serveNext(long from) {
        // The oldest is at the head, and a worker is free every few milliseconds: looking at the
        // wait only then saves a timer per request.
        while (!waiting.isEmpty()) {
            Waiting next = waiting.poll();
            if (from - next.since > waitTimeoutNanos) {
                next.outcome.accept(Admission.WAITED_TOO_LONG);
            } else {
                serve(Math.max(from, next.since), next.outcome);
                return;
            }
        }
    }
}
