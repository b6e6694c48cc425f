package dev.sphere.local.kubernetes;

import static dev.sphere.local.kubernetes.Deployments.NAMESPACE;
import static dev.sphere.local.kubernetes.Deployments.deployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kubernetes.ClusterView.Replicas;
import dev.sphere.local.kubernetes.Kubelet.InitialReplicas;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another process, and not written in Java, uses the API; skipped where no kubectl is on the PATH.
 */
class KubectlIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Optional<Path> KUBECTL = onThePath("kubectl");

    @TempDir Path dir;

    private EmbeddedKubernetes kubernetes;
    private Kubelet kubelet;
    private ClusterView view;

    @BeforeEach
    void startKubernetes() {
        assumeThat(KUBECTL).as("kubectl on the PATH: install it to run this test").isPresent();
        kubernetes = EmbeddedKubernetes.start(0);
        kubernetes.writeKubeconfig(dir.resolve("kubeconfig"), NAMESPACE);
        var client = kubernetes.client();
        client.resource(deployment("front-end", 2)).create();
        view = ClusterView.of(client, NAMESPACE);
        kubelet =
                Kubelet.start(
                        client,
                        NAMESPACE,
                        new RecordingRuntime(),
                        new StartUpTimes(Duration.ofMillis(100), 0, 1),
                        InitialReplicas.READY_AT_ONCE,
                        1);
        awaitReplicas(new Replicas(2, 2));
    }

    @AfterEach
    void stopKubernetes() {
        if (kubernetes != null) {
            kubelet.close();
            view.close();
            kubernetes.close();
        }
    }

    @Test
    void showsDeploymentsAndPodsAsTables() throws Exception {
        assertThat(kubectl("get", "deployments,pods"))
                .containsPattern("deployment.apps/front-end +2/2 +2 +2")
                .containsPattern("pod/front-end-\\w{5} +1/1 +Running +0");
        assertThat(kubectl("describe", "deployment", "front-end"))
                .contains("2 desired | 2 updated | 2 total | 2 available");
        assertThat(kubectl("get", "deployment", "nobody"))
                .contains("deployments.apps \"nobody\" not found");
    }

    @Test
    void scalesAndFollowsTheRollout() throws Exception {
        assertThat(kubectl("scale", "deployment", "front-end", "--replicas=4"))
                .contains("front-end scaled");
        assertThat(kubectl("rollout", "status", "deployment/front-end", "--timeout=60s"))
                .contains("successfully rolled out");
        awaitReplicas(new Replicas(4, 4));

        assertThat(
                        kubectl(
                                "scale",
                                "deployment",
                                "front-end",
                                "--current-replicas=9",
                                "--replicas=1"))
                .contains("Expected replicas to be 9, was 4");
    }

    @Test
    void deletesAPodThatIsThenReplaced() throws Exception {
        var pod = kubectl("get", "pods", "-o", "name").lines().findFirst().orElseThrow().strip();

        assertThat(kubectl("delete", pod, "--timeout=60s")).contains("deleted");

        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(kubectl("get", "pods", "-o", "name").lines())
                                        .hasSize(2)
                                        .doesNotContain(pod));
    }

    private static Optional<Path> onThePath(String command) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, command))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void awaitReplicas(Replicas replicas) {
        await().atMost(PATIENCE).until(() -> view.replicas("front-end").equals(replicas));
    }

    private String kubectl(String... arguments) throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                KUBECTL.orElseThrow().toString(),
                                "--kubeconfig",
                                dir.resolve("kubeconfig").toString(),
                                "--cache-dir",
                                dir.resolve("cache").toString()));
        command.addAll(List.of(arguments));
        var out = Files.createTempFile(dir, "kubectl", ".out");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
