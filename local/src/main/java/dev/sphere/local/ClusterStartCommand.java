package dev.sphere.local;

import dev.sphere.local.cluster.ClusterEnd;
import dev.sphere.local.cluster.ClusterFolder;
import dev.sphere.local.cluster.ClusterRecord;
import dev.sphere.local.cluster.ClusterStart;
import dev.sphere.local.cluster.FlinkDistribution;
import dev.sphere.local.cluster.RecordedProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere cluster start}: everything but the job, as processes of their own. */
@Command(
        name = "start",
        description = {
            "Starts a JobManager and TaskManagers, a Kafka broker and Redis unless they are given,"
                    + " creates the topics, and starts the bridge, which scrapes Flink. Everything"
                    + " goes on when this command has ended, and listens on 127.0.0.1, but for"
                    + " Flink's metrics reporters, which listen on all interfaces: Flink has no"
                    + " option for that.",
            "",
            "The folder has a record of it, sphere.yaml and bridge.yaml, and the logs."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all of it answers",
            "1:failed, and nothing is left of it; or it runs already",
            "2:wrong usage"
        })
final class ClusterStartCommand implements Callable<Integer> {
    private static final String BRIDGE = "prometheus-bridge/target/sphere-bridge-all.jar";
    private static final Duration ENDING = Duration.ofSeconds(40);

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "2",
            description = "(default: ${DEFAULT-VALUE})")
    private int taskManagers;

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "2",
            description = "of each TaskManager (default: ${DEFAULT-VALUE})")
    private int slots;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            description = "uses this broker instead of starting one")
    private String kafka;

    @Option(
            names = "--redis",
            paramLabel = "URI",
            description = "uses this Redis, e.g. redis://127.0.0.1:6379, instead of starting one")
    private URI redis;

    @Option(
            names = "--flink-home",
            paramLabel = "DIR",
            description =
                    "uses this Flink distribution (default: one that is fetched once, for the"
                            + " version that the job is built for)")
    private Path flinkHome;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "of the Kubernetes cluster whose targets the job watches and scales; which those"
                            + " are, recommend.policies of its settings says (default: none)")
    private Path kubeconfig;

    @Option(
            names = "--rest-port",
            paramLabel = "PORT",
            description = "of Flink's web UI and REST API (default: a free one, as for all ports)")
    private int restPort;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description = "of the broker that is started")
    private int kafkaPort;

    @Option(
            names = "--redis-port",
            paramLabel = "PORT",
            description = "of the Redis that is started")
    private int redisPort;

    @CommandLine.Mixin private ClusterCommand.Folder folder;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        var path = folder.path();
        try (var taken = ClusterFolder.take(path)) {
            requireNothingRuns(path);
            LogFile.in(path);
            var plan = plan();
            new ClusterEnd(ENDING, this::tell).ofFlinkIn(taken, plan.flink());
            Interrupts.onInterrupt(Thread.currentThread()::interrupt, () -> {});
            tellWhatIsNext(ClusterStart.of(taken, plan, this::tell));
            return 0;
        }
    }

    private void check() {
        require(
                taskManagers >= 1 && taskManagers <= 32,
                "--task-managers",
                taskManagers,
                "1 to 32");
        require(slots >= 1 && slots <= 128, "--slots", slots, "1 to 128");
        require(
                taskManagers * slots <= 128,
                "--slots",
                slots,
                "at most 128 slots in all, the job's maximum parallelism");
        require(
                kafka == null || TopicsCommand.areBrokers(kafka),
                "--kafka",
                kafka,
                "host:port, or several with commas");
        require(
                redis == null || List.of("redis", "rediss").contains(redis.getScheme()),
                "--redis",
                redis,
                "redis://host:port or rediss://host:port");
        // The password is not repeated: it would be on the screen, and in files.
        require(
                redis == null || redis.getUserInfo() == null || !redis.getUserInfo().contains(":"),
                "--redis",
                "it holds a password",
                "a URI without one; set redis.password-file in sphere.yaml");
        require(
                kubeconfig == null || Files.isReadable(kubeconfig),
                "--kubeconfig",
                kubeconfig,
                "a readable kubeconfig file");
        require(
                flinkHome == null || Files.isDirectory(flinkHome),
                "--flink-home",
                flinkHome,
                "the folder of a Flink distribution, with bin/flink");
        requirePort("--rest-port", restPort);
        requirePort("--kafka-port", kafkaPort);
        requirePort("--redis-port", redisPort);
        require(kafka == null || kafkaPort == 0, "--kafka-port", kafkaPort, "none with --kafka");
        require(redis == null || redisPort == 0, "--redis-port", redisPort, "none with --redis");
    }

    private void requirePort(String option, int port) {
        require(port >= 0 && port <= 65_535, option, port, "0 to 65535");
    }

    private void require(boolean holds, String option, Object value, String expected) {
        Options.require(spec, holds, option, value, expected);
    }

    private static void requireNothingRuns(Path path) throws IOException {
        var alive = ClusterRecord.in(path).orElse(ClusterRecord.none()).alive();
        if (!alive.isEmpty()) {
            throw new IllegalStateException(
                    "a cluster runs from %s already (%s): see ./sphere cluster status, or end it with ./sphere cluster stop"
                            .formatted(
                                    path,
                                    alive.stream()
                                            .map(RecordedProcess::name)
                                            .collect(Collectors.joining(", "))));
        }
    }

    private ClusterStart.Plan plan() throws IOException {
        var home = FetchedTool.home();
        var bridge = home.resolve(BRIDGE);
        if (!Files.isReadable(bridge)) {
            throw new IllegalStateException(bridge + " is not there: build it with mvn package");
        }
        var distribution =
                flinkHome == null ? FetchedTool.fetch(home, "flink").folder() : flinkHome;
        return new ClusterStart.Plan(
                FlinkDistribution.in(distribution),
                taskManagers,
                slots,
                kafka,
                redis,
                new ClusterStart.Ports(restPort, kafkaPort, redisPort),
                kubeconfig == null ? null : kubeconfig.toAbsolutePath(),
                bridge);
    }

    private void tellWhatIsNext(ClusterRecord cluster) {
        tell(
                """

                Flink web UI   %s
                Kafka          %s
                Redis          %s
                settings       %s/sphere.yaml, bridge.yaml
                Next:          ./sphere cluster submit"""
                        .formatted(
                                cluster.rest(), cluster.kafka(), cluster.redis(), folder.path()));
    }

    private void tell(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
