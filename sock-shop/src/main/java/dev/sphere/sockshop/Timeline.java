package dev.sphere.sockshop;

/** Time and order as a replica knows them: an event loop in the shop, a simulation in its tests. */
interface Timeline {

    /** The present, in nanoseconds. */
    long now();

    /** Runs the action at this time, or as soon as possible when it has passed; never at once. */
    void at(long nanos, Runnable action);

    /** Runs the action in turn with everything else of this timeline; called from any thread. */
    void run(Runnable action);
}
