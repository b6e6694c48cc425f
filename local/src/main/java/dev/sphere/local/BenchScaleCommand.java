package dev.sphere.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.bench.scale.ScaleFigures;
import dev.sphere.local.bench.scale.ScalePlan;
import dev.sphere.local.bench.scale.ScaleProcess;
import dev.sphere.local.bench.scale.ScaleReport;
import dev.sphere.local.report.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere bench scale}: what more services cost the job, and how long they make it pause. */
@Command(
        name = "scale",
        description = {
            "Runs the job's observe and forecast on a Flink mini cluster, for each number of services"
                    + " in a JVM of its own: the history is replayed as fast as it goes, then each"
                    + " service has a step now and then, as in earnest, while checkpoints are taken.",
            "Tells the size of the state, how long checkpoints take, the CPU, and how much later"
                    + " than due a forecast leaves: the longest pause of the stream. And whether"
                    + " they grow as a straight line."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        footer = {
            "",
            "Examples:",
            "  ./sphere bench scale",
            "  ./sphere bench scale --services 1000 --days 14 --duration 2m --json",
            "  ./sphere bench scale --services 100 --history-step 15s --state-backend rocksdb"
        })
final class BenchScaleCommand implements Callable<Integer> {
    private static final long STEP = 15_000;

    /** Longer ones do not fill the bins of the season of an hour: a job would begin anew. */
    private static final Duration LONGEST_HISTORY_STEP = Duration.ofMinutes(5);

    private static final int MOST_SERVICES = 100_000;
    private static final int MOST_DAYS = 60;
    private static final long PROGRESS_MILLIS = 10_000;

    /** Flink's names of them. */
    enum StateBackend {
        HASHMAP,
        ROCKSDB
    }

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--services",
            paramLabel = "N",
            split = ",",
            defaultValue = "100,1000,10000",
            description = "numbers of services, each with one signal (default: ${DEFAULT-VALUE})")
    private List<Integer> services;

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "8",
            description = "of history that is learned first (default: ${DEFAULT-VALUE})")
    private int days;

    @Option(
            names = "--history-step",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            defaultValue = "5m",
            description =
                    "the job's step while it learns the history, a multiple of 15s, at most 5m; it is"
                            + " restarted with its default of 15s for the recent part"
                            + " (default: ${DEFAULT-VALUE})")
    private Duration historyStep;

    @Option(
            names = "--recent",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            defaultValue = "2h",
            description =
                    "how much of the history's end is learned at 15s (default: ${DEFAULT-VALUE})")
    private Duration recent;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            defaultValue = "60s",
            description = "how long each number is measured (default: ${DEFAULT-VALUE})")
    private Duration duration;

    @Option(
            names = "--pace",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            defaultValue = "15s",
            description =
                    "from one step of a service to the next meanwhile, on the wall clock"
                            + " (default: ${DEFAULT-VALUE})")
    private Duration pace;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            defaultValue = "10s",
            description = "(default: ${DEFAULT-VALUE}, as in flink-k8s/)")
    private Duration checkpointInterval;

    @Option(
            names = "--state-backend",
            paramLabel = "NAME",
            defaultValue = "hashmap",
            description = "hashmap, as in flink-k8s/, or rocksdb (default: ${DEFAULT-VALUE})")
    private StateBackend stateBackend;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "(default: ${DEFAULT-VALUE}, as in flink-k8s/)")
    private int parallelism;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "4g",
            description = "of the JVM that is measured, as -Xmx has it (default: ${DEFAULT-VALUE})")
    private String heap;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "of the generated load (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--json", description = "prints the figures as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        double loadBefore = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        var screen = new Screen(System.err, Screen.isTerminal(), PROGRESS_MILLIS);
        List<ScaleFigures> figures = new ArrayList<>();
        ScalePlan plan = null;
        for (int number : services) {
            plan = plan(number);
            figures.add(
                    ScaleProcess.run(
                            plan,
                            heap,
                            line -> screen.status(line + "\n", System.nanoTime() / 1_000_000)));
        }
        screen.release();
        var report =
                ScaleReport.of(
                        plan, Runtime.getRuntime().availableProcessors(), loadBefore, figures);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(report));
        } else {
            report.inWords().forEach(out::println);
        }
        out.flush();
        return 0;
    }

    private ScalePlan plan(int number) {
        return new ScalePlan(
                number,
                parallelism,
                STEP,
                Duration.ofDays(days).toMillis(),
                historyStep.toMillis(),
                recent.toMillis(),
                pace.toMillis(),
                Math.max(pace.toMillis(), checkpointInterval.toMillis()),
                duration.toMillis(),
                checkpointInterval.toMillis(),
                stateBackend.name().toLowerCase(Locale.ROOT),
                seed);
    }

    private void check() {
        for (int number : services) {
            Options.require(
                    spec,
                    number >= 1 && number <= MOST_SERVICES,
                    "--services",
                    number,
                    "1 to " + MOST_SERVICES);
        }
        Options.require(
                spec,
                services.stream().distinct().count() == services.size(),
                "--services",
                services,
                "each number once");
        Options.require(spec, days >= 1 && days <= MOST_DAYS, "--days", days, "1 to " + MOST_DAYS);
        long millis = historyStep.toMillis();
        Options.require(
                spec,
                millis >= STEP
                        && millis % STEP == 0
                        && historyStep.compareTo(LONGEST_HISTORY_STEP) <= 0,
                "--history-step",
                Times.text(historyStep),
                "a multiple of 15s up to 5m");
        Options.require(
                spec,
                recent.compareTo(Duration.ofDays(days)) <= 0,
                "--recent",
                Times.text(recent),
                "at most --days, which is " + days);
        Options.require(
                spec,
                checkpointInterval.toMillis() >= 1_000,
                "--checkpoint-interval",
                Times.text(checkpointInterval),
                "1s or more");
        Options.require(
                spec,
                duration.compareTo(checkpointInterval.multipliedBy(2)) >= 0,
                "--duration",
                Times.text(duration),
                "at least two checkpoint intervals, which are "
                        + Times.text(checkpointInterval.multipliedBy(2)));
        Options.require(
                spec,
                pace.toMillis() >= 100 && pace.compareTo(duration) <= 0,
                "--pace",
                Times.text(pace),
                "100ms to --duration, which is " + Times.text(duration));
        Options.require(
                spec,
                parallelism >= 1 && parallelism <= 32,
                "--parallelism",
                parallelism,
                "1 to 32");
        Options.require(
                spec, heap.matches("[1-9][0-9]{0,5}[kKmMgG]"), "--heap", heap, "e.g. 900m or 4g");
    }
}
