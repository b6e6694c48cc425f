package dev.sphere.local.redis;

import dev.sphere.local.kafka.LoopbackPort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis as a child process, on 127.0.0.1 only, that keeps nothing on disk.
 *
 * <p>The child cannot outlive this process: its guard, a shell, kills it when its standard input
 * ends, and the kernel ends that when this process goes, even by {@code kill -9}.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ANSWER_MILLIS = 1_000;

    // The shell waits for Redis and, beside that, for the end of its own input. Ctrl-C reaches all
    // of the foreground group: the guard ignores it, to be there when its input ends.
    private static final String GUARD =
            "exec 3<&0; trap '' INT HUP; \"$@\" 3<&- </dev/null & child=$!; "
                    + "(read -r _ <&3; kill -9 $child) >/dev/null 2>&1 & "
                    + "exec 3<&-; wait $child";

    private final Path dir;
    private final LoopbackPort port;
    private File executable;
    private Process guard;
    private boolean closed;

    private EmbeddedRedis(Path dir, LoopbackPort port) {
        this.dir = dir.toAbsolutePath();
        this.port = port;
    }

    /**
     * Starts a Redis.
     *
     * @param dir its folder, made if needed: the executable and its log
     * @param port the port, or 0 for a free one
     */
    public static EmbeddedRedis start(Path dir, int port) {
        var redis = new EmbeddedRedis(dir, LoopbackPort.hold(port));
        try {
            redis.start();
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
        return redis;
    }

    public String uri() {
        return "redis://" + port.address();
    }

    public int port() {
        return port.number();
    }

    public synchronized boolean isRunning() {
        return guard != null && guard.isAlive();
    }

    /** Starts a stopped Redis on the same port; it is empty. */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("this Redis is closed");
        }
        if (isRunning()) {
            return;
        }
        var log = dir.resolve("redis.log");
        try {
            Files.createDirectories(dir);
            if (executable == null) {
                executable = ExecutableProvider.newJarResourceProvider(dir.toFile()).get();
            }
            port.release();
            guard =
                    new ProcessBuilder(command())
                            .directory(dir.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start Redis in " + dir, e);
        }
        awaitAnswer(log);
        LOG.info("Redis on {}", uri());
    }

    /** Stops Redis; its port stays ours. */
    public synchronized void stop() {
        if (guard == null) {
            return;
        }
        end(guard);
        guard = null;
        port.holdAgain();
        LOG.info("Redis on {} stopped", uri());
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop();
        port.close();
        if (executable != null) {
            try {
                Files.deleteIfExists(executable.toPath());
            } catch (IOException e) {
                LOG.warn("Cannot delete {}: {}", executable, e.toString());
            }
            executable = null;
        }
    }

    private List<String> command() {
        return List.of(
                "/bin/sh",
                "-c",
                GUARD,
                "redis-guard",
                executable.getAbsolutePath(),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port.number()),
                "--dir",
                dir.toString(),
                "--save",
                "",
                "--appendonly",
                "no",
                "--databases",
                "1",
                "--daemonize",
                "no");
    }

    private void awaitAnswer(Path log) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            boolean ended = !guard.isAlive();
            if (ended || System.nanoTime() > deadline) {
                stop();
                throw new IllegalStateException(
                        "Redis on 127.0.0.1:"
                                + port.number()
                                + (ended ? " ended at once: " : " does not answer: ")
                                + tail(log));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stop();
                throw new IllegalStateException("interrupted while waiting for Redis", e);
            }
        }
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(LoopbackPort.loopback(), port.number()), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            var answer = socket.getInputStream().readNBytes(5);
            return "+PONG".equals(new String(answer, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.trace("Redis does not answer yet", e);
            return false;
        }
    }

    private static void end(Process guard) {
        try {
            // End of input: the guard kills Redis and ends with it.
            guard.getOutputStream().close();
            if (!guard.waitFor(3, TimeUnit.SECONDS)) {
                guard.descendants().forEach(ProcessHandle::destroyForcibly);
                guard.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.debug("The guard of Redis has gone already", e);
        } catch (InterruptedException e) {
            guard.descendants().forEach(ProcessHandle::destroyForcibly);
            guard.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static String tail(Path log) {
        try {
            var lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException e) {
            return "no log in " + log;
        }
    }
}
