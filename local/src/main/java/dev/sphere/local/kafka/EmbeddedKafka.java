package dev.sphere.local.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker (KRaft, broker and controller in one) in this process, on 127.0.0.1 only.
 *
 * <p>It can be stopped and started again on the same port and data: an outage, as its clients see
 * it.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final Path logs;
    private final LoopbackPort port;
    private final LoopbackPort controllerPort;
    private KafkaRaftServer server;
    private FutureTask<Void> stopping;
    private Admin admin;
    private boolean closed;

    private EmbeddedKafka(Path dir, LoopbackPort port, LoopbackPort controllerPort) {
        this.logs = dir.resolve("kafka-logs").toAbsolutePath();
        this.port = port;
        this.controllerPort = controllerPort;
    }

    /**
     * Starts a broker.
     *
     * @param dir its folder, made if needed; the data in it are used again
     * @param port the port, or 0 for a free one
     */
    public static EmbeddedKafka start(Path dir, int port) {
        // Kafka ends the process when it cannot go on; here it is a guest.
        Exit.setExitProcedure((status, message) -> refuseToEnd("exit", status, message));
        Exit.setHaltProcedure((status, message) -> refuseToEnd("halt", status, message));

        var kafka = new EmbeddedKafka(dir, LoopbackPort.hold(port), LoopbackPort.hold(0));
        try {
            kafka.start();
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
        return kafka;
    }

    private static void refuseToEnd(String how, int status, String message) {
        LOG.error("The Kafka broker failed and wanted to {} with {}: {}", how, status, message);
    }

    /** What clients take as {@code bootstrap.servers}. */
    public String bootstrap() {
        return port.address();
    }

    public int port() {
        return port.number();
    }

    public synchronized boolean isRunning() {
        return server != null;
    }

    /** Starts a stopped broker on the same port with the same data. */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("this broker is closed");
        }
        if (stopping != null) {
            stop();
        }
        if (server != null) {
            return;
        }
        formatOnce();
        port.release();
        controllerPort.release();
        var starting = new KafkaRaftServer(new KafkaConfig(settings(), false), Time.SYSTEM);
        try {
            starting.startup();
        } catch (RuntimeException e) {
            starting.shutdown();
            hold();
            throw e;
        }
        server = starting;
        admin =
                Admin.create(
                        Map.of(
                                "bootstrap.servers", bootstrap(),
                                "client.id", "embedded-kafka",
                                "metrics.num.samples", "1",
                                "enable.metrics.push", "false"));
        LOG.info("Kafka broker on {}, data in {}", bootstrap(), logs);
    }

    /**
     * Stops the broker; its data stay, and its port stays ours.
     *
     * @throws IllegalStateException if it does not stop, or not in time; it may be stopped again
     */
    public synchronized void stop() {
        if (!stopsWithin(PATIENCE)) {
            throw new IllegalStateException(
                    "the Kafka broker on "
                            + bootstrap()
                            + " has not stopped within "
                            + PATIENCE.toSeconds()
                            + " s");
        }
    }

    /** Stops the broker, and gives up on one that does not stop in half a minute. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (!stopsWithin(CLOSING)) {
                LOG.warn(
                        "The Kafka broker on {} has not stopped within {} s",
                        bootstrap(),
                        CLOSING.toSeconds());
            }
        } finally {
            port.close();
            controllerPort.close();
        }
    }

    private boolean stopsWithin(Duration patience) {
        if (server == null) {
            return true;
        }
        if (stopping == null) {
            admin.close(Duration.ofSeconds(1));
            admin = null;
            stopping = stopping(server);
        }
        try {
            stopping.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the Kafka broker on " + bootstrap() + " failed to stop", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for Kafka's end", e);
        }
        stopping = null;
        server = null;
        hold();
        LOG.info("Kafka broker on {} stopped", bootstrap());
        return true;
    }

    // In a thread of its own: Kafka itself would wait for minutes for its controller's consent.
    private static FutureTask<Void> stopping(KafkaRaftServer server) {
        var task =
                new FutureTask<Void>(
                        () -> {
                            server.shutdown();
                            server.awaitShutdown();
                            return null;
                        });
        var thread = new Thread(task, "embedded-kafka-stop");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Makes a topic unless it is there, and waits until each partition has its leader. */
    public void createTopic(String name, int partitions, Map<String, String> config) {
        var topic = new NewTopic(name, Optional.of(partitions), Optional.of((short) 1));
        try {
            await(a -> a.createTopics(List.of(topic.configs(config))).all());
        } catch (TopicExistsException e) {
            LOG.debug("Topic {} is there already", name);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isLed(name)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "topic " + name + " has no leader after " + PATIENCE.toSeconds() + " s");
            }
            pause();
        }
    }

    private boolean isLed(String topic) {
        try {
            return describe(topic).partitions().stream()
                    .allMatch(p -> p.leader() != null && !p.leader().isEmpty());
        } catch (UnknownTopicOrPartitionException e) {
            // The controller has it, the broker does not know yet.
            return false;
        }
    }

    /** The offset that the next record of each partition gets; control records count too. */
    public Map<Integer, Long> endOffsets(String topic) {
        var latest =
                describe(topic).partitions().stream()
                        .collect(
                                Collectors.toMap(
                                        p -> new TopicPartition(topic, p.partition()),
                                        p -> OffsetSpec.latest()));
        var offsets = new TreeMap<Integer, Long>();
        await(a -> a.listOffsets(latest).all())
                .forEach((partition, at) -> offsets.put(partition.partition(), at.offset()));
        return offsets;
    }

    private TopicDescription describe(String topic) {
        return await(a -> a.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    }

    private <T> T await(Function<Admin, KafkaFuture<T>> call) {
        Admin current;
        synchronized (this) {
            if (admin == null) {
                throw new IllegalStateException("the Kafka broker on " + bootstrap() + " is down");
            }
            current = admin;
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return call.apply(current).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                // A broker whose heart beat too late for the controller has no place for a topic.
                boolean again =
                        e.getCause() instanceof InvalidReplicationFactorException
                                || e.getCause() instanceof RetriableException
                                        && !(e.getCause()
                                                instanceof UnknownTopicOrPartitionException);
                if (again && System.nanoTime() < deadline) {
                    pause();
                } else if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                } else {
                    throw new IllegalStateException("Kafka on " + bootstrap() + " failed", e);
                }
            } catch (TimeoutException e) {
                throw new IllegalStateException(
                        "Kafka on " + bootstrap() + " did not answer in " + PATIENCE, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for Kafka", e);
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for Kafka", e);
        }
    }

    private void hold() {
        port.holdAgain();
        controllerPort.holdAgain();
    }

    // A folder that is formatted already keeps its cluster id: formatting it again would fail.
    private void formatOnce() {
        if (Files.exists(logs.resolve("meta.properties"))) {
            return;
        }
        try (var quiet =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            Files.createDirectories(logs);
            new Formatter()
                    .setPrintStream(quiet)
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName("CONTROLLER")
                    .addDirectory(logs.toString())
                    .setMetadataLogDirectory(logs.toString())
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make Kafka's folder " + logs, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // Formatter.run declares nothing narrower
            throw new IllegalStateException("cannot format Kafka's folder " + logs, e);
        }
    }

    private Map<String, String> settings() {
        var s = new HashMap<String, String>();
        s.put("process.roles", "broker,controller");
        s.put("node.id", "1");
        s.put("controller.quorum.voters", "1@" + controllerPort.address());
        s.put(
                "listeners",
                "PLAINTEXT://" + port.address() + ",CONTROLLER://" + controllerPort.address());
        s.put("advertised.listeners", "PLAINTEXT://" + port.address());
        s.put("controller.listener.names", "CONTROLLER");
        s.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        s.put("log.dirs", logs.toString());
        s.put("auto.create.topics.enable", "false");

        // One broker holds everything.
        s.put("default.replication.factor", "1");
        s.put("min.insync.replicas", "1");
        s.put("offsets.topic.replication.factor", "1");
        s.put("offsets.topic.num.partitions", "1");
        s.put("transaction.state.log.replication.factor", "1");
        s.put("transaction.state.log.min.isr", "1");
        s.put("transaction.state.log.num.partitions", "1");
        s.put("share.coordinator.state.topic.replication.factor", "1");
        s.put("share.coordinator.state.topic.min.isr", "1");
        s.put("share.coordinator.state.topic.num.partitions", "1");
        s.put("group.initial.rebalance.delay.ms", "0");

        // After a crash the next start waits until the session of the dead broker is over.
        s.put("broker.session.timeout.ms", "3000");
        s.put("broker.heartbeat.interval.ms", "500");

        // Small: a few threads, and no 128 MB for the log cleaner.
        s.put("num.network.threads", "1");
        s.put("num.io.threads", "2");
        s.put("background.threads", "2");
        s.put("num.replica.fetchers", "1");
        s.put("num.recovery.threads.per.data.dir", "1");
        s.put("log.cleaner.dedupe.buffer.size", "8388608");
        s.put("log.cleaner.io.buffer.size", "131072");
        s.put("log.index.size.max.bytes", "1048576");
        s.put("log.segment.bytes", "67108864");
        s.put("socket.send.buffer.bytes", "-1");
        s.put("socket.receive.buffer.bytes", "-1");
        return s;
    }
}
