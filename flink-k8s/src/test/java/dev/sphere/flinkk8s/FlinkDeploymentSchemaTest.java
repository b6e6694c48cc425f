package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The FlinkDeployment against the operator's own definition of it. */
class FlinkDeploymentSchemaTest {
    private static final String DEFINITION = "/flinkdeployments.flink.apache.org-v1.yml";

    /** Of the file as it is in release 1.15.0 of the operator. */
    private static final String SHA256 =
            "7977265fc26d5e13e46ea5a18b18ce71dc1b93a7c750d781843a7af0d1d13e47";

    @Test
    void theOperatorKnowsEachFieldAndTakesEachValue() throws IOException {
        assertThat(check().errors(Manifest.flinkJob().tree())).isEmpty();
    }

    @Test
    void aMisspeltFieldIsFound() throws IOException {
        assertThat(errorsAfter(spec -> ((ObjectNode) spec.get("job")).put("upgrademode", "last")))
                .singleElement()
                .asString()
                .contains("upgrademode");
    }

    @Test
    void aMisspeltFieldDeepInThePodTemplateIsFound() throws IOException {
        assertThat(
                        errorsAfter(
                                spec ->
                                        ((ObjectNode) spec.at("/podTemplate/spec/containers/0"))
                                                .put("volumeMount", "")))
                .singleElement()
                .asString()
                .contains("volumeMount");
    }

    @Test
    void aWrongTypeIsFound() throws IOException {
        assertThat(errorsAfter(spec -> ((ObjectNode) spec.get("job")).put("parallelism", "two")))
                .singleElement()
                .asString()
                .contains("parallelism")
                .contains("integer");
    }

    @Test
    void aWrongEnumIsFound() throws IOException {
        assertThat(errorsAfter(spec -> spec.put("flinkVersion", "v2.2")))
                .singleElement()
                .asString()
                .contains("flinkVersion")
                .contains("v2_2");
    }

    @Test
    void whatTheDefinitionLeavesOpenStaysOpen() throws IOException {
        assertThat(
                        errorsAfter(
                                spec ->
                                        ((ObjectNode) spec.get("flinkConfiguration"))
                                                .putObject("state")
                                                .put("savepoints.dir", "file:///x")))
                .isEmpty();
    }

    @Test
    void theDefinitionIsUnchanged() throws Exception {
        try (var in = getClass().getResourceAsStream(DEFINITION)) {
            var digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());

            assertThat(HexFormat.of().formatHex(digest)).isEqualTo(SHA256);
        }
    }

    private static List<String> errorsAfter(Consumer<ObjectNode> change) throws IOException {
        ObjectNode copy = Manifest.flinkJob().tree().deepCopy();
        change.accept((ObjectNode) copy.get("spec"));
        return check().errors(copy);
    }

    private static SchemaCheck check() throws IOException {
        try (var in = FlinkDeploymentSchemaTest.class.getResourceAsStream(DEFINITION)) {
            return SchemaCheck.ofDefinition(in, "v1beta1");
        }
    }
}
