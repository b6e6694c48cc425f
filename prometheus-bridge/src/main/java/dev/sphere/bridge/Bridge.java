package dev.sphere.bridge;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/**
 * The bridge from Prometheus to Kafka, as a program and as part of another.
 *
 * <pre>
 *   scrape ─► output (Kafka `metrics`)
 * </pre>
 */
public final class Bridge implements AutoCloseable {
    private static final String LOG_CONFIGURATION = "log4j2.configurationFile";

    // Not static: main chooses the log configuration first.
    private final Logger log = LoggerFactory.getLogger(Bridge.class);

    /** What is to be closed, the last opened first. */
    private final Deque<Runnable> parts = new ArrayDeque<>();

    private final BridgeMetrics metrics = new BridgeMetrics();
    private volatile Input input;
    private volatile Output output;
    private BridgeEndpoint endpoint;

    private Bridge() {}

    /**
     * Starts the bridge, which then works until it is closed.
     *
     * @param client where pods are found; null for the cluster of the environment, if the settings
     *     name namespaces. One that is given is not closed.
     */
    public static Bridge start(BridgeConfig config, KubernetesClient client) {
        var bridge = new Bridge();
        try {
            bridge.open(config, client);
            return bridge;
        } catch (IOException e) {
            bridge.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            bridge.close();
            throw e;
        }
    }

    private void open(BridgeConfig config, KubernetesClient given) throws IOException {
        log.info("settings: {}", config);
        endpoint =
                new BridgeEndpoint(config.http(), metrics.registry, this::isHealthy, this::isReady);
        parts.push(endpoint::close);
        KubernetesClient client = null;
        if (!config.scrape().pods().namespaces().isEmpty()) {
            client = given;
            if (client == null) {
                client = new KubernetesClientBuilder().build();
                parts.push(client::close);
            }
        }
        output = new MetricsWriter(config, metrics);
        parts.push(output::close);
        input = new ScrapeInput(config.scrape(), client, output, metrics, Clock.systemUTC());
        parts.push(input::close);
        input.start();
        log.info("bridge started, its own metrics are at port {}", port());
    }

    /** The port of the bridge's own metrics, also when the settings say 0. */
    public int port() {
        return endpoint.port();
    }

    /** Whether Kafka and Kubernetes have answered. */
    public boolean isReady() {
        return input != null && input.isReady() && output.isReady();
    }

    private boolean isHealthy() {
        return input != null && input.isAlive();
    }

    /** Stops scraping and waits, for as long as the settings say, until Kafka has all samples. */
    @Override
    public synchronized void close() {
        Runnable part = parts.poll();
        if (part != null) {
            try {
                part.run();
            } finally {
                close();
            }
        }
    }

    public static void main(String[] args) {
        if (System.getProperty(LOG_CONFIGURATION) == null
                && System.getenv("LOG4J_CONFIGURATION_FILE") == null) {
            System.setProperty(LOG_CONFIGURATION, "sphere-bridge-log4j2.xml");
        }
        System.exit(commandLine(System.getenv()).execute(args));
    }

    static CommandLine commandLine(Map<String, String> env) {
        return new CommandLine(new Program(env))
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> {
                            boolean settings = failure instanceof BridgeConfigException;
                            command.getErr().println(failure.getMessage());
                            return settings ? 2 : 1;
                        });
    }

    @Command(
            name = "sphere-bridge",
            description = "Scrapes Prometheus endpoints and writes their samples to Kafka.",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:stopped as asked",
                "1:could not start or go on",
                "2:wrong options or settings"
            })
    private static final class Program implements Callable<Integer> {
        private final Map<String, String> env;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "Settings as YAML; see README.md for all keys.")
        private Path config;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description =
                        "Overrides one setting, e.g. scrape.interval=2s; repeatable. The environment"
                                + " does the same, e.g. SPHERE_BRIDGE_SCRAPE_INTERVAL=2s.")
        private Map<String, String> sets = new LinkedHashMap<>();

        Program(Map<String, String> env) {
            this.env = env;
        }

        @Override
        public Integer call() throws InterruptedException {
            Bridge bridge = Bridge.start(BridgeConfig.load(config, sets, env), null);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        bridge.close();
                                        // A stop that was asked for and done is a success.
                                        Runtime.getRuntime().halt(0);
                                    },
                                    "bridge-stop"));
            new CountDownLatch(1).await();
            return 0;
        }
    }

    private static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Bridge.class.getPackage().getImplementationVersion();
            return new String[] {"sphere-bridge " + (version == null ? "(not packaged)" : version)};
        }
    }
}
