package dev.sphere.local;

import dev.sphere.local.cluster.ClusterFolder;
import dev.sphere.local.cluster.ClusterRecord;
import dev.sphere.local.cluster.FlinkRest;
import dev.sphere.local.cluster.FlinkRestException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere cluster submit}: the job's jar, by Flink's own {@code flink run}. */
@Command(
        name = "submit",
        description = {
            "Submits the job by Flink's own command line, shows that command, and waits until all"
                    + " of the job is running."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the job is running", "1:failed", "2:wrong usage"})
final class ClusterSubmitCommand implements Callable<Integer> {
    private static final String JAR = "job/target/sphere-job-all.jar";
    private static final String LATEST = "latest";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @CommandLine.Mixin private ClusterCommand.Folder folder;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "the job's settings, see job/README.md (default: sphere.yaml in the cluster's"
                            + " folder, which start has written)")
    private Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "overrides a setting of the job; may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--from-savepoint",
            paramLabel = "PATH",
            description =
                    "starts with the state of this savepoint; 'latest' is the newest that"
                            + " ./sphere cluster savepoint took")
    private String savepoint;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "(default: all slots of the cluster)")
    private Integer parallelism;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var out = spec.commandLine().getOut();
        var file = config == null ? folder.path().resolve("sphere.yaml") : config.toAbsolutePath();
        Options.require(
                spec,
                parallelism == null || parallelism > 0,
                "--parallelism",
                parallelism,
                "1 or more");
        Options.require(
                spec,
                config == null || Files.isReadable(file),
                "--config",
                config,
                "a readable file with the job's settings");
        folder.running();
        LogFile.in(folder.path());
        try (var taken = ClusterFolder.take(folder.path())) {
            var cluster = folder.running();
            requireSlots(cluster);
            var rest = new FlinkRest(cluster.rest());
            requireNoJob(rest);
            var told = new FlinkClient(taken, cluster, out).run(arguments(cluster, file));
            String job = FlinkClient.jobIn(told);
            out.println("Job " + job);
            awaitRunning(rest, job, out);
            out.println("Flink web UI  " + cluster.rest() + "/#/job/running/" + job + "/overview");
            out.println("Next:         ./sphere cluster status");
            out.flush();
            return 0;
        }
    }

    private void requireSlots(ClusterRecord cluster) {
        Options.require(
                spec,
                parallelism == null || parallelism <= cluster.slots(),
                "--parallelism",
                parallelism,
                "1 to %d, as many as the cluster has slots".formatted(cluster.slots()));
    }

    private static void requireNoJob(FlinkRest rest) throws IOException {
        var job = FlinkClient.activeJob(rest);
        if (job.isPresent()) {
            throw new IllegalStateException(
                    "job %s is %s already; end it first: ./sphere cluster savepoint --stop"
                            .formatted(job.get().id(), job.get().state()));
        }
    }

    private List<String> arguments(ClusterRecord cluster, Path file) {
        var jar = FetchedTool.home().resolve(JAR);
        if (!Files.isReadable(jar)) {
            throw new IllegalStateException(jar + " is not there: build it with mvn package");
        }
        int wanted = parallelism == null ? cluster.slots() : parallelism;
        List<String> arguments = new ArrayList<>(List.of("run", "-d", "-p", "" + wanted));
        if (savepoint != null) {
            arguments.addAll(List.of("-s", path(cluster)));
        }
        arguments.addAll(List.of(jar.toString(), "--config", file.toString()));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments;
    }

    private String path(ClusterRecord cluster) {
        if (!savepoint.equals(LATEST)) {
            return savepoint;
        }
        if (cluster.savepoint() == null) {
            throw new IllegalStateException(
                    "no savepoint has been taken in %s: take one with ./sphere cluster savepoint"
                            .formatted(folder.path()));
        }
        return cluster.savepoint();
    }

    private static void awaitRunning(FlinkRest rest, String job, PrintWriter out)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String shown = "";
        while (true) {
            var found = found(rest, job);
            var progress = progress(found);
            if (!progress.equals(shown)) {
                out.println("  " + progress);
                out.flush();
                shown = progress;
            }
            if (found != null && found.isRunning()) {
                return;
            }
            boolean failed = found != null && found.hasEnded();
            if (failed || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "job %s is %s, not running%s: %s"
                                .formatted(
                                        job,
                                        progress,
                                        failed ? "" : " within " + PATIENCE.toMinutes() + " min",
                                        cause(rest, job)));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** Null as long as Flink does not know the job. */
    private static FlinkRest.JobDetail found(FlinkRest rest, String job) throws IOException {
        try {
            return rest.job(job);
        } catch (FlinkRestException e) {
            if (e.status() == 404) {
                return null;
            }
            throw e;
        }
    }

    private static String progress(FlinkRest.JobDetail job) {
        if (job == null) {
            return "SUBMITTED";
        }
        long running = job.vertices().stream().filter(v -> v.state().equals("RUNNING")).count();
        return "%s, %d of %d vertices".formatted(job.state(), running, job.vertices().size());
    }

    private static String cause(FlinkRest rest, String job) throws IOException {
        var exceptions = rest.exceptions(job);
        return exceptions.isEmpty()
                ? "Flink names no exception; see the web UI"
                : exceptions.get(0).lines().limit(12).reduce((a, b) -> a + "\n" + b).orElse("");
    }
}
