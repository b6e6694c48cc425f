package dev.sphere.local;

import dev.sphere.local.cluster.ClusterFolder;
import dev.sphere.local.cluster.ClusterRecord;
import dev.sphere.local.cluster.FlinkRest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere cluster savepoint}: the job's state, kept for a later start from it. */
@Command(
        name = "savepoint",
        description = {
            "Takes a savepoint of the job by Flink's own command line, and remembers it as"
                    + " 'latest' for ./sphere cluster submit --from-savepoint latest."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"})
final class ClusterSavepointCommand implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @CommandLine.Mixin private ClusterCommand.Folder folder;

    @Option(names = "--stop", description = "ends the job with the savepoint")
    private boolean stop;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var out = spec.commandLine().getOut();
        folder.running();
        LogFile.in(folder.path());
        try (var taken = ClusterFolder.take(folder.path())) {
            var record = folder.running();
            var job =
                    FlinkClient.activeJob(new FlinkRest(record.rest()))
                            .orElseThrow(
                                    () ->
                                            new IllegalStateException(
                                                    "no job runs: submit it with ./sphere cluster"
                                                            + " submit"));
            List<String> arguments = new ArrayList<>();
            if (stop) {
                arguments.addAll(List.of("stop", "--savepointPath"));
                arguments.addAll(List.of(taken.savepoints().toUri().toString(), job.id()));
            } else {
                arguments.addAll(
                        List.of("savepoint", job.id(), taken.savepoints().toUri().toString()));
            }
            String told = new FlinkClient(taken, record, out).run(arguments);
            String path = FlinkClient.savepointIn(told);
            remember(taken, record, path);
            out.println("Savepoint " + path);
            if (stop) {
                out.println("Job " + job.id() + " has ended. Go on with it:");
                out.println("  ./sphere cluster submit --from-savepoint latest");
            }
            out.flush();
            return 0;
        }
    }

    private static void remember(ClusterFolder taken, ClusterRecord record, String path)
            throws IOException {
        record.withSavepoint(path).writeTo(taken.path());
    }
}
