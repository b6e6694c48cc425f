package dev.sphere.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.cluster.ClusterEvent;
import dev.sphere.cluster.TargetState;
import dev.sphere.policy.Policy;
import dev.sphere.scale.ScaleResult;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerializationTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                Policy.class,
                TargetState.class,
                ClusterEvent.class,
                RecommendState.class,
                Decision.class,
                ScaleResult.class
            })
    void isSerializedWithoutKryo(Class<?> type) {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.setGenericTypes(false);

        TypeInformation<?> information = TypeInformation.of(type);

        assertThat(information).isInstanceOf(PojoTypeInfo.class);
        assertThat(information.createSerializer(config)).isNotNull(); // throws on generic types
    }
}
