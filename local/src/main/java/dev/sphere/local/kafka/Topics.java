package dev.sphere.local.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;

/** SPHERE's topics: their partitions and settings, and how a broker comes to have them. */
public final class Topics implements AutoCloseable {
    private static final int PARTITIONS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** How long a broker may be out of its own controller's sight, and how often it is asked. */
    private static final Duration FENCED = Duration.ofMinutes(1);

    private static final Duration AGAIN = Duration.ofMillis(200);
    private static final String RETENTION = "retention.ms";
    private static final String CLEANUP = "cleanup.policy";

    /** In the order of the data flow; then what people write. */
    public static final List<Topic> ALL =
            List.of(
                    new Topic("metrics", PARTITIONS, kept(7)),
                    new Topic("predictions", PARTITIONS, Map.of(CLEANUP, "compact,delete")),
                    new Topic("decisions", PARTITIONS, kept(30)),
                    new Topic("rejected", 3, kept(7)),
                    new Topic("calendar", 1, Map.of(CLEANUP, "compact")));

    private final Admin admin;
    private final String broker;

    /** What a topic has to be like. */
    public record Topic(String name, int partitions, Map<String, String> settings) {
        public Topic {
            settings = Map.copyOf(settings);
        }
    }

    /** How a topic was found, and so what became of it. */
    public enum State {
        CREATED,
        THERE,
        DIFFERENT
    }

    /**
     * What a broker has.
     *
     * @param differences what is not as it has to be, in words
     */
    public record Found(Topic topic, State state, List<String> differences) {
        /** As a person reads it. */
        public String inWords() {
            return switch (state) {
                case CREATED -> "created";
                case THERE -> "there";
                case DIFFERENT -> "there, but has " + String.join(", ", differences);
            };
        }
    }

    private Topics(Admin admin, String broker) {
        this.admin = admin;
        this.broker = broker;
    }

    /**
     * The topics of a broker, which need not be up yet.
     *
     * @param broker its address, or several separated by commas
     * @param properties further ones of the Kafka client, as for TLS
     */
    public static Topics of(String broker, Properties properties) {
        var client = new Properties();
        client.putAll(properties);
        client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
        client.putIfAbsent(AdminClientConfig.CLIENT_ID_CONFIG, "sphere-topics");
        client.putIfAbsent(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                String.valueOf(PATIENCE.minusSeconds(5).toMillis()));
        client.putIfAbsent(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                String.valueOf(PATIENCE.minusSeconds(10).toMillis()));
        return new Topics(Admin.create(client), broker);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }

    private static Map<String, String> kept(int days) {
        return Map.of(
                CLEANUP, "delete", RETENTION, Long.toString(Duration.ofDays(days).toMillis()));
    }

    /**
     * Creates the topics that are missing, and looks at the others, which it leaves as they are.
     *
     * @param replication copies of each partition; empty for what the broker says
     */
    public List<Found> create(Optional<Short> replication) throws InterruptedException {
        var there = await(admin.listTopics().names());
        var found = new ArrayList<Found>();
        for (Topic topic : ALL) {
            if (!there.contains(topic.name()) && created(topic, replication)) {
                found.add(new Found(topic, State.CREATED, List.of()));
            } else {
                var differences = differences(topic);
                found.add(
                        new Found(
                                topic,
                                differences.isEmpty() ? State.THERE : State.DIFFERENT,
                                differences));
            }
        }
        return found;
    }

    private boolean created(Topic topic, Optional<Short> replication) throws InterruptedException {
        var missing =
                new NewTopic(topic.name(), Optional.of(topic.partitions()), replication)
                        .configs(topic.settings());
        long deadline = System.nanoTime() + FENCED.toNanos();
        while (true) {
            try {
                await(admin.createTopics(List.of(missing)).all());
                return true;
            } catch (TopicExistsException e) {
                return false; // someone else was faster
            } catch (InvalidReplicationFactorException e) {
                // A broker whose heart beat too late for the controller has no place for a topic.
                if (replication.isPresent() || System.nanoTime() > deadline) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(AGAIN.toMillis());
            }
        }
    }

    private List<String> differences(Topic topic) throws InterruptedException {
        var differences = new ArrayList<String>();
        var described = await(admin.describeTopics(Set.of(topic.name())).allTopicNames());
        int partitions = described.get(topic.name()).partitions().size();
        if (partitions != topic.partitions()) {
            differences.add(
                    "%d partitions instead of %d".formatted(partitions, topic.partitions()));
        }
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        Config settings = await(admin.describeConfigs(Set.of(resource)).all()).get(resource);
        new TreeMap<>(topic.settings())
                .forEach(
                        (key, wanted) -> {
                            var entry = settings.get(key);
                            String is = entry == null ? "" : entry.value();
                            if (!words(wanted).equals(words(is))) {
                                differences.add("%s=%s instead of %s".formatted(key, is, wanted));
                            }
                        });
        return differences;
    }

    /** The order of a list such as {@code compact,delete} means nothing. */
    private static Set<String> words(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private <T> T await(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw silent(e.getCause());
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("Kafka on " + broker + " failed", e.getCause());
        } catch (TimeoutException e) {
            throw silent(e);
        }
    }

    private IllegalStateException silent(Throwable cause) {
        return new IllegalStateException(
                "no Kafka broker answers on %s within %d s: check that address, and that the broker is up"
                        .formatted(broker, PATIENCE.toSeconds()),
                cause);
    }
}
