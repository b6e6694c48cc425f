package dev.sphere.local;

import dev.sphere.local.load.LoadShape;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere local}: the options of a run on one machine, checked. */
@Command(
        name = "local",
        description = {
            "Runs everything on this machine: a Kafka broker, Redis, a Flink mini cluster with its"
                    + " web UI, a Kubernetes API, the Sock Shop stand-in, its load, the bridge and"
                    + " the job. Everything listens on 127.0.0.1, on free ports unless given.",
            "",
            "All clocks are real; only the shape of the load is compressed: one day of it lasts"
                    + " --day, and the step, the horizon, start-up times and windows follow."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        footer = {
            "",
            "While it runs: type 'k' and Enter to stop Kafka for 30 s, 'r' and Enter for Redis;",
            "or POST to /outage/kafka?for=30s or /outage/redis?for=30s of the control address.",
            "",
            "Examples:",
            "  ./sphere local",
            "  ./sphere local --duration 8m --summary",
            "  ./sphere local --duration 8m --summary --json --reactive",
            "  ./sphere local --load flash-crowd --day 12m"
        })
final class LocalCommand implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--load",
            paramLabel = "SHAPE",
            defaultValue = "two-peak-day",
            description =
                    "two-peak-day, flash-crowd, steady, or a CSV file with timestamp,value"
                            + " (default: ${DEFAULT-VALUE})")
    private String load;

    @Option(
            names = "--peak",
            paramLabel = "RATE",
            defaultValue = "300",
            description =
                    "requests per second to the front-end at the highest (default: ${DEFAULT-VALUE})")
    private double peak;

    @Option(
            names = "--day",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            defaultValue = "8m",
            description = "how long one day of the shape lasts (default: ${DEFAULT-VALUE})")
    private Duration day;

    @Option(
            names = "--history",
            paramLabel = "DAYS",
            defaultValue = "5",
            description =
                    "earlier days of observations that are published first, so that the forecast is"
                            + " warm at once (default: ${DEFAULT-VALUE})")
    private int history;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "ends by itself after this time of load (default: runs until Ctrl-C)")
    private Duration duration;

    @Option(names = "--summary", description = "prints a table for each service at the end")
    private boolean summary;

    @Option(
            names = "--json",
            description = "prints the summary as one JSON object in the last line of the output")
    private boolean json;

    @Option(
            names = "--reactive",
            description = "scales by the rule of the Kubernetes HPA alone, for comparison")
    private boolean reactive;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "of everything that is drawn: arrivals, service times, start-up times"
                            + " (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--redis",
            paramLabel = "URI",
            description =
                    "uses this Redis, e.g. redis://127.0.0.1:6379, instead of the embedded one")
    private URI redis;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "uses this cluster instead of the embedded API; the shop's pods are the"
                            + " cluster's then, and --front-end says where the load goes")
    private Path kubeconfig;

    @Option(
            names = "--front-end",
            paramLabel = "HOST:PORT",
            description = "with --kubeconfig: where the cluster's front-end is reached")
    private String frontEnd;

    @Option(
            names = "--start-up",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "median time from a pod's creation to its readiness (default: day / 40)")
    private Duration startUp;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "overrides a setting of the job, see job/README.md; may be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--work-dir",
            paramLabel = "DIR",
            description =
                    "where Kafka, checkpoints and logs go, kept afterwards (default: a temporary"
                            + " folder, deleted at the end)")
    private Path workDir;

    @CommandLine.Mixin private Ports ports;

    @Override
    public Integer call() throws Exception {
        requireAtLeast("--day", day, Duration.ofMinutes(2));
        requireAtLeast("--duration", duration, Duration.ofSeconds(10));
        requireAtLeast("--start-up", startUp, Duration.ofMillis(100));
        require(peak > 0 && peak <= 5_000, "--peak", peak, "a rate in (0, 5000]");
        require(history >= 0 && history <= 60, "--history", history, "0 to 60 days");
        require(
                (frontEnd == null) == (kubeconfig == null),
                "--front-end",
                frontEnd,
                "a host:port with --kubeconfig, and only with it");
        checkSurroundings();
        LoadShape shape = shape();
        var plan = LocalPlan.of(shape, load, peak, day, history, startUp, reactive, seed, settings);
        var run =
                new LocalRun(
                        plan,
                        new LocalRun.Surroundings(redis, kubeconfig, frontEnd, workDir, ports),
                        System.out);
        try {
            run.check();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Interrupts.onInterrupt(run::interrupt, run::clear);
        return run.untilEnd(duration, summary, json);
    }

    private void checkSurroundings() {
        require(
                kubeconfig == null || Files.isReadable(kubeconfig),
                "--kubeconfig",
                kubeconfig,
                "a readable kubeconfig file");
        require(
                frontEnd == null || frontEnd.matches("[^:]+:[0-9]{1,5}"),
                "--front-end",
                frontEnd,
                "host:port");
        require(
                redis == null || List.of("redis", "rediss").contains(redis.getScheme()),
                "--redis",
                redis,
                "redis://host:port or rediss://host:port");
        // The password is not repeated: it would be on the screen.
        require(
                redis == null || redis.getUserInfo() == null || !redis.getUserInfo().contains(":"),
                "--redis",
                "it holds a password",
                "the password in a file, named by --set redis.password-file=FILE");
        require(
                workDir == null || isEmpty(workDir),
                "--work-dir",
                workDir,
                "a new or an empty folder");
        ports.all()
                .forEach(
                        (option, port) ->
                                require(port >= 0 && port <= 65_535, option, port, "0 to 65535"));
    }

    private static boolean isEmpty(Path folder) {
        String[] files = folder.toFile().list();
        return files == null ? !Files.exists(folder) : files.length == 0;
    }

    private LoadShape shape() {
        try {
            return LoadShape.of(load, seed, history);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Invalid value for option '--load': " + e.getMessage(), e);
        }
    }

    private void requireAtLeast(String option, Duration value, Duration least) {
        require(
                value == null || value.compareTo(least) >= 0,
                option,
                value == null ? null : Times.text(value),
                "at least " + Times.text(least));
    }

    private void require(boolean holds, String option, Object value, String expected) {
        Options.require(spec, holds, option, value, expected);
    }

    /** Reads times such as 90s or 8m. */
    static final class TimeConverter implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Times.parse(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }
}
