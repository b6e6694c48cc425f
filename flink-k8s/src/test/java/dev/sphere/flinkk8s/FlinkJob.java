package dev.sphere.flinkk8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The FlinkDeployment.
 *
 * @param tree as written
 */
record FlinkJob(ObjectNode tree) {
    JsonNode spec() {
        return tree.path("spec");
    }

    Map<String, String> configuration() {
        var configuration = new LinkedHashMap<String, String>();
        for (var entry : spec().path("flinkConfiguration").properties()) {
            configuration.put(entry.getKey(), entry.getValue().asText());
        }
        return configuration;
    }

    /** Its one container in the pod template. */
    JsonNode container() {
        return spec().at("/podTemplate/spec/containers/0");
    }
}
