package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asks the policies as a cluster's network would: pod to pod, by labels. */
class NetworkPoliciesTest {
    private static final String NAME = "app.kubernetes.io/name";
    private static final String NAMESPACE = "kubernetes.io/metadata.name";

    /** A pod, or what is outside of the cluster's pods if the namespace is empty. */
    private record Place(String namespace, Map<String, String> labels) {
        static Place of(String text) {
            if (text.equals("outside")) {
                return new Place("", Map.of());
            }
            int slash = text.indexOf('/');
            String name = text.substring(slash + 1);
            String namespace = text.substring(0, slash);
            return new Place(
                    namespace,
                    namespace.equals("sphere") ? labels(name) : Map.of(NAME, name, "app", name));
        }

        private static Map<String, String> labels(String workload) {
            return Workload.all().stream()
                    .filter(pods -> pods.name().equals(workload))
                    .findFirst()
                    .orElseThrow()
                    .labels();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sphere/prometheus-bridge, sphere/kafka, 9092",
        "sphere/kafka-topics, sphere/kafka, 9092",
        "sphere/kafka, sphere/kafka, 9092",
        "sphere/sphere-job, sphere/kafka, 9092",
        "sphere/sphere-job, sphere/valkey, 6379",
        "sphere/sphere-job, sphere/sphere-job, 6123",
        "sphere/sphere-job, sphere/sphere-job, 8081",
        "sphere/sphere-job, sphere/sphere-job, 41234",
        "flink-operator/flink-kubernetes-operator, sphere/sphere-job, 8081",
        "sphere/prometheus, sphere/sphere-job, 9249",
        "sphere/prometheus, sphere/prometheus-bridge, 9464",
        "sphere/prometheus, sock-shop/front-end, 8079",
        "sphere/prometheus-bridge, sock-shop/front-end, 8079",
        "sphere/prometheus-bridge, sock-shop/rabbitmq, 9090",
        "sphere/sphere-job, outside, 443",
        "sphere/prometheus-bridge, outside, 6443",
        "sphere/sphere-job, outside, 8443",
        "sphere/prometheus, outside, 16443",
        "sphere/prometheus, outside, 443",
        "sphere/valkey, kube-system/kube-dns, 53",
        "sphere/kafka-topics, kube-system/kube-dns, 53",
    })
    void whatTheManifestsConnectIsLetThrough(String from, String to, int port) {
        assertThat(passes(from, to, port)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "sock-shop/front-end, sphere/kafka, 9092",
        "sock-shop/front-end, sphere/sphere-job, 8081",
        "sock-shop/front-end, sphere/valkey, 6379",
        "sock-shop/flink-kubernetes-operator, sphere/sphere-job, 6123",
        "sphere/prometheus-bridge, sphere/valkey, 6379",
        "sphere/prometheus-bridge, sphere/sphere-job, 8081",
        "sphere/prometheus, sphere/sphere-job, 8081",
        "sphere/prometheus, sphere/kafka, 9092",
        "sphere/sphere-job, sphere/kafka, 9093",
        "sphere/sphere-job, sock-shop/front-end, 80",
        "sphere/valkey, sphere/kafka, 9092",
        "sphere/valkey, outside, 443",
        "sphere/kafka, outside, 443",
        "sphere/sphere-job, outside, 80",
        "outside, sphere/prometheus, 9090",
        "outside, sphere/sphere-job, 8081",
    })
    void nothingElseIs(String from, String to, int port) {
        assertThat(passes(from, to, port)).isFalse();
    }

    private static boolean passes(String from, String to, int port) {
        return leaves(Place.of(from), Place.of(to), port)
                && enters(Place.of(from), Place.of(to), port);
    }

    private static boolean leaves(Place from, Place to, int port) {
        if (!from.namespace().equals("sphere")) {
            return true;
        }
        return policies("Egress", from)
                .flatMap(policy -> policy.getSpec().getEgress().stream())
                .anyMatch(rule -> isPeer(rule.getTo(), to) && isPort(rule.getPorts(), port));
    }

    private static boolean enters(Place from, Place to, int port) {
        if (!to.namespace().equals("sphere")) {
            return true;
        }
        return policies("Ingress", to)
                .flatMap(policy -> policy.getSpec().getIngress().stream())
                .anyMatch(rule -> isPeer(rule.getFrom(), from) && isPort(rule.getPorts(), port));
    }

    /** Since deny-all is for every pod, what no rule allows is denied. */
    private static Stream<NetworkPolicy> policies(String direction, Place pod) {
        List<NetworkPolicy> policies =
                Manifest.all().stream()
                        .filter(manifest -> manifest.kind().equals("NetworkPolicy"))
                        .map(NetworkPoliciesTest::read)
                        .filter(policy -> policy.getSpec().getPolicyTypes().contains(direction))
                        .filter(policy -> matches(policy.getSpec().getPodSelector(), pod.labels()))
                        .toList();
        assertThat(policies).isNotEmpty();
        return policies.stream();
    }

    private static boolean isPeer(List<NetworkPolicyPeer> peers, Place place) {
        return peers.isEmpty()
                || peers.stream()
                        .anyMatch(
                                peer ->
                                        !place.namespace().isEmpty()
                                                && isNamespace(peer, place.namespace())
                                                && (peer.getPodSelector() == null
                                                        || matches(
                                                                peer.getPodSelector(),
                                                                place.labels())));
    }

    private static boolean isNamespace(NetworkPolicyPeer peer, String namespace) {
        return peer.getNamespaceSelector() == null
                ? namespace.equals("sphere")
                : matches(peer.getNamespaceSelector(), Map.of(NAMESPACE, namespace));
    }

    private static boolean isPort(List<NetworkPolicyPort> ports, int port) {
        return ports.isEmpty()
                || ports.stream().anyMatch(allowed -> allowed.getPort().getIntVal() == port);
    }

    private static boolean matches(LabelSelector selector, Map<String, String> labels) {
        Map<String, String> wanted =
                selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
        return labels.entrySet().containsAll(wanted.entrySet())
                && selector.getMatchExpressions().stream()
                        .allMatch(
                                expression -> {
                                    assertThat(expression.getOperator()).isEqualTo("In");
                                    return expression
                                            .getValues()
                                            .contains(labels.get(expression.getKey()));
                                });
    }

    private static NetworkPolicy read(Manifest manifest) {
        try {
            return StrictModel.read(manifest.tree(), NetworkPolicy.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(manifest.toString(), e);
        }
    }
}
