package dev.sphere.sockshop;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The queue between shipping and queue-master, in RabbitMQ's place: bounded, shared by all their
 * pods, and a consumer that asked first is served first.
 */
public final class ShipmentQueue {

    private final int bound;
    private final ArrayDeque<Shipment> ready = new ArrayDeque<>();
    private final ArrayDeque<Consumer<Shipment>> asking = new ArrayDeque<>();
    private long enqueued;
    private long refused;

    public ShipmentQueue(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound: %d, expected > 0".formatted(bound));
        }
        this.bound = bound;
    }

    /** Shipments that wait to be taken. */
    public synchronized int ready() {
        return ready.size();
    }

    /** Shipments that were queued since the start. */
    public synchronized long enqueued() {
        return enqueued;
    }

    /** Shipments that were refused since the start because the queue was full. */
    public synchronized long refused() {
        return refused;
    }

    /** Queues a shipment, or says no when the queue is full. */
    boolean offer(long now) {
        Shipment shipment;
        Consumer<Shipment> taker;
        synchronized (this) {
            taker = asking.poll();
            if (taker == null && ready.size() >= bound) {
                refused++;
                return false;
            }
            shipment = new Shipment(enqueued++, now);
            if (taker == null) {
                ready.add(shipment);
            }
        }
        if (taker != null) {
            taker.accept(shipment);
        }
        return true;
    }

    /** Gives a shipment back that was taken and not processed; it is the next to be taken. */
    void putBack(Shipment shipment) {
        Objects.requireNonNull(shipment);
        Consumer<Shipment> taker;
        synchronized (this) {
            taker = asking.poll();
            if (taker == null) {
                ready.addFirst(shipment);
            }
        }
        if (taker != null) {
            taker.accept(shipment);
        }
    }

    /**
     * The oldest shipment, or null; then the taker is given the next one that comes, on the thread
     * on which it comes.
     */
    synchronized Shipment take(Consumer<Shipment> taker) {
        Shipment shipment = ready.poll();
        if (shipment == null) {
            asking.add(taker);
        }
        return shipment;
    }

    /** Forgets what this taker has asked for. */
    synchronized void forget(Consumer<Shipment> taker) {
        asking.removeIf(asked -> asked == taker);
    }
}
