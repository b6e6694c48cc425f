package dev.sphere.sockshop;

/** A shipment on its way from shipping to queue-master, with the time it was queued. */
record Shipment(long id, long enqueuedNanos) {}
