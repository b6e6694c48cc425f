package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sphere.policy.Policy;
import dev.sphere.policy.PolicyFile;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionsTest {
    private static final List<String> SERVICES =
            List.of(
                    "carts",
                    "catalogue",
                    "front-end",
                    "orders",
                    "payment",
                    "queue-master",
                    "shipping",
                    "user");

    @Test
    void nothingIsGrantedInTheWholeCluster() {
        assertThat(Manifest.all())
                .noneMatch(manifest -> manifest.kind().startsWith("ClusterRole"))
                .filteredOn(manifest -> manifest.kind().equals("RoleBinding"))
                .allMatch(b -> b.tree().at("/roleRef/kind").asText().equals("Role"));
    }

    @Test
    void noRoleHasAWildcardOrSecretsOrMayBecomeAnother() {
        assertThat(roles().flatMap(role -> role.getRules().stream()))
                .allSatisfy(
                        rule -> {
                            assertThat(rule.getVerbs())
                                    .doesNotContain("*", "bind", "escalate", "impersonate");
                            assertThat(rule.getApiGroups()).doesNotContain("*");
                            assertThat(rule.getResources())
                                    .doesNotContain("*", "secrets", "pods/exec")
                                    .noneMatch(resource -> resource.startsWith("role"));
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sphere-jobmanager | sphere | apps/deployments[sphere-job] get",
                "sphere-jobmanager | sphere | apps/deployments/finalizers[sphere-job] update",
                "sphere-jobmanager | sphere"
                        + " | /configmaps create delete get list patch update watch",
                "sphere-jobmanager | sphere | /pods create delete get list watch",
                "sphere-taskmanager | sphere | /configmaps get list watch",
                "sphere-taskmanager | sock-shop | apps/deployments list watch",
                "sphere-taskmanager | sock-shop | apps/deployments[EIGHT] get",
                "sphere-taskmanager | sock-shop | apps/deployments/scale[EIGHT] get update",
                "prometheus-bridge | sock-shop | /pods get list watch",
                "prometheus | sphere | /pods get list watch",
                "prometheus | sock-shop | /pods get list watch",
            })
    void anAccountMayDoWhatItsCodeCalls(String account, String namespace, String grant) {
        assertThat(grants(account, namespace))
                .contains(grant.replace("EIGHT", String.join(",", SERVICES)));
    }

    @ParameterizedTest
    @CsvSource({
        "sphere-jobmanager, sphere, 4",
        "sphere-jobmanager, sock-shop, 0",
        "sphere-taskmanager, sphere, 1",
        "sphere-taskmanager, sock-shop, 3",
        "prometheus-bridge, sphere, 0",
        "prometheus-bridge, sock-shop, 1",
        "prometheus, sphere, 1",
        "prometheus, sock-shop, 1",
    })
    void andNothingMore(String account, String namespace, int rules) {
        assertThat(grants(account, namespace)).hasSize(rules);
    }

    @Test
    void eachBindingBindsARoleOfItsNamespaceToAnAccountOfSphere() {
        Set<String> accounts =
                Manifest.all().stream()
                        .filter(manifest -> manifest.kind().equals("ServiceAccount"))
                        .map(Manifest::name)
                        .collect(Collectors.toSet());
        Set<String> roles =
                roles().map(role -> role.getMetadata().getNamespace() + "/" + name(role))
                        .collect(Collectors.toSet());

        assertThat(bindings())
                .allSatisfy(
                        binding -> {
                            assertThat(roles)
                                    .contains(
                                            binding.getMetadata().getNamespace()
                                                    + "/"
                                                    + binding.getRoleRef().getName());
                            assertThat(binding.getSubjects())
                                    .allMatch(s -> s.getKind().equals("ServiceAccount"))
                                    .allMatch(s -> s.getNamespace().equals("sphere"))
                                    .extracting(Subject::getName)
                                    .isSubsetOf(accounts);
                        });
        assertThat(bindings()).hasSameSizeAs(roles);
    }

    @Test
    void theJobMayScaleJustTheTargetsOfTheShopsPolicies() throws IOException {
        Set<String> targets = new TreeSet<>();
        try (var files = Files.list(Manifest.HOME.resolve("sock-shop/policies"))) {
            for (var file : files.toList()) {
                PolicyFile.read(file).stream().map(Policy::service).forEach(targets::add);
            }
        }

        assertThat(targets)
                .containsExactlyElementsOf(SERVICES.stream().map(s -> "sock-shop/" + s).toList());
    }

    private static List<String> grants(String account, String namespace) {
        List<String> grants = new ArrayList<>();
        bindings()
                .filter(binding -> binding.getMetadata().getNamespace().equals(namespace))
                .filter(
                        binding ->
                                binding.getSubjects().stream()
                                        .anyMatch(subject -> subject.getName().equals(account)))
                .flatMap(
                        binding ->
                                roles().filter(
                                                role ->
                                                        role.getMetadata()
                                                                        .getNamespace()
                                                                        .equals(namespace)
                                                                && name(role)
                                                                        .equals(
                                                                                binding.getRoleRef()
                                                                                        .getName())))
                .flatMap(role -> role.getRules().stream())
                .forEach(rule -> grants.addAll(grants(rule)));
        return grants;
    }

    private static List<String> grants(PolicyRule rule) {
        List<String> names = rule.getResourceNames().stream().sorted().toList();
        List<String> verbs = rule.getVerbs().stream().sorted().toList();
        List<String> grants = new ArrayList<>();
        for (String group : rule.getApiGroups()) {
            for (String resource : rule.getResources()) {
                grants.add(
                        group
                                + "/"
                                + resource
                                + (names.isEmpty() ? "" : "[" + String.join(",", names) + "]")
                                + " "
                                + String.join(" ", verbs));
            }
        }
        return grants;
    }

    private static String name(Role role) {
        return role.getMetadata().getName();
    }

    private static Stream<Role> roles() {
        return read("Role", Role.class);
    }

    private static Stream<RoleBinding> bindings() {
        return read("RoleBinding", RoleBinding.class);
    }

    private static <T> Stream<T> read(String kind, Class<T> type) {
        return Manifest.all().stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .map(
                        manifest -> {
                            try {
                                return StrictModel.read(manifest.tree(), type);
                            } catch (JsonProcessingException e) {
                                throw new IllegalStateException(manifest.toString(), e);
                            }
                        });
    }
}
