package dev.sphere.bridge;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A real Kafka broker in this JVM, which can be stopped and started with its data. */
final class KafkaBroker implements AutoCloseable {
    private final Path dir;
    private final HeldPort port = new HeldPort();
    private final HeldPort controllerPort = new HeldPort();
    private KafkaRaftServer server;

    KafkaBroker(Path dir) throws Exception {
        this.dir = Files.createDirectories(dir);
        try (var quiet =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(quiet)
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName("CONTROLLER")
                    .addDirectory(dir.toString())
                    .setMetadataLogDirectory(dir.toString())
                    .run();
        }
        start();
    }

    String bootstrap() {
        return "127.0.0.1:" + port.number;
    }

    void start() throws IOException {
        port.release();
        controllerPort.release();
        server = new KafkaRaftServer(new KafkaConfig(settings(), false), Time.SYSTEM);
        server.startup();
    }

    void stop() throws IOException {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
            port.hold();
            controllerPort.hold();
        }
    }

    void createTopic(String name, int partitions) throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
        }
    }

    private Map<String, String> settings() {
        var s = new HashMap<String, String>();
        s.put("process.roles", "broker,controller");
        s.put("node.id", "1");
        s.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort.number);
        s.put(
                "listeners",
                "PLAINTEXT://" + bootstrap() + ",CONTROLLER://127.0.0.1:" + controllerPort.number);
        s.put("advertised.listeners", "PLAINTEXT://" + bootstrap());
        s.put("controller.listener.names", "CONTROLLER");
        s.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        s.put("log.dirs", dir.toString());
        s.put("auto.create.topics.enable", "false");
        s.put("offsets.topic.replication.factor", "1");
        s.put("offsets.topic.num.partitions", "1");
        s.put("group.initial.rebalance.delay.ms", "0");
        // A broker whose heart beats too late for the controller has no place for a new topic.
        s.put("broker.session.timeout.ms", "30000");
        s.put("broker.heartbeat.interval.ms", "300");
        s.put("num.network.threads", "1");
        s.put("num.io.threads", "2");
        s.put("log.cleaner.dedupe.buffer.size", "8388608");
        return s;
    }

    @Override
    public void close() throws IOException {
        stop();
        port.release();
        controllerPort.release();
    }

    /**
     * A free port that stays ours while the broker is stopped: bound, but nobody listens. Else a
     * client that keeps trying to connect could be given this very port as its own end.
     */
    private static final class HeldPort {
        private final int number;
        private Socket holder;

        HeldPort() throws IOException {
            bind(0);
            number = holder.getLocalPort();
        }

        private void bind(int wanted) throws IOException {
            holder = new Socket();
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
        }

        void hold() throws IOException {
            bind(number);
        }

        void release() throws IOException {
            holder.close();
        }
    }
}
