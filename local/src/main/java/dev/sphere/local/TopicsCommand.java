package dev.sphere.local;

import dev.sphere.local.kafka.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere topics}: SPHERE's topics on a broker of one's own. */
@Command(
        name = "topics",
        description = {
            "Creates SPHERE's topics on a Kafka broker: those that are missing, with their"
                    + " partitions and settings. What is there is never changed, only checked."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all topics are as they have to be",
            "1:failed, or a topic is there and different",
            "2:wrong usage"
        },
        footer = {"", "Example:", "  ./sphere topics --kafka localhost:9092"})
final class TopicsCommand implements Callable<Integer> {
    /** One broker, or more separated by commas; also of an IPv6 address. */
    static final String BROKERS = "(\\[[0-9a-fA-F:]+]|[^:,\\s]+):[0-9]{1,5}";

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            required = true,
            description = "the broker, or several separated by commas")
    private String kafka;

    @Option(
            names = "--replication",
            paramLabel = "N",
            description = "copies of each partition (default: what the broker says)")
    private Short replication;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "properties of the Kafka client, as Kafka's own tools take them, for TLS")
    private Path commandConfig;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Options.require(
                spec, areBrokers(kafka), "--kafka", kafka, "host:port, or several with commas");
        Options.require(
                spec,
                replication == null || replication > 0,
                "--replication",
                replication,
                "1 or more");
        Options.require(
                spec,
                commandConfig == null || Files.isReadable(commandConfig),
                "--command-config",
                commandConfig,
                "a readable properties file");
        var properties = new Properties();
        if (commandConfig != null) {
            try (var reader = Files.newBufferedReader(commandConfig)) {
                properties.load(reader);
            }
        }
        try (var topics = Topics.of(kafka, properties)) {
            return tell(topics.create(Optional.ofNullable(replication)));
        }
    }

    static boolean areBrokers(String text) {
        return text.matches(BROKERS + "(," + BROKERS + ")*");
    }

    private int tell(List<Topics.Found> topics) {
        PrintWriter out = spec.commandLine().getOut();
        topics.forEach(found -> out.printf("%-12s %s%n", found.topic().name(), found.inWords()));
        out.flush();
        boolean different = topics.stream().anyMatch(found -> !found.differences().isEmpty());
        if (different) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "sphere: a topic that is there is never changed: delete it if its"
                                    + " records may go and run this again, or use kafka-configs.sh"
                                    + " and kafka-topics.sh --alter");
        }
        return different ? 1 : 0;
    }
}
