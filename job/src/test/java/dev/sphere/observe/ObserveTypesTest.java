package dev.sphere.observe;

import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObserveTypesTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                Incoming.class,
                Scrape.class,
                Sample.class,
                Rejected.class,
                Step.class,
                Observation.class,
                Amendment.class,
                ServiceState.class,
                ServiceState.Signal.class,
                ServiceState.Series.class
            })
    void isSerializedWithoutKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }
}
