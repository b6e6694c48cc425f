package dev.sphere.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.cluster.ClusterRecord;
import dev.sphere.local.cluster.ClusterStatus;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere cluster status}: what runs, and the newest forecasts. */
@Command(
        name = "status",
        description = {
            "Shows the cluster's processes, its job, and the newest forecasts that Redis has."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all of the cluster's processes run and answer",
            "1:not all of them, or none was started",
            "2:wrong usage"
        })
final class ClusterStatusCommand implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @CommandLine.Mixin private ClusterCommand.Folder folder;

    @Option(names = "--json", description = "prints one JSON object instead")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var record = ClusterRecord.in(folder.path()).orElse(ClusterRecord.none());
        var status = ClusterStatus.of(record);
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(status));
        } else {
            out.print(status.inWords());
        }
        out.flush();
        return status.isWell() ? 0 : 1;
    }
}
