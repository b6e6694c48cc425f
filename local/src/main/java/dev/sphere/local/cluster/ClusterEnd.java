package dev.sphere.local.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The end of a cluster's processes: those that use others go before them, asked first and killed if
 * they do not go.
 *
 * @param patience from SIGTERM to SIGKILL, for each process
 * @param tell is told of each process that has ended
 */
public record ClusterEnd(Duration patience, Consumer<String> tell) {
    private static final Duration KILLED = Duration.ofSeconds(10);

    /**
     * Ends what still runs of the record's processes, and no others.
     *
     * @throws IllegalStateException if one cannot be ended
     */
    public void of(ClusterRecord record) throws InterruptedException {
        List<RecordedProcess> processes = new ArrayList<>(record.processes());
        Collections.reverse(processes);
        for (RecordedProcess process : processes) {
            if (process.isAlive()) {
                tell.accept(process.name() + " " + ended(process));
            }
        }
    }

    /**
     * Ends what Flink itself has written down of its processes, which is more than the record has
     * if a start was killed, and deletes its temporary files.
     */
    public void ofFlinkIn(ClusterFolder folder, FlinkDistribution distribution) throws IOException {
        if (Files.exists(folder.flink().resolve("processes"))) {
            StandaloneFlink.find(distribution, folder.flink()).stop();
        }
    }

    private String ended(RecordedProcess process) throws InterruptedException {
        process.end();
        if (hasEnded(process, patience)) {
            return "stopped";
        }
        process.kill();
        if (hasEnded(process, KILLED)) {
            return "killed: it had not stopped within " + patience.toSeconds() + " s";
        }
        throw new IllegalStateException(
                "%s (pid %d) cannot be ended; its log is %s"
                        .formatted(process.name(), process.pid(), process.log()));
    }

    private static boolean hasEnded(RecordedProcess process, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (process.isAlive()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return true;
    }
}
