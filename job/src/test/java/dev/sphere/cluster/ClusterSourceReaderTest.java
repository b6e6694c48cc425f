package dev.sphere.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.policy.Policy;
import dev.sphere.policy.PolicyFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterSourceReaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ClusterSource.Split NEW = new ClusterSource.Split(List.of());

    private final CountingMetrics metrics = new CountingMetrics();
    private final Collected collected = new Collected();
    private CrudServer kubernetes;
    private ClusterSourceReader reader;

    @AfterEach
    void close() {
        if (reader != null) {
            reader.close();
        }
        if (kubernetes != null) {
            kubernetes.close();
        }
    }

    @Test
    void tellsPoliciesFirstAndThenTheirTargets() {
        kubernetes = new CrudServer(0);
        kubernetes.create("front-end", 4);
        kubernetes.create("session-db", 1);

        read(policies("front-end", "carts"), kubernetes.connection());

        awaitTarget("sock-shop/front-end", true, 4, 0);
        awaitTarget("sock-shop/carts", false, 0, 0);
        assertThat(collected.events).hasSize(4);
        assertThat(collected.events.subList(0, 2))
                .extracting(event -> event.policy().service())
                .containsExactly("sock-shop/front-end", "sock-shop/carts");
    }

    @Test
    void seesScalingReadinessDeletionAndReturn() {
        kubernetes = new CrudServer(0);
        kubernetes.create("front-end", 4);
        read(policies("front-end"), kubernetes.connection());
        awaitTarget("sock-shop/front-end", true, 4, 0);

        kubernetes.scale("front-end", 7);
        awaitTarget("sock-shop/front-end", true, 7, 0);

        kubernetes.ready("front-end", 6);
        awaitTarget("sock-shop/front-end", true, 7, 6);

        kubernetes.delete("front-end");
        awaitTarget("sock-shop/front-end", false, 0, 0);

        kubernetes.create("front-end", 2);
        awaitTarget("sock-shop/front-end", true, 2, 0);
    }

    @Test
    void keepsTryingWhileTheApiCannotBeReached() throws IOException {
        int port;
        // bound, but nobody listens
        try (Socket held = new Socket()) {
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = held.getLocalPort();
            read(policies("front-end"), KubernetesConnection.ofMaster("http://127.0.0.1:" + port));
            await().atMost(PATIENCE).until(() -> metrics.faults.getCount() > 0);
            poll();
            assertThat(collected.events).hasSize(1); // the policy
        }

        kubernetes = new CrudServer(port);
        kubernetes.create("front-end", 4);

        awaitTarget("sock-shop/front-end", true, 4, 0);
    }

    @Test
    void tellsThePoliciesOnlyWithoutKubernetes() {
        read(policies("front-end", "carts"), null);

        assertThat(poll()).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(collected.events).hasSize(2).allMatch(event -> event.policy() != null);
        assertThat(reader.isAvailable()).isNotDone();
    }

    @Test
    void doesNothingWithoutTheSplit() {
        reader = new ClusterSourceReader(policies("front-end"), null, metrics);
        reader.start();
        reader.notifyNoMoreSplits();

        assertThat(poll()).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(reader.snapshotState(1)).isEmpty();
    }

    @Test
    void saysThatSomethingIsAvailableWhenItIs() {
        kubernetes = new CrudServer(0);
        kubernetes.create("front-end", 4);
        read(policies("front-end"), kubernetes.connection());
        awaitTarget("sock-shop/front-end", true, 4, 0);
        assertThat(poll()).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        kubernetes.scale("front-end", 5);

        await().atMost(PATIENCE).until(available::isDone);
        awaitTarget("sock-shop/front-end", true, 5, 0);
    }

    @Test
    void withdrawsAfterARestartWhatHasNoPolicyAnyMore() throws IOException {
        var serializer = ClusterSource.withoutKubernetes(List.of()).getSplitSerializer();
        read(policies("front-end", "carts"), null);
        poll();
        ClusterSource.Split stored = reader.snapshotState(1).get(0);
        ClusterSource.Split split =
                serializer.deserialize(serializer.getVersion(), serializer.serialize(stored));
        collected.events.clear();

        reader = new ClusterSourceReader(policies("carts", "orders"), null, metrics);
        reader.addSplits(List.of(split));
        poll();

        assertThat(split).isEqualTo(stored);
        assertThat(collected.events).hasSize(3);
        assertThat(collected.events.get(0))
                .isEqualTo(ClusterEvent.withdrawn("sock-shop/front-end"))
                .matches(ClusterEvent::isWithdrawal);
        assertThat(reader.snapshotState(2))
                .containsExactly(
                        new ClusterSource.Split(List.of("sock-shop/carts", "sock-shop/orders")));
    }

    private void read(List<Policy> policies, KubernetesConnection connection) {
        reader = new ClusterSourceReader(policies, connection, metrics);
        reader.start();
        reader.addSplits(List.of(NEW));
        assertThat(reader.isAvailable()).isDone();
    }

    private InputStatus poll() {
        InputStatus status;
        do {
            status = reader.pollNext(collected);
        } while (status == InputStatus.MORE_AVAILABLE);
        return status;
    }

    private void awaitTarget(String service, boolean exists, int replicas, int ready) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            poll();
                            assertThat(collected.target(service))
                                    .isNotNull()
                                    .extracting(
                                            TargetState::exists,
                                            TargetState::replicas,
                                            TargetState::ready)
                                    .containsExactly(exists, replicas, ready);
                        });
    }

    static List<Policy> policies(String... names) {
        StringBuilder yaml = new StringBuilder();
        for (String name : names) {
            yaml.append(
                    """
                    ---
                    apiVersion: autoscaling.sphere.dev/v1alpha1
                    kind: PredictiveAutoscaler
                    metadata: {name: NAME, namespace: sock-shop}
                    spec:
                      scaleTargetRef: {kind: Deployment, name: NAME}
                      maxReplicas: 10
                      signals:
                        - {name: requests, target: {type: AverageValue, averageValue: 35}}
                    """
                            .replace("NAME", name));
        }
        return PolicyFile.parse("test", yaml.toString());
    }

    private static final class CountingMetrics extends UnregisteredMetricsGroup {
        private Counter faults;

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            assertThat(name).isEqualTo("kubernetesFaults");
            faults = counter;
            return counter;
        }
    }

    private static final class Collected implements ReaderOutput<ClusterEvent> {
        private final List<ClusterEvent> events = new ArrayList<>();

        TargetState target(String service) {
            TargetState last = null;
            for (ClusterEvent event : events) {
                if (event.target() != null && event.service().equals(service)) {
                    last = event.target();
                }
            }
            return last;
        }

        @Override
        public void collect(ClusterEvent event) {
            events.add(event);
        }

        @Override
        public void collect(ClusterEvent event, long timestamp) {
            events.add(event);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<ClusterEvent> createOutputForSplit(String split) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String split) {}
    }
}
