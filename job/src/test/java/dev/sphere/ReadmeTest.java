package dev.sphere;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.policy.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the project's README shows is what the code reads and writes. */
class ReadmeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"metrics", "predictions", "decisions", "rejected", "calendar"})
    void showsTheMessagesOfTheGoldenFiles(String topic) throws IOException {
        List<JsonNode> shown = new ArrayList<>();
        for (String block : blocks("json")) {
            shown.add(JSON.readTree(block));
        }

        for (String line :
                Files.readAllLines(Path.of("src/test/resources/messages", topic + ".json"))) {
            assertThat(shown).contains(JSON.readTree(line));
        }
    }

    @Test
    void showsAPolicyThatCanBeRead() throws IOException {
        var policies = PolicyFile.parse("README.md", blocks("yaml").get(0));

        assertThat(policies).extracting("service").containsExactly("sock-shop/front-end");
    }

    private static List<String> blocks(String language) throws IOException {
        var matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(Path.of("../README.md")));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }
}
