package dev.sphere.local.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JobManager or TaskManager, started by this JVM or by an earlier one.
 *
 * @param name {@code jobmanager}, {@code taskmanager-1}, …
 * @param started when the operating system says that it did; tells it from another process that was
 *     given the same pid later
 */
public record FlinkProcess(String name, long pid, Instant started) {
    private static final Duration CLOCK_SET_BY = Duration.ofSeconds(5);

    static FlinkProcess of(String name, Process process) {
        return new FlinkProcess(
                name, process.pid(), process.info().startInstant().orElse(Instant.EPOCH));
    }

    public boolean isAlive() {
        return handle().isPresent();
    }

    /** The process, unless it has ended. */
    Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info().startInstant().map(this::isStart).orElse(true));
    }

    // Linux keeps the time since boot: when the clock is set, what follows from it moves a little.
    private boolean isStart(Instant time) {
        return Duration.between(started, time).abs().compareTo(CLOCK_SET_BY) < 0;
    }

    /** Asks it to end (SIGTERM). */
    void terminate() {
        handle().ifPresent(ProcessHandle::destroy);
    }

    /** Ends it on the spot (SIGKILL), and what it has started. */
    void kill() {
        handle().ifPresent(
                        process -> {
                            // Before Flink's script becomes Java, it has children.
                            var children = process.descendants().toList();
                            process.destroyForcibly();
                            children.forEach(ProcessHandle::destroyForcibly);
                        });
    }

    /**
     * @return whether it has ended within this time
     */
    boolean hasEndedWithin(Duration patience) {
        var process = handle();
        if (process.isEmpty()) {
            return true;
        }
        try {
            process.get().onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot wait for " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the end of " + name, e);
        }
    }
}
