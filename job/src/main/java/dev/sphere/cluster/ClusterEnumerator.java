package dev.sphere.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Gives the one split to the first reader that is there, and again when that reader is lost. */
final class ClusterEnumerator
        implements SplitEnumerator<ClusterSource.Split, Collection<ClusterSource.Split>> {
    private final SplitEnumeratorContext<ClusterSource.Split> context;
    private final List<ClusterSource.Split> unassigned;

    ClusterEnumerator(
            SplitEnumeratorContext<ClusterSource.Split> context,
            Collection<ClusterSource.Split> unassigned) {
        this.context = context;
        this.unassigned = new ArrayList<>(unassigned);
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {
        addReader(subtask);
    }

    @Override
    public void addSplitsBack(List<ClusterSource.Split> splits, int subtask) {
        unassigned.addAll(splits);
        context.registeredReaders().keySet().stream()
                .filter(reader -> reader != subtask)
                .findFirst()
                .ifPresent(this::addReader);
    }

    @Override
    public void addReader(int subtask) {
        for (ClusterSource.Split split : unassigned) {
            context.assignSplit(split, subtask);
        }
        unassigned.clear();
    }

    @Override
    public Collection<ClusterSource.Split> snapshotState(long checkpoint) {
        return List.copyOf(unassigned);
    }

    @Override
    public void close() {}
}
