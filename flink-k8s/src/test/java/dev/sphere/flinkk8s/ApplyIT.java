package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sphere.local.FetchedTool;
import dev.sphere.local.kubernetes.ApiServer;
import dev.sphere.local.kubernetes.ControllerManager;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a real Kubernetes makes of the manifests, and what it lets their accounts do. They are
 * applied by the README's own commands, which need {@code bash} and {@code openssl}.
 */
@Tag("needs-tools")
class ApplyIT {
    private static final String POLICIES = "predictiveautoscalers.autoscaling.sphere.dev";
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final String DEFINITION = "flinkdeployments.flink.apache.org-v1.yml";
    private static final String EIGHT =
            "carts,catalogue,front-end,orders,payment,queue-master,shipping,user";

    @TempDir private static Path dir;

    private static Path tool;
    private static ApiServer server;
    private static ControllerManager controllers;
    private static KubernetesClient admin;
    private static String applied;

    @BeforeAll
    static void applyAsTheReadmeSays() throws Exception {
        tool = FetchedTool.fetch(Manifest.HOME, "kubernetes").folder();
        server = ApiServer.start(tool, dir.resolve("kubernetes"));
        controllers = ControllerManager.start(server);
        server.writeKubeconfig(dir.resolve("kubeconfig"), "default");
        admin = server.client();
        // The operator brings it.
        shell("kubectl create -f flink-k8s/src/test/resources/" + DEFINITION);
        await().atMost(PATIENCE).until(ApplyIT::knowsFlinkDeployments);
        applied = shell(readmeCommands("**3. The shop**"));
    }

    private static boolean knowsFlinkDeployments() {
        var status =
                admin.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName("flinkdeployments.flink.apache.org")
                        .get()
                        .getStatus();
        // At first it has no conditions at all, which `kubectl wait` takes for an error.
        return status != null
                && status.getConditions() != null
                && status.getConditions().stream()
                        .anyMatch(
                                condition ->
                                        condition.getType().equals("Established")
                                                && condition.getStatus().equals("True"));
    }

    @AfterAll
    static void stopKubernetes() {
        if (controllers != null) {
            controllers.close();
        }
        if (server != null) {
            server.close();
        }
    }

    static Stream<Manifest> manifests() {
        return Stream.concat(
                Manifest.in(Manifest.HOME.resolve("sock-shop/kubernetes")).stream(),
                Manifest.all().stream());
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void theReadmesCommandsMakeEachObjectWithoutAWarning(Manifest manifest) {
        assertThat(applied.lines())
                .filteredOn(
                        line ->
                                line.matches(
                                        "(?i)%s[a-z0-9.]*/%s created"
                                                .formatted(manifest.kind(), manifest.name())))
                .isNotEmpty();
        assertThat(applied).doesNotContainIgnoringCase("warning");
    }

    @Test
    void appliedAgainNothingChanges() throws Exception {
        var before = generations();

        var again = shell("kubectl apply -f sock-shop/kubernetes/ && kubectl apply -f flink-k8s/");

        // kubectl compares a StatefulSet's claims, and the numbers of a definition, with what the
        // server has made of them.
        assertThat(again.lines())
                .hasSize((int) manifests().count())
                .allMatch(
                        line ->
                                line.endsWith(" unchanged")
                                        || line.equals("statefulset.apps/kafka configured")
                                        || line.equals(
                                                "customresourcedefinition.apiextensions.k8s.io/"
                                                        + POLICIES
                                                        + " configured"));
        assertThat(generations()).isEqualTo(before);
    }

    /** As tools do that keep a cluster as a repository says. */
    @Test
    void serverSideApplyTakesThemToo() throws Exception {
        var output =
                shell(
                        "kubectl apply --server-side --field-manager=repository --force-conflicts"
                                + " --dry-run=server -f sock-shop/kubernetes/ -f flink-k8s/");

        assertThat(output.lines())
                .hasSize((int) manifests().count())
                .allMatch(line -> line.endsWith(" serverside-applied (server dry run)"));
    }

    @Test
    void aMisspeltFieldIsRefused() throws Exception {
        ObjectNode copy = Manifest.named("Deployment", "valkey").tree().deepCopy();
        ((ObjectNode) copy.at("/spec/template/spec")).put("enableServiceLink", false);
        var file = dir.resolve("misspelt.yaml");
        Manifest.YAML.writeValue(file.toFile(), copy);

        assertThatThrownBy(() -> shell("kubectl apply --dry-run=server -f " + file))
                .hasMessageContaining("unknown field \"spec.template.spec.enableServiceLink\"");
    }

    /** The namespace's Pod Security Standard refuses pods, not what makes them. */
    @Test
    void eachWorkloadGetsItsPods() {
        var selectors =
                manifests().filter(m -> m.kind().matches("Deployment|StatefulSet|Job")).toList();

        assertThat(selectors).hasSizeGreaterThan(12);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            var pods = admin.pods().inAnyNamespace().list().getItems();
                            assertThat(selectors)
                                    .allSatisfy(m -> assertThat(podsOf(m, pods)).isGreaterThan(0));
                        });
        assertThat(
                        admin.v1().events().inNamespace("sphere").list().getItems().stream()
                                .filter(event -> event.getReason().equals("FailedCreate")))
                .isEmpty();
    }

    @Test
    void aPodThatMayBecomeRootIsRefusedInSphere() {
        var pod =
                new PodBuilder()
                        .withNewMetadata()
                        .withName("any")
                        .withNamespace("sphere")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("any")
                        .withImage("any")
                        .endContainer()
                        .endSpec()
                        .build();

        assertThatThrownBy(() -> admin.resource(pod).dryRun().create())
                .hasMessageContaining("violates PodSecurity \"restricted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sphere-jobmanager | sphere | /pods create delete get list watch;"
                        + " /configmaps create delete get list patch update watch;"
                        + " apps/deployments[sphere-job] get;"
                        + " apps/deployments/finalizers[sphere-job] update",
                "sphere-jobmanager | sock-shop |",
                "sphere-taskmanager | sphere | /configmaps get list watch",
                "sphere-taskmanager | sock-shop | apps/deployments list watch;"
                        + " apps/deployments[EIGHT] get; apps/deployments/scale[EIGHT] get update",
                "prometheus-bridge | sphere |",
                "prometheus-bridge | sock-shop | /pods get list watch",
                "prometheus | sphere | /pods get list watch",
                "prometheus | sock-shop | /pods get list watch",
                "default | sphere |",
                "default | sock-shop |",
            })
    void theApiServerGrantsAnAccountThisAndNothingElse(
            String account, String namespace, String grants) {
        var expected = new TreeSet<String>();
        if (grants != null) {
            expected.addAll(List.of(grants.replace("EIGHT", EIGHT).split("; ")));
        }
        // What everybody has who is known: asking for one's own rights.
        var everybodys = rules("nobody-else", namespace);

        var granted = rules(account, namespace);

        granted.removeAll(everybodys);
        assertThat(granted).isEqualTo(expected);
        assertThat(everybodys).allMatch(rule -> rule.contains("/selfsubject"));
    }

    @ParameterizedTest
    @CsvSource({
        "sphere-taskmanager, sock-shop, update, apps, deployments, scale, front-end, true",
        "sphere-taskmanager, sock-shop, update, apps, deployments, scale, session-db, false",
        "sphere-taskmanager, sock-shop, patch, apps, deployments, scale, front-end, false",
        "sphere-taskmanager, sock-shop, update, apps, deployments, '', front-end, false",
        "sphere-taskmanager, sock-shop, delete, apps, deployments, '', front-end, false",
        "sphere-taskmanager, sock-shop, list, '', secrets, '', '', false",
        "sphere-taskmanager, default, list, apps, deployments, '', '', false",
        "sphere-jobmanager, sphere, create, '', pods, '', '', true",
        "sphere-jobmanager, sphere, create, '', pods, exec, '', false",
        "sphere-jobmanager, sphere, get, '', secrets, '', valkey, false",
        "sphere-jobmanager, sock-shop, update, apps, deployments, scale, front-end, false",
        "prometheus-bridge, sock-shop, list, '', pods, '', '', true",
        "prometheus-bridge, sphere, list, '', pods, '', '', false",
    })
    void answersWhetherAnAccountMay(
            String account,
            String namespace,
            String verb,
            String group,
            String resource,
            String subresource,
            String name,
            boolean allowed) {
        try (var client = server.clientOf("sphere", account)) {
            var review =
                    new SelfSubjectAccessReviewBuilder()
                            .withNewSpec()
                            .withNewResourceAttributes()
                            .withNamespace(namespace)
                            .withVerb(verb)
                            .withGroup(group)
                            .withResource(resource)
                            .withSubresource(subresource)
                            .withName(name)
                            .endResourceAttributes()
                            .endSpec()
                            .build();

            var answer =
                    client.authorization()
                            .v1()
                            .selfSubjectAccessReview()
                            .create(review)
                            .getStatus();

            assertThat(answer.getAllowed()).isEqualTo(allowed);
        }
    }

    @Test
    void theTaskManagerWatchesAndScalesATargetAndNothingElse() {
        try (var client = server.clientOf("sphere", "sphere-taskmanager")) {
            var shop = client.apps().deployments().inNamespace("sock-shop");
            try (var informer = shop.inform()) {
                var target = shop.withName("catalogue").scale(3);

                assertThat(target.getSpec().getReplicas()).isEqualTo(3);
                await().atMost(PATIENCE)
                        .until(
                                () ->
                                        informer.getStore()
                                                        .getByKey("sock-shop/catalogue")
                                                        .getSpec()
                                                        .getReplicas()
                                                == 3);
            }
            forbidden(() -> shop.withName("session-db").scale(3));
            forbidden(() -> shop.withName("catalogue").delete());
            forbidden(() -> client.pods().inNamespace("sock-shop").list());
            forbidden(() -> client.secrets().inNamespace("sphere").list());
            forbidden(() -> client.apps().deployments().inNamespace("sphere").list());
        }
    }

    /**
     * As Flink does: the TaskManagers belong to the JobManager's Deployment, which waits for them.
     */
    @Test
    void theJobManagerStartsATaskManagerThatItsDeploymentOwnsAndNothingElse() {
        var owner = admin.resource(jobManagerDeployment()).create();
        try (var client = server.clientOf("sphere", "sphere-jobmanager")) {
            var seen =
                    client.apps().deployments().inNamespace("sphere").withName("sphere-job").get();
            var pod =
                    new PodBuilder()
                            .withNewMetadata()
                            .withName("sphere-job-taskmanager-1-1")
                            .withNamespace("sphere")
                            .addNewOwnerReference()
                            .withApiVersion("apps/v1")
                            .withKind("Deployment")
                            .withName("sphere-job")
                            .withUid(seen.getMetadata().getUid())
                            .withController(true)
                            .withBlockOwnerDeletion(true)
                            .endOwnerReference()
                            .endMetadata()
                            .withSpec(
                                    owner.getSpec().getTemplate().getSpec().toBuilder()
                                            .withServiceAccountName("sphere-taskmanager")
                                            .build())
                            .build();

            client.resource(pod).create();
            client.resource(
                            new ConfigMapBuilder()
                                    .withNewMetadata()
                                    .withName("sphere-job-cluster-config-map")
                                    .withNamespace("sphere")
                                    .endMetadata()
                                    .build())
                    .create();

            assertThat(client.resource(pod).get()).isNotNull();
            client.resource(pod).delete();
            forbidden(
                    () ->
                            client.apps()
                                    .deployments()
                                    .inNamespace("sock-shop")
                                    .withName("catalogue")
                                    .scale(9));
            forbidden(() -> client.secrets().inNamespace("sphere").withName("valkey").get());
            forbidden(
                    () ->
                            client.apps()
                                    .deployments()
                                    .inNamespace("sphere")
                                    .withName("valkey")
                                    .get());
        } finally {
            admin.resource(owner).delete();
            admin.configMaps()
                    .inNamespace("sphere")
                    .withName("sphere-job-cluster-config-map")
                    .delete();
        }
    }

    /** What the operator makes of the FlinkDeployment's pod template, as far as admission cares. */
    private static Deployment jobManagerDeployment() {
        var template =
                Manifest.YAML.convertValue(
                        Manifest.flinkJob().spec().path("podTemplate"), Pod.class);
        var spec = template.getSpec();
        spec.getContainers().forEach(container -> container.setImage("sphere-job"));
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("sphere-job")
                .withNamespace("sphere")
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .addToMatchLabels("app", "sphere-job")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "sphere-job")
                .endMetadata()
                .withSpec(spec.toBuilder().withServiceAccountName("sphere-jobmanager").build())
                .endTemplate()
                .endSpec()
                .build();
    }

    private static void forbidden(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(403));
    }

    /** Of what the server writes otherwise than it was told. */
    private static List<Long> generations() {
        var kafka = admin.apps().statefulSets().inNamespace("sphere").withName("kafka").get();
        var policies =
                admin.apiextensions().v1().customResourceDefinitions().withName(POLICIES).get();
        return List.of(kafka.getMetadata().getGeneration(), policies.getMetadata().getGeneration());
    }

    /** The account's, as {@code group/resource[names] verbs}. */
    private static TreeSet<String> rules(String account, String namespace) {
        var review =
                new SelfSubjectRulesReviewBuilder()
                        .withNewSpec()
                        .withNamespace(namespace)
                        .endSpec()
                        .build();
        var user = "system:serviceaccount:sphere:" + account;
        try (var client =
                server.clientAs(
                        user,
                        "system:serviceaccounts",
                        "system:serviceaccounts:sphere",
                        "system:authenticated")) {
            var status =
                    client.authorization().v1().selfSubjectRulesReview().create(review).getStatus();
            assertThat(status.getIncomplete()).isFalse();
            var rules = new TreeSet<String>();
            for (var rule : status.getResourceRules()) {
                var names =
                        rule.getResourceNames().isEmpty()
                                ? ""
                                : rule.getResourceNames().stream()
                                        .sorted()
                                        .collect(Collectors.joining(",", "[", "]"));
                var verbs = rule.getVerbs().stream().sorted().collect(Collectors.joining(" "));
                for (var group : rule.getApiGroups()) {
                    for (var resource : rule.getResources()) {
                        rules.add(group + "/" + resource + names + " " + verbs);
                    }
                }
            }
            return rules;
        }
    }

    private static long podsOf(Manifest workload, List<Pod> pods) {
        var labels = workload.tree().at("/spec/template/metadata/labels");
        return pods.stream()
                .filter(pod -> pod.getMetadata().getNamespace().equals(workload.namespace()))
                .filter(
                        pod ->
                                labels.properties().stream()
                                        .allMatch(
                                                label ->
                                                        label.getValue()
                                                                .asText()
                                                                .equals(
                                                                        pod.getMetadata()
                                                                                .getLabels()
                                                                                .get(
                                                                                        label
                                                                                                .getKey()))))
                .count();
    }

    /** The first block of commands after the text, without those that wait for ever. */
    private static String readmeCommands(String after) throws IOException {
        var readme = Files.readString(Manifest.FOLDER.resolve("README.md"));
        var block = readme.substring(readme.indexOf(after)).split("```\n", 3)[1];
        assertThat(block).contains("kubectl apply -f flink-k8s/");
        return block.lines()
                .filter(line -> !line.contains("--watch"))
                .collect(Collectors.joining("\n"));
    }

    /** Runs it in SPHERE's own folder with the real kubectl, and gives what it says. */
    private static String shell(String commands) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("bash", "-euo", "pipefail", "-c", commands));
        var output = dir.resolve("shell.log");
        var builder =
                new ProcessBuilder(command)
                        .directory(Manifest.HOME.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        var environment = builder.environment();
        environment.merge("PATH", tool.resolve("bin").toString(), (path, own) -> own + ":" + path);
        environment.put("KUBECONFIG", dir.resolve("kubeconfig").toString());
        environment.put("KUBECACHEDIR", dir.resolve("kubectl-cache").toString());
        var process = builder.start();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new IllegalStateException("did not end: " + commands);
        }
        var told = Files.readString(output, StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            throw new IllegalStateException(
                    "exit code %d: %s%n%s".formatted(process.exitValue(), commands, told));
        }
        return told;
    }
}
