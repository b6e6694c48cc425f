package dev.sphere.local.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Flink tells of the checkpoints that it took in some time.
 *
 * @param stateBytes of all state in the newest one
 * @param medianMillis from the trigger to the end
 */
public record Checkpoints(
        int completed, int failed, long stateBytes, double medianMillis, long longestMillis) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** One of them, as the REST API has it. */
    record Taken(long triggered, String status, long millis, long stateBytes) {}

    /**
     * All checkpoints of a job, the newest first.
     *
     * @param url of the REST API
     */
    static List<Taken> taken(String url, String job) throws IOException, InterruptedException {
        var address = URI.create(url + "/jobs/" + job + "/checkpoints");
        var answer =
                HTTP.send(
                        HttpRequest.newBuilder(address).build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (answer.statusCode() != 200) {
            throw new IOException(
                    "%s answered %d: %s".formatted(address, answer.statusCode(), answer.body()));
        }
        List<Taken> taken = new ArrayList<>();
        for (JsonNode one : JSON.readTree(answer.body()).path("history")) {
            taken.add(
                    new Taken(
                            one.path("trigger_timestamp").asLong(),
                            one.path("status").asText(),
                            one.path("end_to_end_duration").asLong(),
                            one.path("state_size").asLong()));
        }
        return taken;
    }

    /** Whether there is one since then, and all that were triggered in the time have ended. */
    static boolean areKnown(List<Taken> taken, long since, long until) {
        return of(taken, since).completed() > 0
                && taken.stream()
                        .filter(one -> one.triggered() >= since && one.triggered() < until)
                        .noneMatch(one -> one.status().equals("IN_PROGRESS"));
    }

    /**
     * Sums up those that were triggered since then.
     *
     * @param taken the newest first
     * @param since in epoch milliseconds
     */
    static Checkpoints of(List<Taken> taken, long since) {
        var recent = taken.stream().filter(one -> one.triggered() >= since).toList();
        var completed = recent.stream().filter(one -> one.status().equals("COMPLETED")).toList();
        long[] millis = completed.stream().mapToLong(Taken::millis).sorted().toArray();
        return new Checkpoints(
                completed.size(),
                (int) recent.stream().filter(one -> one.status().equals("FAILED")).count(),
                completed.isEmpty() ? 0 : completed.get(0).stateBytes(),
                median(millis),
                Arrays.stream(millis).max().orElse(0));
    }

    /**
     * @param sorted in ascending order
     * @return NaN of nothing
     */
    private static double median(long[] sorted) {
        int half = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2.0;
    }
}
