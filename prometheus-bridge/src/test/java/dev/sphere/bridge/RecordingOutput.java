package dev.sphere.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Remembers what is written, or refuses it. */
final class RecordingOutput implements Output {
    private final List<ServiceSamples> written = new ArrayList<>();
    private boolean refusing;

    @Override
    public synchronized CompletableFuture<Void> write(ServiceSamples samples) {
        if (refusing) {
            return CompletableFuture.failedFuture(new DroppedException(Drop.BUFFER_FULL, null));
        }
        written.add(samples);
        return CompletableFuture.completedFuture(null);
    }

    synchronized void refuse(boolean refuse) {
        refusing = refuse;
    }

    synchronized List<ServiceSamples> written() {
        return List.copyOf(written);
    }

    List<ServiceSamples> ends() {
        return written().stream().filter(s -> s.samples().get(0).stale()).toList();
    }

    List<ServiceSamples> values() {
        return written().stream().filter(s -> !s.samples().get(0).stale()).toList();
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void close() {}
}
