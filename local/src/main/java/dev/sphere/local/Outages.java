package dev.sphere.local;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a part for a while and starts it again, one outage at a time. Its time runs from when the
 * part has stopped; a part that fails to stop is started again at once.
 */
final class Outages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outages.class);
    static final Duration USUAL = Duration.ofSeconds(30);
    static final Duration LONGEST = Duration.ofMinutes(10);

    /** A part that can be stopped and started again. */
    record Part(Runnable stop, Runnable start) {}

    private final Map<String, Part> parts;
    private final Consumer<String> tell;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        var thread = new Thread(task, "outages");
                        thread.setDaemon(true);
                        return thread;
                    });
    private String away;

    Outages(Map<String, Part> parts, Consumer<String> tell) {
        this.parts = Map.copyOf(parts);
        this.tell = tell;
    }

    /**
     * Begins an outage.
     *
     * @return what happens now, for people
     * @throws IllegalArgumentException if there is no such part, or the time is out of bounds
     * @throws IllegalStateException if another outage is under way, or the run ends
     */
    synchronized String begin(String name, Duration length) {
        if (!parts.containsKey(name)) {
            throw new IllegalArgumentException(
                    "'%s' cannot be stopped: expected one of %s"
                            .formatted(
                                    name,
                                    String.join(", ", parts.keySet().stream().sorted().toList())));
        }
        if (length.isNegative() || length.isZero() || length.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "'%s' is out of bounds: expected up to %s"
                            .formatted(Times.text(length), Times.text(LONGEST)));
        }
        if (away != null) {
            throw new IllegalStateException(away + " is away already: wait until it is back");
        }
        try {
            executor.execute(() -> stop(name, length));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the run ends: " + name + " is not stopped", e);
        }
        away = name;
        return "%s is stopped for %s".formatted(name, Times.text(length));
    }

    private void stop(String name, Duration length) {
        try {
            parts.get(name).stop().run();
        } catch (RuntimeException e) {
            LOG.error("{} did not stop", name, e);
            if (!executor.isShutdown()) {
                tell.accept(name + " did not stop: " + e.getMessage());
                end(name); // nobody knows how far it came
            }
            return;
        }
        try {
            executor.schedule(() -> end(name), length.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} stays away: the run ends", name);
        }
    }

    private void end(String name) {
        try {
            parts.get(name).start().run();
            tell.accept(name + " is back");
        } catch (RuntimeException e) {
            LOG.error("{} did not start again", name, e);
            tell.accept(name + " did not start again: " + e.getMessage());
        } finally {
            synchronized (this) {
                away = null;
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
