package dev.sphere.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

class ClusterSourceTest {
    @Test
    @SuppressWarnings("try") // closing the iterator may be interrupted: then the test is, too
    void tellsEverythingOnceThoughItHasTwoReaders() throws Exception {
        try (CrudServer kubernetes = new CrudServer(0)) {
            kubernetes.create("front-end", 4);
            Configuration config = onLoopback();
            config.set(PipelineOptions.GENERIC_TYPES, false);
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(2, config);
            env.enableCheckpointing(100);
            var events =
                    env.fromSource(
                            ClusterSource.of(
                                    ClusterSourceReaderTest.policies("front-end", "carts"),
                                    kubernetes.connection()),
                            WatermarkStrategy.noWatermarks(),
                            "cluster");

            List<ClusterEvent> told = new ArrayList<>();
            try (CloseableIterator<ClusterEvent> all = events.executeAndCollect("cluster")) {
                while (told.size() < 4) {
                    told.add(all.next());
                }
                kubernetes.scale("front-end", 6);
                told.add(all.next());
            }

            assertThat(told.subList(0, 2)).allMatch(event -> event.policy() != null);
            assertThat(told.subList(2, 4))
                    .extracting(ClusterEvent::service)
                    .containsExactlyInAnyOrder("sock-shop/front-end", "sock-shop/carts");
            assertThat(told.get(4).target().replicas()).isEqualTo(6);
        }
    }

    @Test
    void storesASplitThatNoReaderHas() throws IOException {
        SimpleVersionedSerializer<Collection<ClusterSource.Split>> serializer =
                ClusterSource.withoutKubernetes(List.of()).getEnumeratorCheckpointSerializer();
        List<ClusterSource.Split> splits =
                List.of(new ClusterSource.Split(List.of("sock-shop/carts", "sock-shop/orders")));

        assertThat(serializer.deserialize(serializer.getVersion(), serializer.serialize(splits)))
                .isEqualTo(splits);
        assertThat(serializer.deserialize(1, serializer.serialize(List.of()))).isEmpty();
    }

    private static Configuration onLoopback() {
        Configuration config = new Configuration();
        config.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
        config.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        config.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
        return config;
    }
}
