package dev.sphere.local.cluster;

import dev.sphere.local.kafka.LoopbackPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster of separate JVMs, one JobManager and any number of TaskManagers, started by the
 * scripts of a distribution, on 127.0.0.1 only (but for the metrics reporters, which have no option
 * for that).
 *
 * <p>Its folder has the configuration ({@code conf/}), the logs ({@code log/}), temporary files
 * ({@code tmp/}), checkpoints and savepoints, and {@code processes}, by which a later JVM finds the
 * cluster again.
 */
public final class StandaloneFlink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneFlink.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration STARTING = Duration.ofSeconds(120);
    private static final Duration STOPPING = Duration.ofSeconds(15);
    private static final Duration ANSWERING = Duration.ofSeconds(180);
    private static final String PROCESSES = "processes";
    private static final String JOB_MANAGER = "jobmanager";
    private static final String TASK_MANAGER = "taskmanager-";
    private static final String JVM_OPTIONS = CoreOptions.FLINK_JVM_OPTIONS.key();

    private final FlinkDistribution distribution;
    private final Path dir;
    private final boolean isOurs;
    private final int restPort;
    private final List<LoopbackPort> ports = new ArrayList<>();
    private final Map<String, FlinkProcess> processes = new LinkedHashMap<>();
    private final Map<String, Process> guards = new LinkedHashMap<>();
    private final FlinkRest rest;
    private int taskManagersSoFar;

    /**
     * How a cluster is made.
     *
     * @param restPort of the web UI and REST, 0 for a free one
     * @param taskManagers how many to begin with
     * @param outlivesUs whether the processes go on when this JVM ends; else they end with it, even
     *     if it is killed
     * @param options Flink's own; those of {@link #places} win over them
     */
    public record Settings(
            int restPort, int taskManagers, boolean outlivesUs, Map<String, String> options) {
        public Settings {
            if (taskManagers < 0) {
                throw new IllegalArgumentException(
                        "taskManagers: " + taskManagers + " is less than 0");
            }
            options = Map.copyOf(options);
        }
    }

    private StandaloneFlink(
            FlinkDistribution distribution, Path dir, int restPort, boolean isOurs) {
        this.distribution = distribution;
        this.dir = dir;
        this.restPort = restPort;
        this.isOurs = isOurs;
        this.rest = new FlinkRest("http://" + LOOPBACK + ":" + restPort);
    }

    /**
     * Starts a cluster and waits until all of its TaskManagers have registered.
     *
     * @param dir its folder, made if needed
     * @throws IllegalStateException if a process ends at once or the cluster is not complete in
     *     time; nothing runs then
     */
    public static StandaloneFlink start(
            FlinkDistribution distribution, Path dir, Settings settings) {
        var folder = dir.toAbsolutePath().normalize();
        for (var path : List.of(folder, distribution.folder())) {
            if (path.toString().matches(".*\\s.*")) {
                throw new IllegalArgumentException(
                        "'%s' has a space in it, which Flink's scripts cannot handle; take another folder"
                                .formatted(path));
            }
        }
        refuseSecondIn(distribution, folder);
        var restPort = LoopbackPort.hold(settings.restPort());
        var rpcPort = LoopbackPort.hold(0);
        var flink =
                new StandaloneFlink(
                        distribution, folder, restPort.number(), !settings.outlivesUs());
        flink.ports.addAll(List.of(restPort, rpcPort));
        try {
            flink.configure(settings.options(), rpcPort.number());
            flink.startJobManager();
            for (int i = 0; i < settings.taskManagers(); i++) {
                flink.startTaskManager();
            }
            flink.awaitTaskManagers(settings.taskManagers());
        } catch (IOException e) {
            flink.stop();
            throw new UncheckedIOException("Flink cannot be started in " + folder, e);
        } catch (RuntimeException e) {
            flink.stop();
            throw e;
        }
        LOG.info("Flink on {}, its files in {}", flink.webUrl(), folder);
        return flink;
    }

    private static void refuseSecondIn(FlinkDistribution distribution, Path folder) {
        if (!Files.exists(folder.resolve(PROCESSES))) {
            return;
        }
        try {
            for (var process : find(distribution, folder).processes()) {
                if (process.isAlive()) {
                    throw new IllegalStateException(
                            "a Flink cluster runs in %s already: %s".formatted(folder, process));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot tell whether a Flink cluster runs in " + folder, e);
        }
    }

    /**
     * Finds a cluster that an earlier JVM started in this folder; its processes may have ended.
     *
     * @throws IOException if none was started there
     */
    public static StandaloneFlink find(FlinkDistribution distribution, Path dir)
            throws IOException {
        var folder = dir.toAbsolutePath().normalize();
        var file = folder.resolve(PROCESSES);
        if (!Files.exists(file)) {
            throw new IOException("no Flink cluster was started in " + folder);
        }
        var lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        try {
            var flink =
                    new StandaloneFlink(
                            distribution, folder, Integer.parseInt(lines.get(0)), false);
            for (var line : lines.subList(1, lines.size())) {
                var words = line.split(" ");
                var process =
                        new FlinkProcess(
                                words[0], Long.parseLong(words[1]), Instant.parse(words[2]));
                flink.processes.put(process.name(), process);
                if (process.name().startsWith(TASK_MANAGER)) {
                    flink.taskManagersSoFar =
                            Integer.parseInt(process.name().substring(TASK_MANAGER.length()));
                }
            }
            return flink;
        } catch (RuntimeException e) {
            throw new IOException(file + " is not what was written when Flink was started", e);
        }
    }

    /**
     * The options that say where the cluster is, and so are this class's own: addresses, ports and
     * folders for temporary files.
     */
    private Map<String, String> places(int rpcPort) {
        return Map.of(
                "jobmanager.rpc.address", LOOPBACK,
                "jobmanager.rpc.port", String.valueOf(rpcPort),
                "jobmanager.bind-host", LOOPBACK,
                "taskmanager.host", LOOPBACK,
                "taskmanager.bind-host", LOOPBACK,
                "rest.address", LOOPBACK,
                "rest.bind-address", LOOPBACK,
                "rest.port", String.valueOf(restPort),
                "rest.bind-port", String.valueOf(restPort),
                "io.tmp.dirs", tmp().toString());
    }

    private void configure(Map<String, String> given, int rpcPort) throws IOException {
        var options = new TreeMap<String, String>();
        options.put("execution.checkpointing.dir", dir.resolve("checkpoints").toUri().toString());
        options.put(
                "execution.checkpointing.savepoint-dir",
                dir.resolve("savepoints").toUri().toString());
        options.putAll(given);
        options.putAll(places(rpcPort));
        // The distribution opens parts of the JDK that Flink reflects on.
        var opened =
                GlobalConfiguration.loadConfiguration(distribution.conf().toString())
                        .get(CoreOptions.FLINK_JVM_OPTIONS);
        options.merge(JVM_OPTIONS, opened, (theirs, ours) -> ours + " " + theirs);

        for (var folder : List.of(conf(), log(), tmp())) {
            Files.createDirectories(folder);
        }
        try (var files = Files.list(distribution.conf())) {
            for (var file : files.filter(f -> f.toString().endsWith(".properties")).toList()) {
                Files.write(conf().resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        var yaml = new StringBuilder();
        options.forEach(
                (key, value) ->
                        yaml.append(key)
                                .append(": \"")
                                .append(value.replace("\\", "\\\\").replace("\"", "\\\""))
                                .append("\"\n"));
        Files.writeString(conf().resolve("config.yaml"), yaml);
    }

    /** Starts the JobManager, or a new one in place of the one that was killed. */
    public synchronized void startJobManager() {
        start(JOB_MANAGER, "jobmanager.sh");
        awaitAnswer("the JobManager's REST API on " + webUrl(), this::answers);
    }

    /**
     * Starts one more TaskManager; see {@link #awaitTaskManagers} for when it has registered.
     *
     * @return its name, for {@link #killTaskManager}
     */
    public synchronized String startTaskManager() {
        taskManagersSoFar++;
        var name = TASK_MANAGER + taskManagersSoFar;
        start(name, "taskmanager.sh");
        return name;
    }

    /**
     * Waits until this many TaskManagers have registered.
     *
     * @throws IllegalStateException if a process of the cluster ends before that, or it takes too
     *     long
     */
    public void awaitTaskManagers(int count) {
        awaitAnswer(
                count + " TaskManagers",
                () -> {
                    try {
                        var overview = rest.overview();
                        return overview.taskManagers() >= count && overview.slots() >= count;
                    } catch (IOException e) {
                        LOG.debug("The JobManager does not answer yet", e);
                        return false;
                    }
                });
    }

    /** Ends a TaskManager as a crash does (SIGKILL), and waits until it is gone. */
    public synchronized void killTaskManager(String name) {
        if (!name.startsWith(TASK_MANAGER) || !processes.containsKey(name)) {
            throw new IllegalArgumentException(
                    "no TaskManager is called %s; there are %s".formatted(name, taskManagers()));
        }
        kill(name);
    }

    /** Ends the JobManager as a crash does (SIGKILL), and waits until it is gone. */
    public synchronized void killJobManager() {
        kill(JOB_MANAGER);
    }

    /** The TaskManagers that were started and not killed. */
    public synchronized List<String> taskManagers() {
        return processes.keySet().stream().filter(n -> n.startsWith(TASK_MANAGER)).toList();
    }

    /** The processes that were started and not killed; they may have ended by themselves. */
    public synchronized List<FlinkProcess> processes() {
        return List.copyOf(processes.values());
    }

    /** The web UI; REST has the same root. */
    public String webUrl() {
        return "http://" + LOOPBACK + ":" + restPort;
    }

    public FlinkRest rest() {
        return rest;
    }

    /** Where {@code FLINK_CONF_DIR} is. */
    public Path conf() {
        return dir.resolve("conf");
    }

    private Path log() {
        return dir.resolve("log");
    }

    private Path tmp() {
        return dir.resolve("tmp");
    }

    /**
     * Runs the distribution's {@code bin/flink}, in this process's working directory.
     *
     * @throws IllegalStateException if it does not end in time
     */
    public CliAnswer cli(String... arguments) {
        var command = new ArrayList<String>();
        command.add(distribution.script("flink"));
        command.addAll(List.of(arguments));
        try {
            var output = Files.createTempFile(tmp(), "cli-", ".out");
            try {
                var process = builder(command).redirectOutput(output.toFile()).start();
                if (!process.waitFor(ANSWERING.toSeconds(), TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                    throw new IllegalStateException(
                            "'%s' has not ended within %d s: %s"
                                    .formatted(
                                            String.join(" ", command),
                                            ANSWERING.toSeconds(),
                                            Files.readString(output)));
                }
                return new CliAnswer(process.exitValue(), Files.readString(output));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for bin/flink", e);
        }
    }

    /**
     * Ends all processes: SIGTERM first, SIGKILL for what has not ended in a few seconds.
     * Checkpoints, savepoints and logs stay; temporary files go.
     *
     * @throws IllegalStateException if a process survives even that
     */
    public synchronized void stop() {
        // TaskManagers first: a JobManager that is gone makes them search for it.
        var all = new ArrayList<>(processes.values());
        all.sort(
                (a, b) ->
                        Boolean.compare(
                                a.name().equals(JOB_MANAGER), b.name().equals(JOB_MANAGER)));
        all.forEach(FlinkProcess::terminate);
        long deadline = System.nanoTime() + STOPPING.toNanos();
        for (var process : all) {
            var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (!process.hasEndedWithin(left)) {
                LOG.warn("{} has not ended within {} s", process, STOPPING.toSeconds());
                process.kill();
            }
        }
        for (var process : all) {
            if (!process.hasEndedWithin(STOPPING)) {
                throw new IllegalStateException(process + " cannot be killed");
            }
        }
        processes.clear();
        guards.values().forEach(Process::destroyForcibly);
        guards.clear();
        ports.forEach(LoopbackPort::close);
        ports.clear();
        try {
            Files.deleteIfExists(dir.resolve(PROCESSES));
            deleteTemporaryFiles();
        } catch (IOException e) {
            LOG.warn("Cannot delete Flink's temporary files in {}: {}", dir, e.toString());
        }
    }

    /** {@link #stop()}s a cluster that is to end with this JVM; leaves another one alone. */
    @Override
    public synchronized void close() {
        if (isOurs) {
            stop();
        } else {
            ports.forEach(LoopbackPort::close);
            ports.clear();
        }
    }

    private void start(String name, String script) {
        var running = processes.get(name);
        if (running != null && running.isAlive()) {
            throw new IllegalStateException(running + " is running");
        }
        try {
            Files.createDirectories(tmp());
            var process = builder(foreground(script)).redirectOutput(out(name).toFile()).start();
            var started = FlinkProcess.of(name, process);
            processes.put(name, started);
            if (isOurs) {
                guards.put(name, guard(started.pid()));
            }
            writeProcesses();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + " in " + dir, e);
        }
    }

    private List<String> foreground(String script) {
        var command = List.of(distribution.script(script), "start-foreground");
        if (isOurs) {
            return command;
        }
        // In a session of its own, a Ctrl-C that is meant for another command does not reach it.
        return Stream.concat(Stream.of("setsid"), command.stream()).toList();
    }

    private void kill(String name) {
        var process = processes.get(name);
        if (process == null) {
            throw new IllegalStateException("there is no " + name);
        }
        process.kill();
        if (!process.hasEndedWithin(STOPPING)) {
            throw new IllegalStateException(process + " cannot be killed");
        }
        processes.remove(name);
        var guard = guards.remove(name);
        if (guard != null) {
            guard.destroyForcibly();
        }
        try {
            writeProcesses();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write which processes are left in " + dir, e);
        }
    }

    /** Kills the process when the guard's input ends, which the kernel does when this JVM goes. */
    static Process guard(long pid) throws IOException {
        return new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        // Ctrl-C reaches the guard, too, which has to be there when its input ends.
                        "trap '' INT HUP TERM; read -r _; kill -9 \"$1\"",
                        "flink-guard",
                        String.valueOf(pid))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(command);
        var environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("FLINK_") || key.startsWith("HADOOP_"));
        environment.put("FLINK_CONF_DIR", conf().toString());
        environment.put("FLINK_LOG_DIR", log().toString());
        environment.put("FLINK_PID_DIR", tmp().toString());
        // A JVM that is killed leaves its copies of jars behind.
        environment.put("JVM_ARGS", "-Djava.io.tmpdir=" + tmp());
        return builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true);
    }

    private void writeProcesses() throws IOException {
        var lines = new ArrayList<String>();
        lines.add(String.valueOf(restPort));
        for (var process : processes.values()) {
            lines.add(process.name() + " " + process.pid() + " " + process.started());
        }
        Files.write(dir.resolve(PROCESSES), lines, StandardCharsets.UTF_8);
    }

    private boolean answers() {
        try {
            rest.overview();
            return true;
        } catch (IOException e) {
            LOG.trace("The JobManager does not answer yet", e);
            return false;
        }
    }

    private void awaitAnswer(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (true) {
            var ended = processes().stream().filter(process -> !process.isAlive()).findFirst();
            if (ended.isPresent()) {
                var log = out(ended.get().name());
                throw new IllegalStateException(
                        "%s ended while waiting for %s; the end of %s: %s"
                                .formatted(ended.get(), what, log, BackgroundProgram.tail(log)));
            }
            if (condition.getAsBoolean()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "%s: not there within %d s; see %s"
                                .formatted(what, STARTING.toSeconds(), log()));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + what, e);
            }
        }
    }

    private Path out(String name) {
        return log().resolve(name + ".out");
    }

    private void deleteTemporaryFiles() throws IOException {
        if (!Files.exists(tmp())) {
            return;
        }
        Files.walkFileTree(
                tmp(),
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, IOException failure)
                            throws IOException {
                        Files.deleteIfExists(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
