package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Dockerfiles, with what the build has made: there is no Docker engine to build them with. */
class ImagesIT {
    @ParameterizedTest
    @ValueSource(strings = {"job.Dockerfile", "bridge.Dockerfile"})
    void whatIsCopiedWasBuiltAndNothingElseIsSentToTheEngine(String file) throws IOException {
        String jar = copied(file).get(0);
        List<String> sent = Files.readAllLines(Manifest.FOLDER.resolve(file + ".dockerignore"));

        assertThat(Manifest.HOME.resolve(jar)).isRegularFile();
        assertThat(sent).containsExactly("*", "!" + jar);
    }

    @ParameterizedTest
    @ValueSource(strings = {"job.Dockerfile", "bridge.Dockerfile"})
    void theImageIsNotRunAsRoot(String file) throws IOException {
        List<String> instructions = instructions(file);

        assertThat(instructions.get(0)).matches("FROM [a-z-]+:[0-9].*");
        assertThat(instructions).filteredOn(line -> line.startsWith("USER")).hasSize(1);
        assertThat(instructions)
                .anyMatch(line -> line.matches("USER [1-9][0-9]{3,}:[1-9][0-9]{3,}"))
                .noneMatch(line -> line.startsWith("RUN"));
    }

    @Test
    void theJobsJarIsWhereTheFlinkDeploymentLooksForIt() throws IOException {
        String[] copy = copied("job.Dockerfile").toArray(String[]::new);
        var spec = Manifest.flinkJob().spec();

        assertThat(spec.at("/job/jarURI").asText()).isEqualTo("local://" + copy[1]);
        assertThat(instructions("job.Dockerfile"))
                .contains(
                        "USER %1$s:%1$s"
                                .formatted(
                                        spec.at("/podTemplate/spec/securityContext/runAsUser")
                                                .asText()));
        assertThat(main(copy[0])).isEqualTo(spec.at("/job/entryClass").asText());
    }

    @Test
    void theBridgesImageStartsTheBridge() throws IOException {
        String[] copy = copied("bridge.Dockerfile").toArray(String[]::new);
        var pod =
                Manifest.named("Deployment", "prometheus-bridge").tree().at("/spec/template/spec");

        assertThat(instructions("bridge.Dockerfile"))
                .contains("ENTRYPOINT [\"java\", \"-jar\", \"" + copy[1] + "\"]")
                .contains(
                        "USER %1$s:%1$s".formatted(pod.at("/securityContext/runAsUser").asText()));
        assertThat(main(copy[0])).isEqualTo("dev.sphere.bridge.Bridge");
        assertThat(pod.at("/containers/0/args").toString())
                .isEqualTo("[\"--config\",\"/etc/sphere/bridge.yaml\"]");
    }

    @Test
    void theJobRunsOnTheFlinkThatItIsBuiltFor() throws IOException {
        String pom = Files.readString(Manifest.HOME.resolve("pom.xml"));

        String image = instructions("job.Dockerfile").get(0);

        assertThat(image).matches("FROM flink:[0-9.]+-java17");
        assertThat(pom)
                .contains(
                        "<flink.version>"
                                + image.replaceAll("FROM flink:|-java17", "")
                                + "</flink.version>");
    }

    private static List<String> copied(String file) throws IOException {
        return instructions(file).stream()
                .filter(line -> line.startsWith("COPY "))
                .flatMap(line -> List.of(line.split(" ")).stream().skip(1))
                .toList();
    }

    private static List<String> instructions(String file) throws IOException {
        return Files.readAllLines(Manifest.FOLDER.resolve(file)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    private static String main(String jar) throws IOException {
        try (var file = new JarFile(Manifest.HOME.resolve(jar).toFile())) {
            return file.getManifest().getMainAttributes().getValue("Main-Class");
        }
    }
}
