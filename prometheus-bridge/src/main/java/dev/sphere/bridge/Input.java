package dev.sphere.bridge;

/**
 * A way in: turns what Prometheus knows into {@link ServiceSamples} and hands them to an output.
 */
interface Input extends AutoCloseable {

    void start();

    /** Whether everything that the input needs has answered at least once. */
    boolean isReady();

    /** Whether the input still does its work. */
    boolean isAlive();

    @Override
    void close();
}
