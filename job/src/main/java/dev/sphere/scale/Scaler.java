package dev.sphere.scale;

import dev.sphere.recommend.Decision;

/** Carries out decisions: the only thing that changes replicas. */
public interface Scaler extends AutoCloseable {

    /** Tries once, blocking; what comes of it is the outcome, not an exception. */
    ScaleResult scale(Decision decision);

    @Override
    default void close() {}
}
