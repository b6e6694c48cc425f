package dev.sphere.local.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The calls of Flink's REST API that are needed to see and steer a job; the web UI uses the same.
 */
public final class FlinkRest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LONGEST_ERROR = 2_000;
    private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");

    private final URI root;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();

    /**
     * @param url of the web UI
     */
    public FlinkRest(String url) {
        this.root = URI.create(url.endsWith("/") ? url : url + "/");
    }

    /** The cluster in figures. */
    public record Overview(String version, int taskManagers, int slots, int freeSlots) {}

    /** A job as the list of jobs has it; the state in Flink's words, as {@code RUNNING}. */
    public record Job(String id, String name, String state) {
        /** Whether it has ended, for good. */
        public boolean hasEnded() {
            return ENDED.contains(state);
        }
    }

    /** A job with what it consists of. */
    public record JobDetail(String id, String name, String state, List<Vertex> vertices) {
        /** Whether it has ended, for good. */
        public boolean hasEnded() {
            return ENDED.contains(state);
        }

        /** Whether it and all of its subtasks are running. */
        public boolean isRunning() {
            return state.equals("RUNNING")
                    && vertices.stream().allMatch(vertex -> vertex.state().equals("RUNNING"));
        }
    }

    /** Operators that run as one task, named as in the web UI. */
    public record Vertex(String name, int parallelism, String state) {}

    /**
     * How far a savepoint is.
     *
     * @param isCompleted whether it has come to an end, good or bad
     * @param location where it is, empty before that or if it failed
     * @param failure why there is none, or empty
     */
    public record Savepoint(boolean isCompleted, String location, String failure) {}

    /**
     * What the checkpoints of a job have come to.
     *
     * @param restored how often the job started from one, counting savepoints
     */
    public record Checkpoints(long completed, long failed, long restored) {}

    public Overview overview() throws IOException {
        var answer = get("overview");
        return new Overview(
                answer.path("flink-version").asText(),
                answer.path("taskmanagers").asInt(),
                answer.path("slots-total").asInt(),
                answer.path("slots-available").asInt());
    }

    /** All jobs, also those that have ended. */
    public List<Job> jobs() throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (var job : get("jobs/overview").path("jobs")) {
            jobs.add(
                    new Job(
                            job.path("jid").asText(),
                            job.path("name").asText(),
                            job.path("state").asText()));
        }
        return jobs;
    }

    public JobDetail job(String id) throws IOException {
        var answer = get("jobs/" + id);
        List<Vertex> vertices = new ArrayList<>();
        for (var vertex : answer.path("vertices")) {
            vertices.add(
                    new Vertex(
                            vertex.path("name").asText(),
                            vertex.path("parallelism").asInt(),
                            vertex.path("status").asText()));
        }
        return new JobDetail(
                id, answer.path("name").asText(), answer.path("state").asText(), vertices);
    }

    /** The exceptions that failed the job or made it restart, the newest first. */
    public List<String> exceptions(String job) throws IOException {
        List<String> exceptions = new ArrayList<>();
        for (var entry :
                get("jobs/" + job + "/exceptions").path("exceptionHistory").path("entries")) {
            exceptions.add(entry.path("stacktrace").asText());
        }
        return exceptions;
    }

    public Checkpoints checkpoints(String job) throws IOException {
        var counts = get("jobs/" + job + "/checkpoints").path("counts");
        return new Checkpoints(
                counts.path("completed").asLong(),
                counts.path("failed").asLong(),
                counts.path("restored").asLong());
    }

    /** The options that the JobManager runs with; secrets are masked. */
    public Map<String, String> configuration() throws IOException {
        Map<String, String> options = new TreeMap<>();
        for (var option : get("jobmanager/config")) {
            options.put(option.path("key").asText(), option.path("value").asText());
        }
        return options;
    }

    /**
     * Asks for a savepoint while the job goes on.
     *
     * @return the request's id, for {@link #savepoint}
     */
    public String triggerSavepoint(String job, String targetDirectory) throws IOException {
        var body = JSON.createObjectNode().put("target-directory", targetDirectory);
        return post("jobs/" + job + "/savepoints", body).path("request-id").asText();
    }

    /**
     * Asks for a savepoint and the end of the job with it.
     *
     * @return the request's id, for {@link #savepoint}
     */
    public String stopWithSavepoint(String job, String targetDirectory) throws IOException {
        var body = JSON.createObjectNode().put("targetDirectory", targetDirectory);
        return post("jobs/" + job + "/stop", body).path("request-id").asText();
    }

    /** How far a savepoint is that was asked for. */
    public Savepoint savepoint(String job, String request) throws IOException {
        var answer = get("jobs/" + job + "/savepoints/" + request);
        var operation = answer.path("operation");
        return new Savepoint(
                answer.path("status").path("id").asText().equals("COMPLETED"),
                operation.path("location").asText(""),
                operation.path("failure-cause").path("stack-trace").asText(""));
    }

    /** Asks for the end of the job. */
    public void cancel(String job) throws IOException {
        send("PATCH", "jobs/" + job + "?mode=cancel", null, BodyPublishers.noBody());
    }

    /**
     * Uploads the jar of a job.
     *
     * @return its id, for {@link #run}
     */
    public String upload(Path jar) throws IOException {
        var boundary = "sphere-" + UUID.randomUUID();
        var head =
                """
                --%s\r
                Content-Disposition: form-data; name="jarfile"; filename="%s"\r
                Content-Type: application/x-java-archive\r
                \r
                """
                        .formatted(boundary, jar.getFileName());
        var body =
                BodyPublishers.concat(
                        BodyPublishers.ofString(head),
                        BodyPublishers.ofFile(jar),
                        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        var answer = send("POST", "jars/upload", "multipart/form-data; boundary=" + boundary, body);
        var name = answer.path("filename").asText();
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /**
     * Submits a job of an uploaded jar.
     *
     * @param arguments of its main
     * @param parallelism or 0 for the cluster's default
     * @return the job's id
     */
    public String run(String jar, List<String> arguments, int parallelism) throws IOException {
        var body = JSON.createObjectNode();
        var list = body.putArray("programArgsList");
        arguments.forEach(list::add);
        if (parallelism > 0) {
            body.put("parallelism", parallelism);
        }
        return post("jars/" + jar + "/run", body).path("jobid").asText();
    }

    private JsonNode get(String path) throws IOException {
        return send("GET", path, null, BodyPublishers.noBody());
    }

    private JsonNode post(String path, ObjectNode body) throws IOException {
        return send("POST", path, "application/json", BodyPublishers.ofString(body.toString()));
    }

    private JsonNode send(String method, String path, String contentType, BodyPublisher body)
            throws IOException {
        var request = HttpRequest.newBuilder(root.resolve(path)).timeout(PATIENCE);
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        try {
            var answer =
                    http.send(
                            request.method(method, body).build(),
                            BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (answer.statusCode() >= 300) {
                throw failure(answer);
            }
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s answered %s %s with something else than JSON; is it Flink's web UI?"
                            .formatted(root, method, path),
                    e);
        } catch (FlinkRestException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "Flink's REST API on %s does not answer %s %s: %s"
                            .formatted(root, method, path, e),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for Flink's REST API", e);
        }
    }

    // Flink puts what happened in a list, mostly after a general sentence.
    private static FlinkRestException failure(HttpResponse<String> answer) {
        var said = answer.body();
        try {
            List<String> errors = new ArrayList<>();
            for (var error : JSON.readTree(said).path("errors")) {
                errors.add(error.asText());
            }
            said = errors.isEmpty() ? said : String.join("\n", errors);
        } catch (JsonProcessingException e) {
            // Not from Flink's handlers then: the text itself is all there is.
            said = answer.body();
        }
        if (said.length() > LONGEST_ERROR) {
            said = said.substring(0, LONGEST_ERROR) + " …";
        }
        return new FlinkRestException(
                "%s %s answered %d: %s"
                        .formatted(
                                answer.request().method(),
                                answer.request().uri(),
                                answer.statusCode(),
                                said),
                answer.statusCode());
    }
}
