package dev.sphere.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.forecast.Outlook;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitBySignalFunctionTest {

    @Test
    void makesOnePredictionOfEachForecast() {
        var forecasts = List.of(Examples.forecast(), Examples.coldForecast());
        var outlook = new Outlook(Examples.SERVICE, Examples.AT, 2000, 5021, forecasts);
        var out = new ArrayList<Prediction>();

        new SplitBySignalFunction().flatMap(outlook, new ListCollector<>(out));

        assertThat(out)
                .containsExactly(
                        Examples.prediction(forecasts.get(0)),
                        Examples.prediction(forecasts.get(1)));
        assertThat(out)
                .map(Prediction::key)
                .containsExactly("sock-shop/front-end/requests", "sock-shop/front-end/queue");
    }

    @ParameterizedTest
    @ValueSource(classes = {Prediction.class, DecisionMessage.class})
    void isSerializedWithoutKryo(Class<?> type) {
        var config = new SerializerConfigImpl();
        config.setGenericTypes(false);

        var serializer = TypeInformation.of(type).createSerializer(config);

        assertThat(serializer).isInstanceOf(PojoSerializer.class);
    }
}
