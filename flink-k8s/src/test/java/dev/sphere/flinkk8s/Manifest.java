package dev.sphere.flinkk8s;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sphere.local.FetchedTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One object of a manifest file.
 *
 * @param file the name of the file that it is in
 * @param tree as written, shared by all tests: who changes it copies it
 */
record Manifest(String file, ObjectNode tree) {
    static final Path HOME = FetchedTool.home();
    static final Path FOLDER = HOME.resolve("flink-k8s");
    static final YAMLMapper YAML =
            new YAMLMapper(
                    YAMLFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .build());

    private static final List<Manifest> OWN = in(FOLDER);

    /** SPHERE's own, in the order in which kubectl applies them. */
    static List<Manifest> all() {
        return OWN;
    }

    /** All that {@code kubectl apply -f folder} takes, in its order. */
    static List<Manifest> in(Path folder) {
        try (var listed = Files.list(folder)) {
            List<Manifest> manifests = new ArrayList<>();
            for (Path path :
                    listed.filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
                            .sorted()
                            .toList()) {
                manifests.addAll(read(path));
            }
            return manifests;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Manifest> read(Path file) throws IOException {
        try (var objects = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            List<Manifest> manifests = new ArrayList<>();
            while (objects.hasNextValue()) {
                if (!(objects.nextValue() instanceof ObjectNode object)) {
                    throw new IllegalStateException(file + ": expected objects only");
                }
                manifests.add(new Manifest(file.getFileName().toString(), object));
            }
            return manifests;
        }
    }

    static Manifest named(String kind, String name) {
        return all().stream()
                .filter(manifest -> manifest.kind().equals(kind) && manifest.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + kind + " " + name));
    }

    static FlinkJob flinkJob() {
        return new FlinkJob(named("FlinkDeployment", "sphere-job").tree());
    }

    String kind() {
        return tree.path("kind").asText();
    }

    String name() {
        return tree.at("/metadata/name").asText();
    }

    String namespace() {
        return tree.at("/metadata/namespace").asText();
    }

    /** The text of a ConfigMap. */
    String data(String key) {
        return tree.path("data").path(key).asText();
    }

    @Override
    public String toString() {
        return file + ": " + kind() + " " + name();
    }
}
