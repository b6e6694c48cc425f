package dev.sphere.sockshop;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes as fast as its actions run: a discrete-event simulation. */
final class SimulatedTimeline implements Timeline {

    private record Event(long at, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long scheduled;

    @Override
    public long now() {
        return now;
    }

    @Override
    public void at(long nanos, Runnable action) {
        events.add(new Event(Math.max(now, nanos), scheduled++, action));
    }

    @Override
    public void run(Runnable action) {
        at(now, action);
    }

    /** Lets time pass up to then. */
    void runUntil(long nanos) {
        while (!events.isEmpty() && events.peek().at <= nanos) {
            Event next = events.poll();
            now = next.at;
            next.action.run();
        }
        now = nanos;
    }

    /** Lets time pass until nothing is left to do. */
    void runOut() {
        while (!events.isEmpty()) {
            runUntil(events.peek().at);
        }
    }
}
