package dev.sphere.local.kubernetes;

import dev.sphere.local.cluster.BackgroundProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of Kubernetes' own programs as a child process, which cannot outlive this one: its guard, a
 * shell, kills it when its own standard input ends, and the kernel ends that when this process
 * goes, even by {@code kill -9}.
 */
final class ServerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration ENDING = Duration.ofSeconds(30);

    // The shell waits for the program and, beside that, for a signal's name on its input, or for
    // the end of that. Ctrl-C and what ends a whole group reach the guard, too: it ignores them, to
    // be there when its input ends. The programs themselves heed SIGTERM all the same.
    private static final String GUARD =
            "exec 3<&0; trap '' INT HUP TERM; \"$@\" 3<&- </dev/null & child=$!; "
                    + "(read -r signal <&3; kill -${signal:-KILL} $child) >/dev/null 2>&1 & "
                    + "reader=$!; exec 3<&-; wait $child; code=$?; "
                    // else it would signal whoever has that id by then
                    + "kill -KILL $reader 2>/dev/null; exit $code";

    private final String name;
    private final Path log;
    private final Process guard;

    private ServerProcess(String name, Path log, Process guard) {
        this.name = name;
        this.log = log;
        this.guard = guard;
    }

    /**
     * Starts a program.
     *
     * @param folder where it runs; its log, {@code <name>.log}, goes on from an earlier one's
     */
    static ServerProcess start(Path program, List<String> options, Path folder) {
        var name = program.getFileName().toString();
        var log = folder.resolve(name + ".log");
        var command = new ArrayList<>(List.of("/bin/sh", "-c", GUARD, name + "-guard"));
        command.add(program.toString());
        command.addAll(options);
        try {
            var guard =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            return new ServerProcess(name, log, guard);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + program + " in " + folder, e);
        }
    }

    /**
     * Waits for what shows that the program has started.
     *
     * @throws IllegalStateException if it ends before that, or takes too long; with its last words
     */
    void await(BooleanSupplier ready, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!ready.getAsBoolean()) {
            boolean late = System.nanoTime() > deadline;
            if (late || endsWithin(LOOK)) {
                throw new IllegalStateException(
                        "%s %s; the end of %s:%n  %s"
                                .formatted(
                                        name,
                                        late
                                                ? "was not ready within "
                                                        + patience.toSeconds()
                                                        + " s"
                                                : "ended before it was ready",
                                        log,
                                        BackgroundProgram.tail(log)));
            }
        }
    }

    boolean isAlive() {
        return guard.isAlive();
    }

    /** Asks the program to end, and kills it if it does not in half a minute. */
    void terminate() {
        end("TERM");
    }

    /** Ends the program on the spot. */
    void kill() {
        end("KILL");
    }

    private void end(String signal) {
        // Known before the guard ends: without it nobody knows whose children they are.
        var children = guard.descendants().toList();
        try (var input = guard.getOutputStream()) {
            input.write((signal + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.debug("The guard of {} has gone already", name, e);
        }
        if (!endsWithin(ENDING)) {
            LOG.warn("{} did not end within {} s and is killed", name, ENDING.toSeconds());
            children.forEach(ProcessHandle::destroyForcibly);
            guard.destroyForcibly();
        }
    }

    private boolean endsWithin(Duration time) {
        try {
            return guard.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            guard.descendants().forEach(ProcessHandle::destroyForcibly);
            guard.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
    }
}
