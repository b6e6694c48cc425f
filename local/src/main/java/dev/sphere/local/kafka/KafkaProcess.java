package dev.sphere.local.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An {@link EmbeddedKafka} in a process of its own: {@link #main} is that process, an object of
 * this class is how another one starts, sees and ends it.
 */
public final class KafkaProcess implements AutoCloseable {
    private static final Duration STARTING = Duration.ofSeconds(90);
    private static final Duration CLOSING = Duration.ofSeconds(40);
    private static final String READY = "ready ";
    private static final String UNTIL_INPUT_ENDS = "--until-input-ends";

    private final Process process;
    private final String bootstrap;

    private KafkaProcess(Process process, String bootstrap) {
        this.process = process;
        this.bootstrap = bootstrap;
    }

    /**
     * Runs a broker until SIGTERM, or until standard input ends if that is asked for. Prints {@code
     * ready HOST:PORT} on stdout once clients can connect.
     *
     * @param arguments the broker's folder, its port (0 for a free one), and {@code
     *     --until-input-ends} if it shall not outlive whoever started it
     */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 2
                || arguments.length > 3
                || (arguments.length == 3 && !arguments[2].equals(UNTIL_INPUT_ENDS))) {
            System.err.println("usage: KafkaProcess FOLDER PORT [" + UNTIL_INPUT_ENDS + "]");
            System.exit(2);
        }
        var ended = new CountDownLatch(1);
        try {
            var kafka = EmbeddedKafka.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        kafka.close();
                                        ended.countDown();
                                    },
                                    "kafka-end"));
            if (arguments.length == 3) {
                endWithInput();
            }
            System.out.println(READY + kafka.bootstrap());
        } catch (RuntimeException e) {
            e.printStackTrace();
            // Kafka's threads would keep the process.
            System.exit(1);
        }
        ended.await();
    }

    private static void endWithInput() {
        var thread =
                new Thread(
                        () -> {
                            try {
                                while (System.in.read() >= 0) {
                                    continue;
                                }
                            } catch (IOException e) {
                                System.err.println("standard input cannot be read: " + e);
                            }
                            System.exit(0);
                        },
                        "kafka-input");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The command line that runs {@link #main} with this process's Java and class path.
     *
     * @param javaOptions for the new JVM, as {@code -Xmx256m}
     */
    public static List<String> command(Path folder, int port, List<String> javaOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(KafkaProcess.class.getName());
        command.add(folder.toAbsolutePath().toString());
        command.add(String.valueOf(port));
        return command;
    }

    /**
     * Starts a broker that ends with this process, however that ends, and waits until it is ready.
     *
     * @param folder its data and its log, made if needed
     * @param port the port, or 0 for a free one
     */
    public static KafkaProcess start(Path folder, int port) {
        var log = folder.resolve("kafka.log").toAbsolutePath();
        var errors = folder.resolve("kafka.err").toAbsolutePath();
        var command =
                command(
                        folder,
                        port,
                        List.of(
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-Dsphere.log=" + folder.resolve("server.log").toAbsolutePath()));
        command.add(UNTIL_INPUT_ENDS);
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(log);
            var process =
                    new ProcessBuilder(command)
                            .redirectOutput(log.toFile())
                            .redirectError(errors.toFile())
                            .start();
            try {
                return new KafkaProcess(process, awaitReady(process.toHandle(), log, errors));
            } catch (IOException | RuntimeException e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run Kafka in " + folder, e);
        }
    }

    /**
     * Waits until a broker has printed its address.
     *
     * @param output where its stdout goes
     * @param errors where its stderr goes
     * @return the address, for {@code bootstrap.servers}
     * @throws IllegalStateException if it ends before that, or takes too long
     */
    public static String awaitReady(ProcessHandle process, Path output, Path errors)
            throws IOException {
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (true) {
            boolean isAlive = process.isAlive();
            if (Files.exists(output)) {
                var told = Files.readString(output, StandardCharsets.UTF_8);
                for (var line : told.split("(?<=\n)")) {
                    if (line.startsWith(READY) && line.endsWith("\n")) {
                        return line.strip().substring(READY.length());
                    }
                }
            }
            if (!isAlive || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        (isAlive
                                        ? "Kafka was not ready within "
                                                + STARTING.toSeconds()
                                                + " s"
                                        : "Kafka ended before it was ready")
                                + "; see "
                                + output
                                + " and "
                                + errors);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for Kafka", e);
            }
        }
    }

    /** What clients take as {@code bootstrap.servers}. */
    public String bootstrap() {
        return bootstrap;
    }

    public long pid() {
        return process.pid();
    }

    /** Ends the broker; kills one that does not end in a few seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
