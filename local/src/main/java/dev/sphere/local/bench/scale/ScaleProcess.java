package dev.sphere.local.bench.scale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link ScaleMeasurement} in a JVM of its own, so that no size inherits the heap and the
 * compiled code of the one before: {@link #main} is that JVM.
 */
public final class ScaleProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ScaleProcess.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROGRESS = "progress ";
    private static final String FIGURES = "figures ";
    private static final int TOLD = 15;

    private ScaleProcess() {}

    /**
     * Measures, and prints progress and figures on stdout. Ends when its input does: it does not
     * outlive whoever started it.
     *
     * @param arguments a folder that exists, and the plan as JSON
     */
    public static void main(String[] arguments) {
        endWithInput();
        try {
            var plan = JSON.readValue(arguments[1], ScalePlan.class);
            try (var measurement =
                    new ScaleMeasurement(
                            plan, Path.of(arguments[0]), line -> tell(PROGRESS + line))) {
                tell(FIGURES + JSON.writeValueAsString(measurement.measure()));
            }
            System.exit(0);
        } catch (IOException | RuntimeException e) {
            e.printStackTrace();
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(130);
        }
    }

    private static void tell(String line) {
        System.out.println(line);
        System.out.flush();
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
                            Runtime.getRuntime().halt(1);
                        },
                        "scale-input");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Measures in a JVM of its own.
     *
     * @param heap its greatest size, as Java's -Xmx has it
     * @throws IllegalStateException if it failed, with what it said
     */
    public static ScaleFigures run(ScalePlan plan, String heap, Consumer<String> progress)
            throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("sphere-scale");
        try {
            return run(plan, heap, folder, progress);
        } finally {
            delete(folder);
        }
    }

    private static ScaleFigures run(
            ScalePlan plan, String heap, Path folder, Consumer<String> progress)
            throws IOException, InterruptedException {
        var errors = folder.resolve("errors");
        var process =
                new ProcessBuilder(command(plan, heap, folder))
                        .redirectError(errors.toFile())
                        .start();
        var ending =
                new Thread(
                        () -> {
                            process.destroyForcibly();
                            process.onExit().join();
                            delete(folder);
                        },
                        "scale-end");
        Runtime.getRuntime().addShutdownHook(ending);
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            // A JVM that cannot start says why on stdout.
            List<String> others = new ArrayList<>();
            var figures = read(out, progress, others);
            int code = process.waitFor();
            if (code != 0 || figures == null) {
                others.addAll(Files.readString(errors, StandardCharsets.UTF_8).lines().toList());
                throw new IllegalStateException(
                        "the measurement of %d services ended with code %d:%n%s"
                                .formatted(
                                        plan.services(),
                                        code,
                                        String.join(
                                                "\n",
                                                others.subList(0, Math.min(TOLD, others.size())))));
            }
            return figures;
        } finally {
            process.destroyForcibly().waitFor();
            withdraw(ending);
        }
    }

    private static List<String> command(ScalePlan plan, String heap, Path folder)
            throws JsonProcessingException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Those that Flink needs are this JVM's own, but its heap is for one command line.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-opens"))
                .forEach(command::add);
        command.add("-Xmx" + heap);
        command.add("-XX:+UseG1GC");
        command.add("-Dstdout.encoding=UTF-8");
        command.add("-Dsun.stdout.encoding=UTF-8");
        command.add("-Dsphere.log=" + folder.resolve("sphere.log"));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(ScaleProcess.class.getName());
        command.add(folder.toString());
        command.add(JSON.writeValueAsString(plan));
        return command;
    }

    private static ScaleFigures read(
            BufferedReader out, Consumer<String> progress, List<String> others) throws IOException {
        ScaleFigures figures = null;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(PROGRESS)) {
                progress.accept(line.substring(PROGRESS.length()));
            } else if (line.startsWith(FIGURES)) {
                figures = JSON.readValue(line.substring(FIGURES.length()), ScaleFigures.class);
            } else {
                others.add(line);
            }
        }
        return figures;
    }

    private static void withdraw(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("This process is ending: the hook does what is left to do", e);
        }
    }

    /** Of two threads that want it gone, one at a time: they would trip over each other. */
    private static synchronized void delete(Path folder) {
        if (Files.notExists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("Cannot delete {}: {}", folder, e.toString());
        }
    }
}
