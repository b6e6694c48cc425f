package dev.sphere.bridge;

import java.util.concurrent.CompletableFuture;

/** A way out: writes the samples that an input produced. */
interface Output extends AutoCloseable {

    /**
     * Takes the samples without blocking.
     *
     * @return completes when they are stored, exceptionally with {@link DroppedException} if they
     *     will not be
     */
    CompletableFuture<Void> write(ServiceSamples samples);

    boolean isReady();

    @Override
    void close();
}
