package dev.sphere.local.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.regex.Pattern;

/** Deployments and pods as the tables that {@code kubectl get} prints. */
final class Tables {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern KIND =
            Pattern.compile(
                    "/(apis/apps|api)/v1(/namespaces/[^/?]+)?/(?<plural>deployments|pods)"
                            + "(/[^/?]+)?(\\?.*)?");

    private Tables() {}

    /** The table of an object or a list, or null for kinds that have none here. */
    static String of(String path, String body) {
        var match = KIND.matcher(path);
        if (!match.matches()) {
            return null;
        }
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the CRUD server answered with no JSON", e);
        }
        boolean pods = match.group("plural").equals("pods");
        var table = start(pods);
        var rows = table.putArray("rows");
        if (answer.has("items")) {
            table.set("metadata", answer.path("metadata"));
            answer.path("items").forEach(item -> addRow(rows, pods, item));
        } else {
            addRow(rows, pods, answer);
        }
        return table.toString();
    }

    /** The table with one row of a watch event's object. */
    static ObjectNode ofEvent(JsonNode object) {
        boolean pods = object.path("kind").asText().equals("Pod");
        var table = start(pods);
        addRow(table.putArray("rows"), pods, object);
        return table;
    }

    static boolean hasTable(String path) {
        return KIND.matcher(path).matches();
    }

    private static ObjectNode start(boolean pods) {
        var table =
                JSON.createObjectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.putObject("metadata");
        var columns = table.putArray("columnDefinitions");
        var names =
                pods
                        ? List.of("Name", "Ready", "Status", "Restarts", "Age", "IP", "Port")
                        : List.of("Name", "Ready", "Up-to-date", "Available", "Age");
        for (var name : names) {
            columns.addObject()
                    .put("name", name)
                    .put("type", "string")
                    .put("format", name.equals("Name") ? "name" : "")
                    .put("description", name)
                    // kubectl shows these with -o wide only.
                    .put("priority", name.equals("IP") || name.equals("Port") ? 1 : 0);
        }
        return table;
    }

    private static void addRow(ArrayNode rows, boolean pods, JsonNode object) {
        var row = rows.addObject();
        var cells = row.putArray("cells").add(object.path("metadata").path("name").asText());
        var status = object.path("status");
        var age = age(object.path("metadata").path("creationTimestamp").asText());
        if (pods) {
            boolean ready = false;
            for (var condition : status.path("conditions")) {
                ready |=
                        condition.path("type").asText().equals("Ready")
                                && condition.path("status").asText().equals("True");
            }
            cells.add(ready ? "1/1" : "0/1")
                    .add(status.path("phase").asText("Unknown"))
                    .add("0")
                    .add(age)
                    .add(status.path("podIP").asText("<none>"))
                    .add(
                            object.path("metadata")
                                    .path("annotations")
                                    .path("prometheus.io/port")
                                    .asText("<none>"));
        } else {
            cells.add(
                            status.path("readyReplicas").asInt(0)
                                    + "/"
                                    + object.path("spec").path("replicas").asInt(0))
                    .add(String.valueOf(status.path("updatedReplicas").asInt(0)))
                    .add(String.valueOf(status.path("availableReplicas").asInt(0)))
                    .add(age);
        }
        var partial =
                row.putObject("object")
                        .put("kind", "PartialObjectMetadata")
                        .put("apiVersion", "meta.k8s.io/v1");
        partial.set("metadata", object.path("metadata"));
    }

    private static String age(String created) {
        try {
            long seconds =
                    Math.max(
                            0, Duration.between(Instant.parse(created), Instant.now()).toSeconds());
            if (seconds < 120) {
                return seconds + "s";
            }
            return seconds < 7_200 ? seconds / 60 + "m" : seconds / 3_600 + "h";
        } catch (DateTimeParseException e) {
            return "<unknown>";
        }
    }
}
