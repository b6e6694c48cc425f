package dev.sphere.local.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The {@code scale} subresource of the workloads in {@code apps/v1}, answered as the API server
 * does; fabric8's CRUD server takes it for the workload itself.
 */
final class ScaleSubresource {
    private static final Pattern PATH =
            Pattern.compile(
                    "/apis/apps/v1/namespaces/(?<namespace>[^/]+)"
                            + "/(?<plural>deployments|statefulsets|replicasets)"
                            + "/(?<name>[^/]+)/scale(\\?(?<query>.*))?");
    private static final ObjectMapper JSON = new ObjectMapper();
    // As the API server: maxRetryWhenPatchConflicts.
    private static final int PATCH_ATTEMPTS = 5;

    private final Workloads workloads;

    /** Where workloads are read and written; each call is atomic. */
    interface Workloads {
        MockResponse get(String path);

        /** A JSON merge patch, refused with 409 if it names another resourceVersion. */
        MockResponse merge(String path, String patch);
    }

    ScaleSubresource(Workloads workloads) {
        this.workloads = workloads;
    }

    static boolean isScale(String path) {
        return PATH.matcher(path).matches();
    }

    MockResponse answer(String method, String path, String contentType, String body) {
        var match = PATH.matcher(path);
        if (!match.matches()) {
            throw new IllegalArgumentException("not the path of a scale: " + path);
        }
        var target = Target.of(match);
        try {
            return switch (method) {
                case "GET" -> ok(scaleOf(read(target)));
                case "PUT" -> update(target, parse(body));
                case "PATCH" -> patch(target, contentType, body);
                default ->
                        throw new Refused(
                                405,
                                "MethodNotAllowed",
                                "the server does not allow this method on the requested resource");
            };
        } catch (Refused e) {
            return Statuses.failure(e.code, e.reason, e.getMessage());
        }
    }

    private record Target(String plural, String name, String path, boolean dryRun) {
        static Target of(Matcher match) {
            var query = match.group("query");
            return new Target(
                    match.group("plural"),
                    match.group("name"),
                    "/apis/apps/v1/namespaces/%s/%s/%s"
                            .formatted(
                                    match.group("namespace"),
                                    match.group("plural"),
                                    match.group("name")),
                    query != null && query.contains("dryRun=All"));
        }

        String resource() {
            return plural + ".apps \"" + name + "\"";
        }
    }

    private JsonNode read(Target target) {
        var answer = workloads.get(target.path());
        if (answer.code() == 404) {
            throw notFound(target);
        }
        return parse(text(answer));
    }

    private MockResponse update(Target target, JsonNode scale) {
        var current = read(target);
        int replicas = validReplicas(target, current, scale);
        var merge = JSON.createObjectNode();
        merge.putObject("spec").put("replicas", replicas);
        var version = scale.path("metadata").path("resourceVersion").asText("");
        if (!version.isEmpty()) {
            if (!version.equals(current.path("metadata").path("resourceVersion").asText())) {
                throw conflict(target);
            }
            // Checked again under the server's lock: of racing writers one wins.
            merge.putObject("metadata").put("resourceVersion", version);
        }
        if (target.dryRun()) {
            ((ObjectNode) current.path("spec")).put("replicas", replicas);
            return ok(scaleOf(current));
        }
        var answer = workloads.merge(target.path(), merge.toString());
        return switch (answer.code()) {
            case 404 -> throw notFound(target);
            case 409 -> throw conflict(target);
            default -> answer.code() < 300 ? ok(scaleOf(parse(text(answer)))) : answer;
        };
    }

    // A patch without a condition of its own is applied to whatever is there, however often that
    // changes meanwhile; one that names an old version is refused each time.
    private MockResponse patch(Target target, String contentType, String body) {
        for (int attempt = 1; ; attempt++) {
            try {
                return update(target, patched(read(target), contentType, body));
            } catch (Refused e) {
                if (e.code != 409 || attempt == PATCH_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static int validReplicas(Target target, JsonNode current, JsonNode scale) {
        var kind = scale.path("kind").asText("Scale");
        var apiVersion = scale.path("apiVersion").asText("autoscaling/v1");
        if (!scale.isObject() || !kind.equals("Scale") || !apiVersion.equals("autoscaling/v1")) {
            throw new Refused(
                    400,
                    "BadRequest",
                    "expected autoscaling/v1 Scale, got "
                            + (scale.isObject() ? apiVersion + " " + kind : scale.getNodeType()));
        }
        var name = scale.path("metadata").path("name").asText(target.name());
        if (!name.isEmpty() && !name.equals(target.name())) {
            throw new Refused(
                    400,
                    "BadRequest",
                    "the name of the object (%s) does not match the name on the URL (%s)"
                            .formatted(name, target.name()));
        }
        var uid = scale.path("metadata").path("uid").asText("");
        if (!uid.isEmpty() && !uid.equals(current.path("metadata").path("uid").asText())) {
            throw new Refused(
                    409,
                    "Conflict",
                    ("Operation cannot be fulfilled on %s: Precondition failed: UID in"
                                    + " precondition: %s, UID in object meta: %s")
                            .formatted(
                                    target.resource(),
                                    uid,
                                    current.path("metadata").path("uid").asText()));
        }
        // Go leaves a zero out when it writes a Scale.
        var replicas = scale.path("spec").path("replicas");
        if (replicas.isMissingNode() || replicas.isNull()) {
            return 0;
        }
        if (!replicas.isIntegralNumber() || !replicas.canConvertToInt()) {
            throw new Refused(
                    400,
                    "BadRequest",
                    "Scale in version \"v1\" cannot be handled as a Scale: spec.replicas: "
                            + replicas
                            + " is not an int32");
        }
        if (replicas.intValue() < 0) {
            throw new Refused(
                    422,
                    "Invalid",
                    ("Scale.autoscaling \"%s\" is invalid: spec.replicas: Invalid value: %s: must"
                                    + " be greater than or equal to 0")
                            .formatted(target.name(), replicas));
        }
        return replicas.intValue();
    }

    // The patch is one of the Scale, not of the workload.
    private static JsonNode patched(JsonNode workload, String contentType, String body) {
        var scale = scaleOf(workload);
        var patch = parse(body);
        var type = contentType == null ? "" : contentType.split(";")[0].strip();
        return switch (type) {
            // Nothing in a Scale is a list, so that both mean the same.
            case "application/merge-patch+json", "application/strategic-merge-patch+json" ->
                    MergePatch.apply(scale, patch);
            case "application/json-patch+json" -> {
                try {
                    yield JsonPatch.apply(patch, scale);
                } catch (JsonPatchException e) {
                    throw new Refused(
                            422, "Invalid", "the patch cannot be applied: " + e.getMessage());
                }
            }
            default ->
                    throw new Refused(
                            415,
                            "UnsupportedMediaType",
                            "the body of the request was in an unknown format: " + type);
        };
    }

    private static ObjectNode scaleOf(JsonNode workload) {
        var metadata = workload.path("metadata");
        var scale = JSON.createObjectNode();
        scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        var own = scale.putObject("metadata");
        for (var field :
                new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
            if (metadata.hasNonNull(field)) {
                own.set(field, metadata.get(field));
            }
        }
        scale.putObject("spec").put("replicas", workload.path("spec").path("replicas").asInt(1));
        scale.putObject("status")
                .put("replicas", workload.path("status").path("replicas").asInt(0))
                .put("selector", selector(workload.path("spec").path("selector")));
        return scale;
    }

    private static String selector(JsonNode selector) {
        var labels = new TreeMap<String, String>();
        selector.path("matchLabels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        var terms =
                labels.entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.toList());
        for (var expression : selector.path("matchExpressions")) {
            var key = expression.path("key").asText();
            var values =
                    expression
                            .path("values")
                            .valueStream()
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(",", "(", ")"));
            terms.add(
                    switch (expression.path("operator").asText()) {
                        case "In" -> key + " in " + values;
                        case "NotIn" -> key + " notin " + values;
                        case "DoesNotExist" -> "!" + key;
                        default -> key;
                    });
        }
        return String.join(",", terms);
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new Refused(400, "BadRequest", "the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static String text(MockResponse answer) {
        return new String(answer.getBody().getBytes(), StandardCharsets.UTF_8);
    }

    private static MockResponse ok(JsonNode scale) {
        return Statuses.json(200, scale.toString());
    }

    private static Refused notFound(Target target) {
        return new Refused(404, "NotFound", target.resource() + " not found");
    }

    private static Refused conflict(Target target) {
        return new Refused(
                409,
                "Conflict",
                "Operation cannot be fulfilled on "
                        + target.resource()
                        + ": the object has been modified; please apply your changes to the latest"
                        + " version and try again");
    }

    /** A request that is answered with a failure Status. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int code;
        private final String reason;

        Refused(int code, String reason, String message) {
            super(message, null, false, false);
            this.code = code;
            this.reason = reason;
        }
    }
}
