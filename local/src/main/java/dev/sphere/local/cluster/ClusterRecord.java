package dev.sphere.local.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a cluster between commands: its processes, its addresses, its newest savepoint.
 *
 * @param flinkHome the distribution's folder
 * @param rest root of Flink's web UI and REST API
 * @param kafka what clients take as {@code bootstrap.servers}
 * @param redis its URI
 * @param slots of all TaskManagers
 * @param processes in the order in which they were started
 * @param savepoint the newest; null for none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ClusterRecord(
        @JsonProperty("flinkHome") String flinkHome,
        @JsonProperty("rest") String rest,
        @JsonProperty("kafka") String kafka,
        @JsonProperty("redis") String redis,
        @JsonProperty("slots") int slots,
        @JsonProperty("processes") List<RecordedProcess> processes,
        @JsonProperty("savepoint") String savepoint) {
    private static final String FILE = "cluster.json";
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public ClusterRecord {
        processes = processes == null ? List.of() : List.copyOf(processes);
    }

    /** Nothing has been started yet. */
    public static ClusterRecord none() {
        return new ClusterRecord(null, null, null, null, 0, List.of(), null);
    }

    /**
     * Reads what an earlier command wrote.
     *
     * @return empty if nothing was ever started in that folder
     * @throws IOException naming the file if it cannot be read
     */
    public static Optional<ClusterRecord> in(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), ClusterRecord.class));
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s is not a record of a cluster: %s; end what still runs by hand, then delete it"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        }
    }

    /** Writes it as a whole: a reader finds the old or the new one, never half of it. */
    public ClusterRecord writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        var written = Files.createTempFile(folder, FILE, ".new");
        Files.write(written, JSON.writeValueAsBytes(this));
        Files.move(written, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        return this;
    }

    public List<RecordedProcess> alive() {
        return processes.stream().filter(RecordedProcess::isAlive).toList();
    }

    public ClusterRecord withProcess(RecordedProcess process) {
        var all = new ArrayList<>(processes);
        all.add(process);
        return new ClusterRecord(flinkHome, rest, kafka, redis, slots, all, savepoint);
    }

    public ClusterRecord withoutProcesses() {
        return new ClusterRecord(flinkHome, rest, kafka, redis, slots, List.of(), savepoint);
    }

    public ClusterRecord withFlink(String home, String url, int allSlots) {
        return new ClusterRecord(home, url, kafka, redis, allSlots, processes, savepoint);
    }

    public ClusterRecord withStores(String kafkaBootstrap, String redisUri) {
        return new ClusterRecord(
                flinkHome, rest, kafkaBootstrap, redisUri, slots, processes, savepoint);
    }

    public ClusterRecord withSavepoint(String path) {
        return new ClusterRecord(flinkHome, rest, kafka, redis, slots, processes, path);
    }
}
