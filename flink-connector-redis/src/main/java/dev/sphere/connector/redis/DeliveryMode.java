package dev.sphere.connector.redis;

/** What the sink promises about an element, and what it does while Redis is away. */
public enum DeliveryMode {
    /**
     * A completed checkpoint means that Redis has acknowledged all before it. While Redis is away
     * the job waits, then restarts.
     */
    AT_LEAST_ONCE,
    /**
     * A view: Redis gets the newest commands of each key as soon as it can. While Redis is away the
     * job goes on; commands that a newer one has replaced are never sent.
     */
    NEWEST
}
