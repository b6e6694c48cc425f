package dev.sphere.local.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.crud.KubernetesCrudDispatcherException;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * fabric8's CRUD server with what it lacks of an API server: {@code scale}, a status of their own
 * for deployments and pods, real merge patches, discovery, and tables for kubectl.
 */
final class ApiDispatcher extends KubernetesCrudDispatcher {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern WITH_STATUS =
            Pattern.compile(
                    "/(apis/apps/v1/namespaces/[^/]+/deployments|api/v1/namespaces/[^/]+/pods)"
                            + "(?<name>/[^/?]+)?(/status)?(\\?.*)?");
    private static final Pattern NAMESPACED =
            Pattern.compile("/(api|apis/[^/]+)/[^/]+/namespaces/(?<namespace>[^/?]+)/.*");
    private static final Pattern OBJECT =
            Pattern.compile(
                    "/(api|apis/(?<group>[^/]+))/[^/]+(/namespaces/[^/]+)?"
                            + "/(?<plural>[^/]+)/(?<name>[^/?]+)(/status)?(\\?.*)?");
    private static final String MERGE = "application/merge-patch+json";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";

    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
    private final Discovery discovery = new Discovery(() -> body(super.handleGet(Discovery.CRDS)));
    private final ScaleSubresource scale =
            new ScaleSubresource(
                    new ScaleSubresource.Workloads() {
                        @Override
                        public MockResponse get(String path) {
                            return ApiDispatcher.super.handleGet(path);
                        }

                        @Override
                        public MockResponse merge(String path, String patch) {
                            return ApiDispatcher.super.handlePatch(
                                    request(HttpMethod.PATCH, path, MERGE, patch));
                        }
                    });

    @Override
    public MockResponse dispatch(RecordedRequest request) {
        var path = request.getPath();
        if (ScaleSubresource.isScale(path)) {
            return scale.answer(
                    request.getMethod(),
                    path,
                    request.getHeader("Content-Type"),
                    request.getUtf8Body());
        }
        var type = request.getHeader("Content-Type");
        if (type != null && type.startsWith("application/vnd.kubernetes.protobuf")) {
            return Statuses.failure(
                    415,
                    "UnsupportedMediaType",
                    "this API takes JSON only; with kubectl use create -f or apply -f with"
                            + " --validate=false");
        }
        var answer =
                switch (request.method()) {
                    case GET -> get(request);
                    case POST -> create(request);
                    case PUT -> super.handleUpdate(request);
                    case PATCH -> patch(request);
                    case DELETE -> super.handleDelete(path);
                    default ->
                            Statuses.failure(
                                    405, "MethodNotAllowed", "the server does not allow this");
                };
        boolean empty = answer.getBody() == null || answer.getBody().size() == 0;
        if (answer.code() == 404 && empty) {
            return Statuses.failure(404, "NotFound", notFound(path));
        }
        if (answer.getWebSocketListener() == null && answer.header("Content-Type") == null) {
            answer.setHeader("Content-Type", "application/json");
        }
        return answer;
    }

    private static String notFound(String path) {
        var object = OBJECT.matcher(path);
        if (!object.matches()) {
            return "the server could not find the requested resource";
        }
        var group = object.group("group");
        return object.group("plural")
                + (group == null ? "" : "." + group)
                + " \""
                + object.group("name")
                + "\" not found";
    }

    private MockResponse get(RecordedRequest request) {
        var path = request.getPath();
        var known = discovery.answer(path);
        if (known != null) {
            return known;
        }
        var answer = super.handleGet(path);
        var accept = request.getHeader("Accept");
        if (answer.getWebSocketListener() == null
                && answer.code() == 200
                && accept != null
                && accept.contains("as=Table")) {
            var table = Tables.of(path, body(answer));
            return table == null ? answer : Statuses.json(200, table);
        }
        return answer;
    }

    private MockResponse create(RecordedRequest request) {
        var match = NAMESPACED.matcher(request.getPath());
        if (match.matches() && namespaces.add(match.group("namespace"))) {
            // A namespace is there as soon as anything is in it; kubectl asks for it.
            super.handleCreate(
                    request(
                            HttpMethod.POST,
                            "/api/v1/namespaces",
                            "application/json",
                            JSON.createObjectNode()
                                    .put("apiVersion", "v1")
                                    .put("kind", "Namespace")
                                    .set(
                                            "metadata",
                                            JSON.createObjectNode()
                                                    .put("name", match.group("namespace")))
                                    .toString()));
        }
        return super.handleCreate(withDefaults(request));
    }

    private MockResponse patch(RecordedRequest request) {
        var type = request.getHeader("Content-Type");
        var patch = request;
        if (type != null && type.startsWith(STRATEGIC)) {
            var body = request.getUtf8Body();
            if (MergePatch.hasList(tree(body))) {
                return Statuses.failure(
                        415,
                        "UnsupportedMediaType",
                        "a strategic merge patch with a list is not supported here; use a JSON"
                                + " merge patch (kubectl patch --type merge)");
            }
            // Without a list both kinds mean the same.
            patch = request(HttpMethod.PATCH, request.getPath(), MERGE, body);
        }
        var answer = super.handlePatch(patch);
        return answer.code() == 202 ? answer.setResponseCode(200) : answer;
    }

    // What the API server fills in; a status comes from the controllers only.
    private static RecordedRequest withDefaults(RecordedRequest request) {
        var match = WITH_STATUS.matcher(request.getPath());
        if (!match.matches() || !(tree(request.getUtf8Body()) instanceof ObjectNode created)) {
            return request;
        }
        var status = created.putObject("status");
        if (match.group(1).endsWith("pods")) {
            status.put("phase", "Pending");
        } else if (!created.path("spec").has("replicas")) {
            created.withObject("/spec").put("replicas", 1);
        }
        return request(HttpMethod.POST, request.getPath(), "application/json", created.toString());
    }

    @Override
    public boolean isStatusSubresourceEnabledForResource(String path) {
        var match = WITH_STATUS.matcher(path);
        return match.matches()
                ? match.group("name") != null
                : super.isStatusSubresourceEnabledForResource(path);
    }

    @Override
    public JsonNode merge(JsonNode resource, String patch)
            throws KubernetesCrudDispatcherException {
        return MergePatch.apply(resource, asNode(patch));
    }

    private static JsonNode tree(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            // The CRUD server says what is wrong with it.
            return JSON.missingNode();
        }
    }

    private static String body(MockResponse answer) {
        return new String(answer.getBody().getBytes(), StandardCharsets.UTF_8);
    }

    private static RecordedRequest request(
            HttpMethod method, String path, String contentType, String body) {
        return new RecordedRequest(
                "HTTP/1.1",
                method,
                path,
                Headers.builder().add("Content-Type", contentType).build(),
                new Buffer(body.getBytes(StandardCharsets.UTF_8)));
    }
}
