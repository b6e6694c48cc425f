package dev.sphere.local.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.mockwebserver.http.MockResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What the API server says of itself: version, health, and the kinds it knows. */
final class Discovery {
    static final String CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> VERBS =
            List.of("create", "delete", "get", "list", "patch", "update", "watch");

    // Group and version, and its kinds: plural, kind, short name, sub-resources.
    private static final Map<String, List<Kind>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put(
                "v1",
                List.of(
                        new Kind("pods", "Pod", "po", true, List.of("status")),
                        new Kind("services", "Service", "svc", true, List.of()),
                        new Kind("configmaps", "ConfigMap", "cm", true, List.of()),
                        new Kind("secrets", "Secret", null, true, List.of()),
                        new Kind("events", "Event", "ev", true, List.of()),
                        new Kind("namespaces", "Namespace", "ns", false, List.of())));
        KINDS.put(
                "apps/v1",
                List.of(
                        new Kind(
                                "deployments",
                                "Deployment",
                                "deploy",
                                true,
                                List.of("status", "scale")),
                        new Kind(
                                "statefulsets",
                                "StatefulSet",
                                "sts",
                                true,
                                List.of("status", "scale")),
                        new Kind(
                                "replicasets",
                                "ReplicaSet",
                                "rs",
                                true,
                                List.of("status", "scale"))));
        KINDS.put(
                "autoscaling/v2",
                List.of(
                        new Kind(
                                "horizontalpodautoscalers",
                                "HorizontalPodAutoscaler",
                                "hpa",
                                true,
                                List.of("status"))));
        KINDS.put(
                "coordination.k8s.io/v1",
                List.of(new Kind("leases", "Lease", null, true, List.of())));
        KINDS.put(
                "apiextensions.k8s.io/v1",
                List.of(
                        new Kind(
                                "customresourcedefinitions",
                                "CustomResourceDefinition",
                                "crd",
                                false,
                                List.of("status"))));
    }

    private final Supplier<String> definitions;

    private record Kind(
            String plural,
            String kind,
            String shortName,
            boolean namespaced,
            List<String> subresources) {}

    /**
     * Discovery over the built-in kinds and the stored definitions.
     *
     * @param definitions the list of custom resource definitions, as JSON
     */
    Discovery(Supplier<String> definitions) {
        this.definitions = definitions;
    }

    /** The answer, or null if the path asks for something else. */
    MockResponse answer(String pathAndQuery) {
        int query = pathAndQuery.indexOf('?');
        var path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
        return switch (path) {
            case "/healthz", "/livez", "/readyz" ->
                    new MockResponse()
                            .setResponseCode(200)
                            .setHeader("Content-Type", "text/plain")
                            .setBody("ok");
            case "/version" -> Statuses.json(200, version());
            case "/api" ->
                    Statuses.json(
                            200,
                            "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"],"
                                    + "\"serverAddressByClientCIDRs\":[]}");
            case "/apis" -> Statuses.json(200, groups());
            case "/api/v1" -> Statuses.json(200, resources("v1", KINDS.get("v1")));
            default -> {
                var groupVersion = path.startsWith("/apis/") ? path.substring(6) : "";
                var kinds = KINDS.get(groupVersion);
                yield kinds == null ? null : Statuses.json(200, resources(groupVersion, kinds));
            }
        };
    }

    private static String version() {
        return JSON.createObjectNode()
                .put("major", "1")
                .put("minor", "34")
                .put("gitVersion", "v1.34.0-sphere-local")
                .put("gitCommit", "none")
                .put("gitTreeState", "clean")
                .put("buildDate", "2026-01-01T00:00:00Z")
                .put("goVersion", "none")
                .put("compiler", "none")
                .put("platform", System.getProperty("os.name").toLowerCase(Locale.ROOT))
                .toString();
    }

    private String groups() {
        var list = JSON.createObjectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        var groups = list.putArray("groups");
        KINDS.keySet().stream()
                .filter(groupVersion -> groupVersion.contains("/"))
                .forEach(groupVersion -> addGroup(groups, groupVersion));
        for (var definition : customResourceDefinitions()) {
            var spec = definition.path("spec");
            for (var version : spec.path("versions")) {
                addGroup(groups, spec.path("group").asText() + "/" + version.path("name").asText());
            }
        }
        return list.toString();
    }

    private JsonNode customResourceDefinitions() {
        try {
            return JSON.readTree(definitions.get()).path("items");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the CRUD server stored a list that is not JSON", e);
        }
    }

    private static void addGroup(ArrayNode groups, String groupVersion) {
        var parts = groupVersion.split("/");
        var group = groups.addObject().put("name", parts[0]);
        group.putArray("versions")
                .addObject()
                .put("groupVersion", groupVersion)
                .put("version", parts[1]);
        group.putObject("preferredVersion")
                .put("groupVersion", groupVersion)
                .put("version", parts[1]);
    }

    private static String resources(String groupVersion, List<Kind> kinds) {
        var list =
                JSON.createObjectNode()
                        .put("kind", "APIResourceList")
                        .put("apiVersion", "v1")
                        .put("groupVersion", groupVersion);
        var resources = list.putArray("resources");
        for (var kind : kinds) {
            var resource =
                    resources
                            .addObject()
                            .put("name", kind.plural())
                            .put("singularName", kind.kind().toLowerCase(Locale.ROOT))
                            .put("namespaced", kind.namespaced())
                            .put("kind", kind.kind());
            VERBS.forEach(resource.putArray("verbs")::add);
            if (kind.shortName() != null) {
                resource.putArray("shortNames").add(kind.shortName());
            }
            for (var subresource : kind.subresources()) {
                var sub =
                        resources
                                .addObject()
                                .put("name", kind.plural() + "/" + subresource)
                                .put("singularName", "")
                                .put("namespaced", kind.namespaced());
                if (subresource.equals("scale")) {
                    sub.put("group", "autoscaling").put("version", "v1").put("kind", "Scale");
                } else {
                    sub.put("kind", kind.kind());
                }
                sub.putArray("verbs").add("get").add("patch").add("update");
            }
        }
        return list.toString();
    }
}
