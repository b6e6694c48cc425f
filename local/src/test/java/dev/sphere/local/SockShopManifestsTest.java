package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.bridge.BridgeConfig;
import dev.sphere.policy.Policy;
import dev.sphere.policy.PolicyFile;
import dev.sphere.sockshop.ShopService;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real shop's manifests, the sample policies and the bridge's settings for it fit together. */
class SockShopManifestsTest {
    private static final Path FOLDER = FetchedTool.home().resolve("sock-shop");

    private final BridgeConfig bridge =
            BridgeConfig.load(FOLDER.resolve("bridge.yaml"), Map.of(), Map.of());

    @Test
    void hasAPolicyForEachServiceAndForNothingElse() throws IOException {
        var policies = PolicyFile.readAll(files(FOLDER.resolve("policies")));

        assertThat(policies)
                .extracting(Policy::service)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ShopService.values()).map(SockShopManifestsTest::key).toList());
    }

    @ParameterizedTest
    @EnumSource(ShopService.class)
    void namesOneDeploymentInThePolicyAndOnTheBridgesKey(ShopService service) throws IOException {
        var policies = PolicyFile.read(FOLDER.resolve("policies/" + service.id() + ".yaml"));

        var deployment = deployment(service);

        assertThat(policies).extracting(Policy::service).containsExactly(key(service));
        var pods = deployment.getSpec().getTemplate().getMetadata();
        assertThat(bridge.scrape().pods().namespaces())
                .contains(deployment.getMetadata().getNamespace());
        assertThat(
                        deployment.getMetadata().getNamespace()
                                + "/"
                                + pods.getLabels().get(bridge.scrape().pods().serviceLabel()))
                .isEqualTo(key(service));
    }

    /** Else each {@code kubectl apply} would undo what SPHERE did. */
    @ParameterizedTest
    @EnumSource(ShopService.class)
    void leavesTheReplicasToSphere(ShopService service) throws IOException {
        assertThat(deployment(service).getSpec().getReplicas()).isNull();
    }

    @ParameterizedTest
    @EnumSource(ShopService.class)
    void selectsThePodsThatItMakesAndSaysWhereTheirMetricsAre(ShopService service)
            throws IOException {
        var spec = deployment(service).getSpec();

        var pods = spec.getTemplate();
        assertThat(pods.getMetadata().getLabels())
                .containsAllEntriesOf(spec.getSelector().getMatchLabels());
        assertThat(pods.getMetadata().getAnnotations())
                .containsEntry("prometheus.io/scrape", "true")
                .containsEntry(
                        "prometheus.io/port",
                        pods.getSpec()
                                .getContainers()
                                .get(0)
                                .getPorts()
                                .get(0)
                                .getContainerPort()
                                .toString())
                .hasEntrySatisfying("prometheus.io/path", path -> assertThat(path).startsWith("/"));
    }

    @ParameterizedTest
    @EnumSource(ShopService.class)
    void measuresEachSignalOfThePolicies(ShopService service) throws IOException {
        var policies = PolicyFile.read(FOLDER.resolve("policies/" + service.id() + ".yaml"));

        assertThat(policies.get(0).signals())
                .extracting(Policy.Signal::name)
                .isSubsetOf(bridge.scrape().rules().stream().map(rule -> rule.signal()).toList());
    }

    @Test
    void scrapesTheQueueUnderTheNameOfThoseWhoWorkItOff() throws IOException {
        var service = named(Service.class, "rabbitmq");

        assertThat(bridge.scrape().targets())
                .singleElement()
                .satisfies(
                        target -> {
                            assertThat(target.service()).isEqualTo(key(ShopService.QUEUE_MASTER));
                            assertThat(target.url().getHost())
                                    .isEqualTo("rabbitmq." + Demo.NAMESPACE + ".svc");
                            assertThat(service.getSpec().getPorts())
                                    .filteredOn(port -> port.getName().equals("exporter"))
                                    .extracting(ServicePort::getPort)
                                    .containsExactly(target.url().getPort());
                        });
    }

    private static String key(ShopService service) {
        return Demo.NAMESPACE + "/" + service.id();
    }

    private static Deployment deployment(ShopService service) throws IOException {
        return named(Deployment.class, service.id());
    }

    private static <T extends HasMetadata> T named(Class<T> kind, String name) throws IOException {
        var found =
                files(FOLDER.resolve("kubernetes")).stream()
                        .map(SockShopManifestsTest::resources)
                        .flatMap(Collection::stream)
                        .filter(kind::isInstance)
                        .map(kind::cast)
                        .filter(resource -> resource.getMetadata().getName().equals(name))
                        .toList();
        assertThat(found).as(kind.getSimpleName() + " " + name).hasSize(1);
        assertThat(found.get(0).getMetadata().getNamespace()).isEqualTo(Demo.NAMESPACE);
        return found.get(0);
    }

    private static List<HasMetadata> resources(Path file) {
        try (var yaml = Files.newInputStream(file)) {
            Object read = new KubernetesSerialization().unmarshal(yaml);
            return read instanceof Collection<?> many
                    ? many.stream().map(HasMetadata.class::cast).toList()
                    : List.of((HasMetadata) read);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }
}
