package dev.sphere.local.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;

/**
 * The folder in which a cluster keeps everything, as one command has it to itself.
 *
 * @param lock is held until this is closed
 */
public record ClusterFolder(Path path, FileChannel lock) implements AutoCloseable {

    /**
     * Takes the folder, which is made if needed.
     *
     * @throws IllegalStateException if another command has it
     */
    public static ClusterFolder take(Path path) throws IOException {
        Files.createDirectories(path);
        var channel =
                FileChannel.open(
                        path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            taken = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // Held by another thread of this process: not taken either.
            taken = false;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        if (!taken) {
            throw new IllegalStateException(
                    "another ./sphere cluster command is at work in %s: wait for its end"
                            .formatted(path));
        }
        return new ClusterFolder(path, channel);
    }

    /** Of Flink: its configuration, logs, checkpoints and savepoints. */
    public Path flink() {
        return path.resolve("flink");
    }

    public Path savepoints() {
        return flink().resolve("savepoints");
    }

    /** Of what writes to a log. */
    public Path log(String name) {
        return path.resolve("log").resolve(name + ".log");
    }

    /** Deletes all that is in it. */
    public void delete() throws IOException {
        try (var files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
