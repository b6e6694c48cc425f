package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private String readme;

    @BeforeEach
    void read() throws IOException {
        readme = Files.readString(Path.of("README.md"));
    }

    @Test
    void listsEverySettingAsTheSchemaHasIt() {
        var rows = new ArrayList<String>();
        addRows("", Settings.schema(), rows);

        List<String> listed =
                readme.lines()
                        .dropWhile(line -> !line.equals("| key | type | default | meaning |"))
                        .skip(2)
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();

        assertThat(listed).containsExactlyElementsOf(rows);
    }

    @Test
    void showsTheBuiltInRules() throws IOException {
        JsonNode shown = new YAMLMapper().readTree(block("yaml", "rules:"));

        assertThat(shown.at("/scrape/rules"))
                .isEqualTo(Settings.keys().get("scrape.rules").get("default"));
    }

    @Test
    void showsTheGoldenMessage() throws IOException {
        String golden = Files.readString(Path.of("src/test/resources/messages/metrics.json"));

        assertThat(block("json", "\"v\":1")).isEqualTo(golden.strip());
    }

    private String block(String language, String containing) {
        for (String block : readme.split("```" + language + "\n")) {
            String text = block.split("```", 2)[0];
            if (text.contains(containing) && !text.startsWith("# ")) {
                return text.strip();
            }
        }
        throw new AssertionError("no block of " + language + " with " + containing);
    }

    private static void addRows(String prefix, JsonNode schema, List<String> rows) {
        var required = new ArrayList<String>();
        schema.path("required").forEach(name -> required.add(name.textValue()));
        schema.get("properties")
                .properties()
                .forEach(
                        entry -> {
                            String key = prefix + entry.getKey();
                            JsonNode property = Settings.dereferenced(entry.getValue());
                            if (property.has("properties")) {
                                addRows(key + ".", property, rows);
                                return;
                            }
                            rows.add(
                                    "| `%s` | %s | %s | %s |"
                                            .formatted(
                                                    key,
                                                    type(entry.getValue()),
                                                    required.contains(entry.getKey())
                                                            ? "required"
                                                            : defaultValue(property),
                                                    property.get("description").textValue()));
                            if (property.path("items").has("properties")) {
                                addRows(key + "[].", property.get("items"), rows);
                            }
                        });
    }

    private static String type(JsonNode property) {
        String reference = property.path("$ref").asText();
        if (reference.endsWith("/duration") || reference.endsWith("/size")) {
            return reference.substring(reference.lastIndexOf('/') + 1);
        }
        if (property.has("enum")) {
            var values = new ArrayList<String>();
            property.get("enum").forEach(value -> values.add("`" + value.textValue() + "`"));
            return String.join(" \\| ", values);
        }
        return switch (Settings.dereferenced(property).get("type").textValue()) {
            case "integer" -> "number";
            case "boolean" -> "boolean";
            case "array" ->
                    property.at("/items/type").textValue().equals("string")
                            ? "list of texts"
                            : "list of objects";
            default -> "text";
        };
    }

    private static String defaultValue(JsonNode property) {
        JsonNode value = property.path("default");
        if (value.isMissingNode() || (value.isTextual() && value.textValue().isEmpty())) {
            return "";
        }
        if (value.isArray() && !value.isEmpty()) {
            return "see below";
        }
        return "`" + (value.isTextual() ? value.textValue() : value.toString()) + "`";
    }
}
