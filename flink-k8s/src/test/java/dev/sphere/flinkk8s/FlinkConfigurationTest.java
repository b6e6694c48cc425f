package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** The FlinkDeployment's settings, asked of Flink's own option classes. */
class FlinkConfigurationTest {
    /** Of release 1.15 of the operator, which Maven Central does not have. */
    private static final Set<String> OPERATOR_KEYS =
            Set.of("kubernetes.operator.cluster.health-check.enabled");

    /** What its validator refuses in a FlinkDeployment. */
    private static final Set<String> FORBIDDEN_KEYS =
            Set.of("kubernetes.namespace", "kubernetes.cluster-id", "high-availability.cluster-id");

    private static final String REPORTER = "metrics.reporter.prom.";

    private final Map<String, String> configuration = Manifest.flinkJob().configuration();

    @Test
    void flinkKnowsEachKey() throws Exception {
        assertThat(unknown(configuration)).isEmpty();
    }

    @Test
    void aMisspeltKeyIsFound() throws Exception {
        var copy = new HashMap<>(configuration);
        copy.put("execution.checkpointing.intervall", "10s");
        copy.put("metrics.reporter.prom.portt", "1");

        assertThat(unknown(copy))
                .containsExactlyInAnyOrder(
                        "execution.checkpointing.intervall", "metrics.reporter.prom.portt");
    }

    @Test
    void flinkUnderstandsEachValue() throws Exception {
        var options = options();
        var flink = Configuration.fromMap(configuration);

        for (String key : configuration.keySet()) {
            if (options.containsKey(key)) {
                assertThat(flink.getOptional(options.get(key))).as(key).isPresent();
            }
        }
    }

    @Test
    void aWrongValueIsFound() throws Exception {
        var option = options().get("execution.checkpointing.externalized-checkpoint-retention");
        var flink = Configuration.fromMap(Map.of(option.key(), "RETAIN_ON_CANCELATION"));

        assertThatThrownBy(() -> flink.getOptional(option))
                .hasMessageContaining("RETAIN_ON_CANCELATION");
    }

    @Test
    void theReporterIsFlinksOwn() throws Exception {
        assertThat(configuration).containsEntry("metrics.reporters", "prom");
        assertThat(
                        Class.forName(configuration.get(REPORTER + "factory.class"))
                                .getDeclaredConstructor()
                                .newInstance())
                .isInstanceOf(MetricReporterFactory.class);
    }

    @Test
    void theOperatorsValidatorHasNothingToRefuse() {
        var job = Manifest.flinkJob();
        var flink = Configuration.fromMap(configuration);

        assertThat(configuration.keySet()).doesNotContainAnyElementsOf(FORBIDDEN_KEYS);
        assertThat(job.tree().at("/metadata/name").asText())
                .matches("[a-z]([-a-z\\d]{0,43}[a-z\\d])?");
        assertThat(job.spec().at("/job/upgradeMode").asText()).isEqualTo("savepoint");
        assertThat(flink.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY)).isNotBlank();
        assertThat(flink.get(CheckpointingOptions.SAVEPOINT_DIRECTORY)).isNotBlank();
        assertThat(job.spec().path("serviceAccount").asText()).isNotBlank();
        assertThat(job.spec().at("/job/parallelism").asInt()).isPositive();
        for (String part : List.of("jobManager", "taskManager")) {
            // as the operator does: Kubernetes' units without the i are Flink's
            String memory = job.spec().at("/" + part + "/resource/memory").asText();
            assertThat(memory).matches("\\d+[MG]i");
            assertThat(MemorySize.parse(memory.replace("i", "")).getMebiBytes())
                    .isBetween(1024, 4096);
        }
    }

    @Test
    void theTaskManagersHaveAnAccountOfTheirOwn() {
        String account =
                configuration.get(KubernetesConfigOptions.TASK_MANAGER_SERVICE_ACCOUNT.key());

        assertThat(account)
                .isEqualTo("sphere-taskmanager")
                .isNotEqualTo(Manifest.flinkJob().spec().path("serviceAccount").asText());
    }

    @Test
    void versionsAreThoseOfTheBuild() throws IOException {
        var spec = Manifest.flinkJob().spec();
        String pom = Files.readString(Manifest.HOME.resolve("pom.xml"));
        String flink = between(pom, "<flink.version>", "</flink.version>");
        String[] parts = flink.split("\\.");
        String project = between(pom, "<version>", "</version>");

        assertThat(spec.path("flinkVersion").asText()).isEqualTo("v" + parts[0] + "_" + parts[1]);
        assertThat(spec.path("image").asText()).isEqualTo("sphere-job:" + project);
        assertThat(image("Deployment", "prometheus-bridge")).isEqualTo("sphere-bridge:" + project);
        assertThat(image("StatefulSet", "kafka"))
                .isEqualTo(image("Job", "kafka-topics"))
                .isEqualTo("apache/kafka:" + between(pom, "<kafka.version>", "</kafka.version>"));
    }

    @Test
    void theJobsMainIsTheOneNamed() throws Exception {
        var job = Manifest.flinkJob().spec().path("job");

        var main = Class.forName(job.path("entryClass").asText()).getMethod("main", String[].class);

        assertThat(Modifier.isStatic(main.getModifiers())).isTrue();
        assertThat(job.path("jarURI").asText()).startsWith("local:///opt/flink/usrlib/");
    }

    @Test
    void theMaximumParallelismIsTheOneThatTheJobSets() {
        var environment =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        Configuration.fromMap(configuration));

        assertThat(environment.getMaxParallelism()).isEqualTo(128);
        assertThat(environment.getCheckpointConfig().isCheckpointingEnabled()).isTrue();
        assertThat(environment.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
    }

    private static List<String> unknown(Map<String, String> configuration) throws Exception {
        var known = options().keySet();
        List<String> unknown = new ArrayList<>();
        for (String key : configuration.keySet()) {
            boolean reporter =
                    key.startsWith(REPORTER)
                            && Set.of("factory.class", "port")
                                    .contains(key.substring(REPORTER.length()));
            if (!known.contains(key) && !OPERATOR_KEYS.contains(key) && !reporter) {
                unknown.add(key);
            }
        }
        return unknown;
    }

    /** All options of Flink's option classes, without prefixes and old names. */
    private static Map<String, ConfigOption<?>> options() throws Exception {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        for (Class<?> inJar :
                List.of(
                        CheckpointingOptions.class, // of flink-core
                        KubernetesConfigOptions.class)) {
            for (String name : optionClasses(inJar)) {
                Class<?> type =
                        Class.forName(name, true, FlinkConfigurationTest.class.getClassLoader());
                for (var field : type.getFields()) {
                    if (Modifier.isStatic(field.getModifiers())
                            && field.getType() == ConfigOption.class) {
                        var option = (ConfigOption<?>) field.get(null);
                        options.put(option.key(), option);
                    }
                }
            }
        }
        assertThat(options).hasSizeGreaterThan(400);
        return options;
    }

    private static List<String> optionClasses(Class<?> inJar)
            throws IOException, URISyntaxException {
        var file = new File(inJar.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (var jar = new JarFile(file)) {
            return jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("org/apache/flink/.*Options\\.class"))
                    .filter(name -> !name.contains("shaded"))
                    .map(name -> name.replace(".class", "").replace('/', '.'))
                    .toList();
        }
    }

    private static String image(String kind, String name) {
        return Manifest.named(kind, name)
                .tree()
                .at("/spec/template/spec/containers/0/image")
                .asText();
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
