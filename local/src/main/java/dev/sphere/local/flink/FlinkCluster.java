package dev.sphere.local.flink;

import dev.sphere.local.kafka.LoopbackPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster in this process: JobManager with web UI and REST, one TaskManager, the Prometheus
 * reporter, and checkpoints on disk.
 *
 * <p>All of it listens on 127.0.0.1, but for the Prometheus reporter, which has no option for that
 * and listens on all interfaces.
 */
public final class FlinkCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlinkCluster.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final Path dir;
    private final Settings settings;
    private final int restPort;
    private final int prometheusPort;
    private final Configuration configuration;
    private final MiniCluster cluster;
    private boolean closed;

    /**
     * How the cluster is made.
     *
     * @param restPort of the web UI and REST, 0 for a free one
     * @param prometheusPort of the Prometheus reporter, 0 for a free one
     * @param slots of the one TaskManager
     * @param checkpointInterval how often a job that says nothing else is checkpointed
     * @param more Flink's own options, for the cluster and for jobs; they win over ours
     */
    public record Settings(
            int restPort,
            int prometheusPort,
            int slots,
            Duration checkpointInterval,
            Map<String, String> more) {
        public Settings {
            if (slots < 1) {
                throw new IllegalArgumentException("slots: " + slots + " is less than 1");
            }
            if (checkpointInterval.toMillis() < 10) {
                throw new IllegalArgumentException(
                        "checkpointInterval: " + checkpointInterval + " is less than 10 ms");
            }
            more = Map.copyOf(more);
        }

        /** Free ports and nothing more. */
        public static Settings of(int slots, Duration checkpointInterval) {
            return new Settings(0, 0, slots, checkpointInterval, Map.of());
        }
    }

    private FlinkCluster(Path dir, Settings settings) {
        this.dir = dir.toAbsolutePath();
        this.settings = settings;
        this.restPort = LoopbackPort.freeOr(settings.restPort());
        this.prometheusPort = freeOnAllInterfacesOr(settings.prometheusPort());
        this.configuration = configure();
        this.cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(new Configuration(configuration))
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(settings.slots())
                                .build());
    }

    /**
     * Starts a cluster and waits until its REST answers.
     *
     * @param dir its folder, made if needed: checkpoints, savepoints and temporary files
     */
    public static FlinkCluster start(Path dir, Settings settings) {
        var flink = new FlinkCluster(dir, settings);
        try {
            Files.createDirectories(flink.dir.resolve("tmp"));
            flink.cluster.start();
            await("the start of Flink's REST", flink.cluster.getRestAddress(), PATIENCE);
        } catch (RuntimeException e) {
            flink.close();
            throw e;
        } catch (Exception e) { // MiniCluster.start declares nothing narrower
            flink.close();
            throw new IllegalStateException(
                    "Flink did not start with REST on "
                            + LOOPBACK
                            + ":"
                            + flink.restPort
                            + " and its files in "
                            + flink.dir
                            + ": "
                            + e.getMessage(),
                    e);
        }
        LOG.info("Flink on {}, Prometheus metrics on {}", flink.webUrl(), flink.prometheusUrl());
        return flink;
    }

    /** The web UI; REST has the same root. */
    public String webUrl() {
        return "http://" + LOOPBACK + ":" + restPort;
    }

    public String prometheusUrl() {
        return "http://" + LOOPBACK + ":" + prometheusPort + "/metrics";
    }

    public int restPort() {
        return restPort;
    }

    public int prometheusPort() {
        return prometheusPort;
    }

    /** What to build a job's {@link StreamExecutionEnvironment} with. */
    public Configuration configuration() {
        return new Configuration(configuration);
    }

    /** Submits the job that was built in the environment; returns once the JobManager has it. */
    public JobID submit(StreamExecutionEnvironment env) {
        return await("the submission", cluster.submitJob(env.getStreamGraph()), PATIENCE)
                .getJobID();
    }

    public JobStatus status(JobID job) {
        return await("the status of job " + job, cluster.getJobStatus(job), PATIENCE);
    }

    /** Asks the job to end; see {@link #status} for when it has. */
    public void cancel(JobID job) {
        await("cancelling job " + job, cluster.cancelJob(job), PATIENCE);
    }

    /** Ends all jobs and the cluster; checkpoints and savepoints stay, temporary files go. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            await("the end of Flink", cluster.closeAsync(), CLOSING);
        } catch (IllegalStateException e) {
            LOG.warn("Flink did not end in order: {}", e.getMessage(), e);
        }
        deleteTemporaryFiles();
    }

    /** The reporter listens on all interfaces, so that its port has to be free on each of them. */
    private static int freeOnAllInterfacesOr(int port) {
        try (var socket = new ServerSocket(port)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "port "
                            + port
                            + " for Prometheus is not available on all interfaces ("
                            + e.getMessage()
                            + "); give another one, or 0 for any free port",
                    e);
        }
    }

    private Configuration configure() {
        var tmp = dir.resolve("tmp").toString();
        var c = new Configuration();
        c.set(RestOptions.ADDRESS, LOOPBACK);
        c.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        c.set(RestOptions.PORT, restPort);
        c.set(RestOptions.BIND_PORT, String.valueOf(restPort));
        c.set(RestOptions.SERVER_NUM_THREADS, 2);
        c.set(JobManagerOptions.ADDRESS, LOOPBACK);
        c.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        c.set(TaskManagerOptions.HOST, LOOPBACK);
        c.set(TaskManagerOptions.BIND_HOST, LOOPBACK);

        c.set(CoreOptions.TMP_DIRS, tmp);
        c.set(WebOptions.TMP_DIR, tmp);
        c.set(WebOptions.UPLOAD_DIR, tmp);
        c.set(BlobServerOptions.STORAGE_DIRECTORY, tmp);
        // The TaskManager would fetch what is larger from the host's own address, not 127.0.0.1.
        c.set(BlobServerOptions.OFFLOAD_MINSIZE, Integer.MAX_VALUE);

        c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
        c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
        c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));

        c.set(MetricOptions.REPORTERS_LIST, "prom");
        c.setString(
                "metrics.reporter.prom.factory.class", PrometheusReporterFactory.class.getName());
        c.setString("metrics.reporter.prom.port", String.valueOf(prometheusPort));

        c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval());
        c.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                dir.resolve("checkpoints").toUri().toString());
        c.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                dir.resolve("savepoints").toUri().toString());
        c.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        c.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                Duration.ofSeconds(1));
        c.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                Duration.ofSeconds(10));
        c.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(1));
        c.set(CoreOptions.DEFAULT_PARALLELISM, settings.slots());

        settings.more().forEach(c::setString);
        return c;
    }

    private void deleteTemporaryFiles() {
        try (var files = Files.walk(dir.resolve("tmp"))) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("Flink left no temporary files");
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("Cannot delete Flink's temporary files in {}: {}", dir, e.toString());
        }
    }

    private static <T> T await(String what, CompletableFuture<T> future, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    what + " took longer than " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }
}
