package dev.sphere.local.kubernetes;

import static dev.sphere.local.kubernetes.Deployments.NAMESPACE;
import static dev.sphere.local.kubernetes.Deployments.deployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.FetchedTool;
import dev.sphere.local.kubernetes.Kubelet.InitialReplicas;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("needs-tools")
class ApiServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final StartUpTimes AT_ONCE = new StartUpTimes(Duration.ofMillis(10), 0, 1);

    @TempDir private static Path dir;

    private static Path tool;
    private static ApiServer server;

    private KubernetesClient client;

    @BeforeAll
    static void startTheServer() throws IOException {
        tool = FetchedTool.fetch(FetchedTool.home(), "kubernetes").folder();
        server = ApiServer.start(tool, dir.resolve("shared"));
    }

    @AfterAll
    static void stopTheServer() {
        if (server != null) {
            server.close();
        }
    }

    /** With an account for the pods, as no controller makes one. */
    @BeforeEach
    void makeTheNamespace() {
        client = server.client();
        client.resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(NAMESPACE)
                                .endMetadata()
                                .build())
                .serverSideApply();
        client.resource(
                        new ServiceAccountBuilder()
                                .withNewMetadata()
                                .withName("default")
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .build())
                .serverSideApply();
    }

    @Test
    void isTheVersionThatTheToolsFolderIsNamedAfter() {
        var version = client.getKubernetesVersion();

        assertThat(tool.getFileName()).asString().contains("-" + version.getGitVersion() + "-");
        assertThat(version.getGitVersion())
                .startsWith("v" + version.getMajor() + "." + version.getMinor() + ".");
    }

    @Test
    void goesOnWithItsDataOnTheSamePortAfterAStopAndAfterACrash() {
        client.resource(configMap("kept", "1")).create();
        var url = server.url();

        server.stop();
        assertThatThrownBy(() -> connect(url)).isInstanceOf(IOException.class);
        server.start();
        assertThat(data("kept")).isEqualTo("1");
        client.resource(configMap("kept", "2")).update();

        server.kill();
        assertThatThrownBy(() -> connect(url)).isInstanceOf(IOException.class);
        server.start();
        assertThat(server.url()).isEqualTo(url);
        assertThat(data("kept")).isEqualTo("2");
    }

    @Test
    void goesOnWithTheDataOfAnEarlierOneInTheSameFolder() {
        var folder = dir.resolve("twice");
        try (var first = ApiServer.start(tool, folder)) {
            first.client()
                    .resource(
                            new ConfigMapBuilder(configMap("kept", "1"))
                                    .editMetadata()
                                    .withNamespace("default")
                                    .endMetadata()
                                    .build())
                    .create();
        }

        try (var second = ApiServer.start(tool, folder)) {
            assertThat(second.client().configMaps().inNamespace("default").withName("kept").get())
                    .isNotNull();
        }
    }

    @Test
    void aWatchFromBeforeTheStartIsGone() throws Exception {
        var old = client.resource(configMap("old", "1")).create();
        for (int i = 0; i < 3; i++) {
            client.resource(configMap("old", "x" + i)).update();
        }
        server.stop();
        server.start();
        var end = new CompletableFuture<WatcherException>();

        try (var watch =
                client.configMaps()
                        .inNamespace(NAMESPACE)
                        .watch(
                                new ListOptionsBuilder()
                                        .withResourceVersion(old.getMetadata().getResourceVersion())
                                        .build(),
                                new Watcher<ConfigMap>() {
                                    @Override
                                    public void eventReceived(Action action, ConfigMap object) {}

                                    @Override
                                    public void onClose(WatcherException cause) {
                                        end.complete(cause);
                                    }
                                })) {
            assertThat(watch).isNotNull();
            assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).isHttpGone()).isTrue();
        }
    }

    @Test
    void anInformerSeesWhatChangedAfterACrash() {
        client.resource(configMap("watched", "1")).create();
        try (var informer = client.configMaps().inNamespace(NAMESPACE).inform()) {
            var key = NAMESPACE + "/watched";
            await().atMost(PATIENCE).until(() -> informer.getStore().getByKey(key) != null);

            server.kill();
            server.start();
            client.resource(configMap("watched", "2")).update();

            await().atMost(PATIENCE)
                    .until(() -> informer.getStore().getByKey(key).getData().get("n").equals("2"));
        }
    }

    @Test
    void aServiceAccountMayDoWhatItsRoleSaysAndNothingMore() {
        allow("reader", "get");
        client.resource(configMap("secret-plan", "1")).create();

        try (var reader = server.clientOf(NAMESPACE, "reader")) {
            var plan = reader.configMaps().inNamespace(NAMESPACE).withName("secret-plan");
            assertThat(plan.get().getData()).containsEntry("n", "1");
            assertThatThrownBy(plan::delete)
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getCode()).isEqualTo(403))
                    .hasMessageContaining(
                            "User \"system:serviceaccount:sock-shop:reader\" cannot delete"
                                    + " resource \"configmaps\"");
        }
    }

    @Test
    void aUserHasTheRightsOfItsGroups() {
        try (var ada = server.clientAs("ada");
                var viewer = server.clientAs("ada", "system:masters")) {
            assertThatThrownBy(() -> ada.pods().inNamespace(NAMESPACE).list())
                    .hasMessageContaining("User \"ada\" cannot list");
            assertThat(viewer.pods().inNamespace(NAMESPACE).list()).isNotNull();
        }
    }

    @Test
    void anAdmissionPolicyRefusesWithItsOwnWords() {
        client.resource(
                        new ValidatingAdmissionPolicyBuilder()
                                .withNewMetadata()
                                .withName("small")
                                .endMetadata()
                                .withNewSpec()
                                .withFailurePolicy("Fail")
                                .withNewMatchConstraints()
                                .addNewResourceRule()
                                .withApiGroups("apps")
                                .withApiVersions("v1")
                                .withOperations("UPDATE")
                                .withResources("deployments/scale")
                                .endResourceRule()
                                .endMatchConstraints()
                                .addNewValidation()
                                .withExpression("object.spec.replicas <= 5")
                                .withMessage("five are enough")
                                .endValidation()
                                .endSpec()
                                .build())
                .create();
        client.resource(
                        new ValidatingAdmissionPolicyBindingBuilder()
                                .withNewMetadata()
                                .withName("small")
                                .endMetadata()
                                .withNewSpec()
                                .withPolicyName("small")
                                .withValidationActions("Deny")
                                .endSpec()
                                .build())
                .create();
        client.resource(deployment("bounded", 1)).create();
        var bounded = client.apps().deployments().inNamespace(NAMESPACE).withName("bounded");

        // A new policy is not in force at once.
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThatThrownBy(() -> bounded.scale(6))
                                        .hasMessageContaining("five are enough"));
        bounded.scale(5);
        assertThat(bounded.get().getSpec().getReplicas()).isEqualTo(5);
    }

    @Test
    void withAControllerManagerADeploymentMakesAReplicaSetThatMakesPods() {
        client.resource(deployment("front-end", 3)).create();
        var frontEnd = client.apps().deployments().inNamespace(NAMESPACE).withName("front-end");

        try (var manager = ControllerManager.start(server);
                var ready = ReadyPods.start(client, NAMESPACE, AT_ONCE)) {
            await().atMost(PATIENCE).until(() -> readyReplicas("front-end") == 3);
            assertThat(owners(podsOf("front-end"))).containsOnly("ReplicaSet");
            assertThat(client.apps().replicaSets().inNamespace(NAMESPACE).list().getItems())
                    .filteredOn(set -> set.getMetadata().getName().startsWith("front-end-"))
                    .singleElement()
                    .satisfies(set -> assertThat(set.getSpec().getReplicas()).isEqualTo(3));

            frontEnd.scale(1);
            await().atMost(PATIENCE).until(() -> podsOf("front-end").size() == 1);
            await().atMost(PATIENCE).until(() -> readyReplicas("front-end") == 1);

            frontEnd.delete();
            await().atMost(PATIENCE).until(() -> podsOf("front-end").isEmpty());
            assertThat(manager.isAlive()).isTrue();
            assertThat(ready).isNotNull();
        }
    }

    @Test
    void anHpaKeepsItsMinimumWithoutAnyMetric() {
        client.resource(deployment("carts", 1)).create();
        client.resource(
                        new HorizontalPodAutoscalerBuilder()
                                .withNewMetadata()
                                .withName("carts")
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .withNewSpec()
                                .withMinReplicas(4)
                                .withMaxReplicas(9)
                                .withNewScaleTargetRef("apps/v1", "Deployment", "carts")
                                .endSpec()
                                .build())
                .create();

        try (var manager = ControllerManager.start(server)) {
            await().atMost(PATIENCE).until(() -> podsOf("carts").size() == 4);
            assertThat(manager.isAlive()).isTrue();
            client.apps().deployments().inNamespace(NAMESPACE).withName("carts").delete();
            await().atMost(PATIENCE).until(() -> podsOf("carts").isEmpty());
        }
    }

    @Test
    void theKubeletOfTheLocalRunWorksHereToo() {
        client.resource(deployment("orders", 2)).create();

        try (var kubelet =
                Kubelet.start(
                        client,
                        NAMESPACE,
                        new RecordingRuntime(),
                        AT_ONCE,
                        InitialReplicas.READY_AT_ONCE,
                        1)) {
            await().atMost(PATIENCE).until(() -> readyReplicas("orders") == 2);
            assertThat(owners(podsOf("orders"))).containsOnly("Deployment");
            client.apps().deployments().inNamespace(NAMESPACE).withName("orders").scale(1);
            await().atMost(PATIENCE).until(() -> podsOf("orders").size() == 1);
            await().atMost(PATIENCE).until(() -> readyReplicas("orders") == 1);
            var last = podsOf("orders").get(0);
            client.resource(last).delete();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(podsOf("orders"))
                                            .singleElement()
                                            .isNotEqualTo(last)
                                            .matches(Readiness::isPodReady));
            assertThat(kubelet.failures()).isZero();
        }
    }

    @Test
    void leavesNoProcessBehind() {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        List<ProcessHandle> started;
        try (var other = ApiServer.start(tool, dir.resolve("other"));
                var manager = ControllerManager.start(other)) {
            assertThat(manager.isAlive()).isTrue();
            started =
                    ProcessHandle.current()
                            .descendants()
                            .filter(process -> !before.contains(process))
                            .toList();
        }

        assertThat(started).hasSizeGreaterThanOrEqualTo(3);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(started).noneMatch(ProcessHandle::isAlive));
        assertThat(server.client().getKubernetesVersion()).isNotNull();
    }

    @Test
    void saysWhichProgramIsMissing() {
        assertThatThrownBy(() -> ApiServer.start(dir.resolve("nothing"), dir.resolve("empty")))
                .hasMessageContaining(dir.resolve("nothing/bin/etcd").toString())
                .hasMessageContaining("local/tools/kubernetes");
    }

    private static void connect(String url) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", URI.create(url).getPort()), 60_000);
        }
    }

    private static ConfigMap configMap(String name, String n) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .addToData("n", n)
                .build();
    }

    private String data(String configMap) {
        return client.configMaps()
                .inNamespace(NAMESPACE)
                .withName(configMap)
                .get()
                .getData()
                .get("n");
    }

    private void allow(String account, String... verbs) {
        client.resource(
                        new ServiceAccountBuilder()
                                .withNewMetadata()
                                .withName(account)
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .build())
                .create();
        client.resource(
                        new RoleBuilder()
                                .withNewMetadata()
                                .withName(account)
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .addNewRule()
                                .withApiGroups("")
                                .withResources("configmaps")
                                .withVerbs(verbs)
                                .endRule()
                                .build())
                .create();
        client.resource(
                        new RoleBindingBuilder()
                                .withNewMetadata()
                                .withName(account)
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .withNewRoleRef("rbac.authorization.k8s.io", "Role", account)
                                .addNewSubject("", "ServiceAccount", account, NAMESPACE)
                                .build())
                .create();
    }

    private List<Pod> podsOf(String name) {
        return client.pods().inNamespace(NAMESPACE).withLabel("app", name).list().getItems();
    }

    private static List<String> owners(List<Pod> pods) {
        return pods.stream()
                .map(pod -> pod.getMetadata().getOwnerReferences().get(0).getKind())
                .toList();
    }

    private int readyReplicas(String name) {
        DeploymentStatus status =
                client.apps().deployments().inNamespace(NAMESPACE).withName(name).get().getStatus();
        return status.getReadyReplicas() == null ? 0 : status.getReadyReplicas();
    }
}
