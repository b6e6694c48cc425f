package dev.sphere.cluster;

import dev.sphere.policy.Policy;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/**
 * Tells policies and targets as they come; of each target only the newest state waits to be told,
 * so that a slow job is never behind by more than one state a service.
 */
final class ClusterSourceReader implements SourceReader<ClusterEvent, ClusterSource.Split> {
    private final List<Policy> policies;
    private final KubernetesConnection kubernetes;
    private final Counter faults;

    private final Queue<ClusterEvent> configured = new ArrayDeque<>();
    private List<String> told = List.of();
    private boolean assigned;
    private TargetWatch watch;

    private final Object lock = new Object();
    private final Map<String, ClusterEvent> seen = new LinkedHashMap<>();
    private CompletableFuture<Void> available = new CompletableFuture<>();

    /**
     * @param kubernetes null: the policies only
     */
    ClusterSourceReader(
            List<Policy> policies, KubernetesConnection kubernetes, MetricGroup metrics) {
        this.policies = policies;
        this.kubernetes = kubernetes;
        this.faults = metrics.counter("kubernetesFaults", new ThreadSafeSimpleCounter());
    }

    @Override
    public void start() {}

    @Override
    public void addSplits(List<ClusterSource.Split> splits) {
        Set<String> services = new LinkedHashSet<>();
        policies.forEach(policy -> services.add(policy.service()));
        Set<String> withdrawn = new HashSet<>();
        splits.forEach(split -> withdrawn.addAll(split.told()));
        withdrawn.removeAll(services);

        withdrawn.forEach(service -> configured.add(ClusterEvent.withdrawn(service)));
        policies.forEach(policy -> configured.add(ClusterEvent.policy(policy)));
        told = new ArrayList<>(services);
        assigned = true;
        if (kubernetes != null && watch == null) {
            KubernetesClient client = kubernetes.client();
            watch = TargetWatch.start(client, services, new Seen());
        }
        signal();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<ClusterEvent> output) {
        ClusterEvent next = configured.poll();
        synchronized (lock) {
            if (next == null && !seen.isEmpty()) {
                next = seen.remove(seen.keySet().iterator().next());
            }
            if (next == null) {
                if (available.isDone()) {
                    available = new CompletableFuture<>();
                }
                return InputStatus.NOTHING_AVAILABLE;
            }
        }
        output.collect(next);
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        synchronized (lock) {
            return available;
        }
    }

    @Override
    public List<ClusterSource.Split> snapshotState(long checkpoint) {
        return assigned ? List.of(new ClusterSource.Split(told)) : List.of();
    }

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }

    private void signal() {
        synchronized (lock) {
            available.complete(null);
        }
    }

    /** What the watch tells, on its threads. */
    private final class Seen implements TargetWatch.Listener {
        @Override
        public void seen(TargetState state) {
            // In one step: else what was taken already could be signalled once more.
            synchronized (lock) {
                seen.put(state.service(), ClusterEvent.target(state));
                signal();
            }
        }

        @Override
        public void failed(Throwable fault) {
            faults.inc();
        }
    }
}
