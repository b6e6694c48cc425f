package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestsTest {
    private static final Map<String, Class<? extends HasMetadata>> KINDS =
            Map.ofEntries(
                    Map.entry("v1/Namespace", Namespace.class),
                    Map.entry("v1/ServiceAccount", ServiceAccount.class),
                    Map.entry("v1/ConfigMap", ConfigMap.class),
                    Map.entry("v1/Service", Service.class),
                    Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
                    Map.entry("apps/v1/Deployment", Deployment.class),
                    Map.entry("apps/v1/StatefulSet", StatefulSet.class),
                    Map.entry("batch/v1/Job", Job.class),
                    Map.entry(
                            "apiextensions.k8s.io/v1/CustomResourceDefinition",
                            CustomResourceDefinition.class),
                    Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
                    Map.entry("rbac.authorization.k8s.io/v1/Role", Role.class),
                    Map.entry("rbac.authorization.k8s.io/v1/RoleBinding", RoleBinding.class));

    private static final Set<String> OF_THE_CLUSTER =
            Set.of("Namespace", "CustomResourceDefinition");

    /** What the README has the user make, with its keys. */
    private static final Map<String, Set<String>> MADE_BY_THE_USER =
            Map.of(
                    "Secret valkey",
                    Set.of("password", "reader-password"),
                    "ConfigMap sphere-policies",
                    Set.of());

    static Stream<Manifest> manifests() {
        return Manifest.all().stream();
    }

    static Stream<Workload> workloads() {
        return Workload.all().stream();
    }

    /** Of the job, spec.image and each part's resource say it. */
    static Stream<Workload> withoutFlink() {
        return workloads().filter(pods -> !pods.name().equals("sphere-job"));
    }

    /** What makes the topics ends by itself, and the operator knows the job's probes. */
    static Stream<Workload> servers() {
        return withoutFlink().filter(pods -> !pods.name().equals("kafka-topics"));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void eachObjectHasNoFieldThatKubernetesDoesNotKnow(Manifest manifest) throws IOException {
        if (manifest.kind().equals("FlinkDeployment")) {
            assertThat(Workload.all()).anyMatch(pods -> pods.name().equals(manifest.name()));
        } else {
            assertThat(read(manifest.tree()).getMetadata().getName()).isEqualTo(manifest.name());
        }
    }

    @Test
    void aMisspeltFieldIsFound() {
        ObjectNode copy = Manifest.named("Deployment", "valkey").tree().deepCopy();
        ((ObjectNode) copy.at("/spec/template/spec/containers/0")).put("imagePullpolicy", "Never");

        assertThatThrownBy(() -> read(copy))
                .isInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining("imagePullpolicy");
    }

    @Test
    void filesAreNumberedSoThatWhatOthersNeedComesFirst() {
        List<String> files = manifests().map(Manifest::file).distinct().toList();
        List<String> order = manifests().map(Manifest::kind).toList();

        assertThat(files).allMatch(name -> name.matches("[0-9]{2}-[a-z-]+\\.yaml")).isSorted();
        assertThat(files.stream().map(name -> name.substring(0, 2))).doesNotHaveDuplicates();
        assertThat(order.get(0)).isEqualTo("Namespace");
        assertThat(order.lastIndexOf("ServiceAccount")).isLessThan(order.indexOf("Deployment"));
        assertThat(order.lastIndexOf("Role")).isLessThan(order.indexOf("FlinkDeployment"));
    }

    @Test
    void eachObjectIsInOneOfTheTwoNamespacesAndMadeOnce() {
        assertThat(manifests().filter(manifest -> !OF_THE_CLUSTER.contains(manifest.kind())))
                .allSatisfy(
                        manifest ->
                                assertThat(manifest.namespace())
                                        .as(manifest.toString())
                                        .isIn(
                                                manifest.kind().startsWith("Role")
                                                        ? List.of("sphere", "sock-shop")
                                                        : List.of("sphere")));
        assertThat(manifests().map(m -> m.kind() + " " + m.namespace() + "/" + m.name()))
                .doesNotHaveDuplicates()
                .allMatch(
                        name ->
                                name.matches(
                                        "\\w+ (\\w[\\w-]*)?/[a-z]([-a-z0-9.]{0,43}[a-z0-9])?"));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void eachPodPassesTheRestrictedPodSecurityStandard(Workload workload) {
        var pod = workload.pod().getSpec();

        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType())
                .isEqualTo("RuntimeDefault");
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getVolumes()).noneMatch(volume -> volume.getHostPath() != null);
        assertThat(containers(workload.pod()))
                .isNotEmpty()
                .allSatisfy(
                        container -> {
                            var security = container.getSecurityContext();
                            assertThat(security.getAllowPrivilegeEscalation()).isFalse();
                            assertThat(security.getCapabilities().getDrop()).contains("ALL");
                            assertThat(security.getCapabilities().getAdd()).isEmpty();
                            assertThat(security.getPrivileged()).isNull();
                            assertThat(security.getRunAsUser()).isNull();
                        });
    }

    @ParameterizedTest
    @MethodSource("withoutFlink")
    void eachPodSaysItsMemoryAndItsImagesVersion(Workload workload) {
        assertThat(containers(workload.pod()))
                .allSatisfy(
                        container -> {
                            var resources = container.getResources();
                            assertThat(resources.getLimits()).containsKey("memory");
                            assertThat(resources.getRequests()).containsKeys("memory", "cpu");
                            assertThat(container.getImage()).matches("[a-z/-]+:v?[0-9].*");
                        });
    }

    @ParameterizedTest
    @MethodSource("servers")
    void whatServesSaysWhenItIsReady(Workload workload) {
        Container container = containers(workload.pod()).get(0);
        Set<String> ports =
                container.getPorts().stream()
                        .map(ContainerPort::getName)
                        .collect(Collectors.toSet());

        assertThat(Stream.of(container.getReadinessProbe(), container.getLivenessProbe()))
                .allSatisfy(probe -> assertThat(ports).contains(port(probe)));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void whatAPodMountsIsThere(Workload workload) {
        var pod = workload.pod().getSpec();
        Set<String> volumes =
                pod.getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
        if (workload.name().equals("kafka")) {
            volumes.add(
                    Manifest.named("StatefulSet", "kafka")
                            .tree()
                            .at("/spec/volumeClaimTemplates/0/metadata/name")
                            .asText());
        }

        var mounted =
                containers(workload.pod()).stream()
                        .flatMap(container -> container.getVolumeMounts().stream())
                        .map(VolumeMount::getName)
                        .collect(Collectors.toCollection(HashSet::new));

        assertThat(mounted).isEqualTo(volumes);
        assertThat(pod.getVolumes()).allSatisfy(ManifestsTest::refersToSomething);
    }

    private static void refersToSomething(Volume volume) {
        if (volume.getConfigMap() != null) {
            assertThat(exists("ConfigMap", volume.getConfigMap().getName())).isTrue();
        } else if (volume.getSecret() != null) {
            String secret = "Secret " + volume.getSecret().getSecretName();
            assertThat(MADE_BY_THE_USER).containsKey(secret);
            assertThat(volume.getSecret().getItems())
                    .allMatch(item -> MADE_BY_THE_USER.get(secret).contains(item.getKey()));
            assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
        } else if (volume.getPersistentVolumeClaim() != null) {
            assertThat(
                            exists(
                                    "PersistentVolumeClaim",
                                    volume.getPersistentVolumeClaim().getClaimName()))
                    .isTrue();
        } else {
            assertThat(volume.getEmptyDir()).isNotNull();
            assertThat(volume.getEmptyDir().getSizeLimit()).isNotNull();
        }
    }

    @Test
    void whatTheUserMakesIsInTheReadme() throws IOException {
        String readme = Files.readString(Manifest.FOLDER.resolve("README.md"));

        for (var made : MADE_BY_THE_USER.entrySet()) {
            String[] kindAndName = made.getKey().split(" ");
            assertThat(readme)
                    .containsPattern(
                            "kubectl -n sphere create "
                                    + kindAndName[0].toLowerCase(Locale.ROOT)
                                    + "( generic)? "
                                    + kindAndName[1]);
            assertThat(made.getValue()).allMatch(key -> readme.contains("--from-literal=" + key));
        }
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void eachAccountExistsAndNobodyElseGetsAToken(Workload workload) {
        assertThat(workload.serviceAccounts())
                .allMatch(account -> exists("ServiceAccount", account));
    }

    @Test
    void eachServiceSelectsPodsThatHaveItsPorts() throws IOException {
        for (Manifest manifest : manifests().filter(m -> m.kind().equals("Service")).toList()) {
            var service = StrictModel.read(manifest.tree(), Service.class);
            var selector = service.getSpec().getSelector().entrySet();
            List<Workload> selected =
                    workloads().filter(w -> w.labels().entrySet().containsAll(selector)).toList();

            assertThat(selected).as(manifest.toString()).hasSize(1);
            assertThat(service.getSpec().getPorts())
                    .allSatisfy(
                            port ->
                                    assertThat(containers(selected.get(0).pod()).get(0).getPorts())
                                            .anyMatch(
                                                    container ->
                                                            target(port.getTargetPort())
                                                                    .equals(container.getName())));
        }
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void aWorkloadSelectsItsOwnPodsOnly(Workload workload) {
        var selector = Map.of("app.kubernetes.io/name", workload.name()).entrySet();

        assertThat(workloads().filter(other -> other.labels().entrySet().containsAll(selector)))
                .singleElement()
                .hasToString(workload.name());
    }

    @Test
    void noSecretIsInTheManifests() throws IOException {
        assertThat(manifests()).noneMatch(manifest -> manifest.kind().equals("Secret"));
        try (var files = Files.list(Manifest.FOLDER)) {
            for (var file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                assertThat(Files.readString(file).lines())
                        .noneMatch(line -> line.matches("(?i).*password:\\s+[^/]+"));
            }
        }
    }

    private static HasMetadata read(ObjectNode tree) throws JsonProcessingException {
        String kind = tree.path("apiVersion").asText() + "/" + tree.path("kind").asText();
        assertThat(new TreeSet<>(KINDS.keySet())).contains(kind);
        return StrictModel.read(tree, KINDS.get(kind));
    }

    private static List<Container> containers(PodTemplateSpec pod) {
        var containers = new ArrayList<>(pod.getSpec().getInitContainers());
        containers.addAll(pod.getSpec().getContainers());
        return containers;
    }

    private static String port(Probe probe) {
        return target(
                probe.getHttpGet() == null
                        ? probe.getTcpSocket().getPort()
                        : probe.getHttpGet().getPort());
    }

    private static String target(IntOrString port) {
        return port.getStrVal();
    }

    private static boolean exists(String kind, String name) {
        return MADE_BY_THE_USER.containsKey(kind + " " + name)
                || manifests()
                        .anyMatch(
                                manifest ->
                                        manifest.kind().equals(kind)
                                                && manifest.name().equals(name));
    }
}
