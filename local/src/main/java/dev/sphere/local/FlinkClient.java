package dev.sphere.local;

import dev.sphere.local.cluster.ClusterFolder;
import dev.sphere.local.cluster.ClusterRecord;
import dev.sphere.local.cluster.FlinkDistribution;
import dev.sphere.local.cluster.FlinkRest;
import dev.sphere.local.cluster.StandaloneFlink;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Flink's own command line, {@code bin/flink}, as the commands of a cluster run it. */
record FlinkClient(ClusterFolder folder, ClusterRecord cluster, PrintWriter out) {
    private static final Pattern JOB = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Path: (\\S+)");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");

    /** The job that has been submitted and has not ended. */
    static Optional<FlinkRest.Job> activeJob(FlinkRest rest) throws IOException {
        return rest.jobs().stream().filter(job -> !job.hasEnded()).findFirst();
    }

    /** The id of the job in what {@code flink run} says. */
    static String jobIn(String told) {
        return first(JOB, told, "flink run named no job");
    }

    /** The path in what {@code flink savepoint} and {@code flink stop} say. */
    static String savepointIn(String told) {
        return first(SAVEPOINT, told, "flink named no savepoint");
    }

    private static String first(Pattern pattern, String told, String otherwise) {
        var matcher = pattern.matcher(told);
        if (!matcher.find()) {
            throw new IllegalStateException(otherwise + "; it said:\n" + told);
        }
        return matcher.group(1);
    }

    /**
     * Shows the command, runs it, and waits for its end.
     *
     * @return what it said
     * @throws IllegalStateException with what it said, if it fails
     */
    String run(List<String> arguments) throws IOException {
        var distribution = FlinkDistribution.in(Path.of(cluster.flinkHome()));
        var flink = StandaloneFlink.find(distribution, folder.flink());
        var script = distribution.folder().resolve("bin/flink").toString();
        out.println(
                "FLINK_CONF_DIR="
                        + Stream.concat(
                                        Stream.of(flink.conf().toString(), script),
                                        arguments.stream())
                                .map(FlinkClient::quoted)
                                .collect(Collectors.joining(" ")));
        out.flush();
        var answer = flink.cli(arguments.toArray(String[]::new));
        if (answer.exitCode() != 0) {
            throw new IllegalStateException(
                    "flink %s failed with exit code %d:%n%s"
                            .formatted(
                                    arguments.get(0), answer.exitCode(), answer.output().strip()));
        }
        return answer.output();
    }

    /** As one can type it into a shell. */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
