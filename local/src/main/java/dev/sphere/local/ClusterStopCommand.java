package dev.sphere.local;

import dev.sphere.local.cluster.ClusterEnd;
import dev.sphere.local.cluster.ClusterFolder;
import dev.sphere.local.cluster.ClusterRecord;
import dev.sphere.local.cluster.FlinkDistribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere cluster stop}: ends what {@code start} has started, and nothing else. */
@Command(
        name = "stop",
        description = {
            "Ends all processes of the cluster: asks them first, and kills what has not stopped"
                    + " within --patience. A job that runs is not saved first: for that, use"
                    + " ./sphere cluster savepoint --stop. Kafka's records, checkpoints and"
                    + " savepoints stay, for the next start."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing of the cluster runs any more", "1:failed", "2:wrong usage"})
final class ClusterStopCommand implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @CommandLine.Mixin private ClusterCommand.Folder folder;

    @Option(names = "--delete", description = "deletes the cluster's folder, with all its state")
    private boolean delete;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            defaultValue = "15s",
            description = "how long each process may take to stop (default: ${DEFAULT-VALUE})")
    private Duration patience;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var out = spec.commandLine().getOut();
        var path = folder.path();
        if (!Files.isDirectory(path)) {
            out.println("Nothing runs: no cluster was started from " + path);
            return 0;
        }
        try (var taken = ClusterFolder.take(path)) {
            var record = ClusterRecord.in(path);
            if (record.isEmpty() || record.get().alive().isEmpty()) {
                out.println("Nothing runs of the cluster in " + path);
            } else {
                LogFile.in(path);
                new ClusterEnd(patience, out::println).of(record.get());
            }
            if (record.isPresent()) {
                endRestOfFlink(taken, record.get());
                record.get().withoutProcesses().writeTo(path);
            }
            if (delete && record.isPresent()) {
                taken.delete();
                out.println("Deleted " + path);
            } else if (record.isPresent()) {
                out.println("Kafka's records, checkpoints and savepoints are kept in " + path);
            }
            out.flush();
            return 0;
        }
    }

    private void endRestOfFlink(ClusterFolder taken, ClusterRecord record) throws IOException {
        if (record.flinkHome() != null) {
            new ClusterEnd(patience, spec.commandLine().getOut()::println)
                    .ofFlinkIn(taken, FlinkDistribution.in(Path.of(record.flinkHome())));
        }
    }
}
