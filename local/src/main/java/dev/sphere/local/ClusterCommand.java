package dev.sphere.local;

import dev.sphere.local.cluster.ClusterRecord;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** {@code sphere cluster}: the job on a Flink cluster of separate JVMs. */
@Command(
        name = "cluster",
        description = {
            "The job on a real Flink cluster on this machine: a JobManager and TaskManagers as"
                    + " processes of their own, with a Kafka broker, Redis and the bridge beside"
                    + " them. The bridge scrapes Flink's own metrics, so that SPHERE forecasts the"
                    + " load of its own cluster. All of it goes on until ./sphere cluster stop.",
        },
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClusterStartCommand.class,
            ClusterSubmitCommand.class,
            ClusterSavepointCommand.class,
            ClusterStatusCommand.class,
            ClusterStopCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        footer = {
            "",
            "Example:",
            "  ./sphere cluster start",
            "  ./sphere cluster submit",
            "  ./sphere cluster status",
            "  ./sphere cluster savepoint --stop",
            "  ./sphere cluster submit --from-savepoint latest",
            "  ./sphere cluster stop",
            "",
            "'./sphere cluster COMMAND --help' tells more of a command."
        })
final class ClusterCommand implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "Missing command: expected one of start, submit, savepoint, status, stop, help");
    }

    /** Where the cluster keeps everything, and what was written down there. */
    static final class Folder {
        @Option(
                names = "--dir",
                paramLabel = "DIR",
                description =
                        "the cluster's folder: its record, logs, settings, checkpoints, savepoints"
                                + " (default: .sphere/cluster in SPHERE's own folder)")
        private Path dir;

        Path path() {
            return dir == null
                    ? FetchedTool.home().resolve(".sphere/cluster")
                    : dir.toAbsolutePath().normalize();
        }

        /**
         * The record of a cluster that runs.
         *
         * @throws IllegalStateException if none does
         */
        ClusterRecord running() throws IOException {
            var record = ClusterRecord.in(path()).orElse(ClusterRecord.none());
            if (record.alive().isEmpty()) {
                throw new IllegalStateException(
                        "no cluster runs from %s: start one with ./sphere cluster start"
                                .formatted(path()));
            }
            return record;
        }
    }
}
