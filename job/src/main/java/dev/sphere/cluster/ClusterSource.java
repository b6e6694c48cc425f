package dev.sphere.cluster;

import dev.sphere.policy.Policy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The configured policies, then the state of each policy's target as Kubernetes tells it, for ever.
 *
 * <ul>
 *   <li>One reader does all the work, however many there are.
 *   <li>A restart tells everything anew; the split remembers only whom it told of, so that services
 *       without a policy by then are withdrawn.
 *   <li>Without Kubernetes: the policies only.
 * </ul>
 */
public final class ClusterSource
        implements Source<ClusterEvent, ClusterSource.Split, Collection<ClusterSource.Split>> {
    private static final long serialVersionUID = 1;

    private final ArrayList<Policy> policies;
    private final KubernetesConnection kubernetes;

    private ClusterSource(List<Policy> policies, KubernetesConnection kubernetes) {
        this.policies = new ArrayList<>(policies);
        this.kubernetes = kubernetes;
    }

    public static ClusterSource of(List<Policy> policies, KubernetesConnection kubernetes) {
        return new ClusterSource(policies, kubernetes);
    }

    /** The policies only: targets stay unknown, and nothing is scaled. */
    public static ClusterSource withoutKubernetes(List<Policy> policies) {
        return new ClusterSource(policies, null);
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<ClusterEvent, Split> createReader(SourceReaderContext context) {
        return new ClusterSourceReader(policies, kubernetes, context.metricGroup());
    }

    @Override
    public SplitEnumerator<Split, Collection<Split>> createEnumerator(
            SplitEnumeratorContext<Split> context) {
        return new ClusterEnumerator(context, List.of(new Split(List.of())));
    }

    @Override
    public SplitEnumerator<Split, Collection<Split>> restoreEnumerator(
            SplitEnumeratorContext<Split> context, Collection<Split> unassigned) {
        return new ClusterEnumerator(context, unassigned);
    }

    @Override
    public SimpleVersionedSerializer<Split> getSplitSerializer() {
        return new SplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<Split>> getEnumeratorCheckpointSerializer() {
        return new UnassignedSerializer();
    }

    /**
     * The one split there is.
     *
     * @param told services whose policies were told
     */
    public record Split(List<String> told) implements SourceSplit {
        @Override
        public String splitId() {
            return "cluster";
        }
    }

    private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Split split) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(split.told().size());
            for (String service : split.told()) {
                out.writeUTF(service);
            }
            return bytes.toByteArray();
        }

        @Override
        public Split deserialize(int version, byte[] serialized) throws IOException {
            if (version != getVersion()) {
                throw new IOException(
                        "cluster: state of version " + version + ", expected " + getVersion());
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
            int size = in.readInt();
            List<String> told = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                told.add(in.readUTF());
            }
            return new Split(told);
        }
    }

    private static final class UnassignedSerializer
            implements SimpleVersionedSerializer<Collection<Split>> {
        private final SplitSerializer splits = new SplitSerializer();

        @Override
        public int getVersion() {
            return splits.getVersion();
        }

        @Override
        public byte[] serialize(Collection<Split> unassigned) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(unassigned.size());
            for (Split split : unassigned) {
                byte[] serialized = splits.serialize(split);
                out.writeInt(serialized.length);
                out.write(serialized);
            }
            return bytes.toByteArray();
        }

        @Override
        public Collection<Split> deserialize(int version, byte[] serialized) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
            int size = in.readInt();
            List<Split> unassigned = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                unassigned.add(splits.deserialize(version, in.readNBytes(in.readInt())));
            }
            return unassigned;
        }
    }
}
