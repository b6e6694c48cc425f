package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class RedisForecastSinkTest {

    @Test
    void setsThePredictionWithAnExpiryUnderServiceAndSignal() {
        var prediction = Examples.prediction(Examples.forecast());

        var command = RedisForecastSink.set(prediction, Duration.ofSeconds(40));

        assertThat(command.name()).isEqualTo("SET");
        assertThat(command.key()).isEqualTo("forecast:{sock-shop/front-end}:requests");
        assertThat(command.arguments())
                .map(argument -> new String(argument, UTF_8))
                .containsExactly(
                        "forecast:{sock-shop/front-end}:requests",
                        new String(PredictionJson.bytes(prediction), UTF_8),
                        "PX",
                        "40000");
    }

    @Test
    void canBeSentToTheTaskManagers() throws Exception {
        var sink =
                RedisForecastSink.builder("redis://127.0.0.1:1", "demo:", Duration.ofSeconds(40))
                        .build();

        byte[] sent = InstantiationUtil.serializeObject(sink);

        Object arrived = InstantiationUtil.deserializeObject(sent, getClass().getClassLoader());
        assertThat(arrived).hasToString(sink.toString());
        assertThat(sink.toString()).contains("keyPrefix=demo:", "mode=NEWEST");
    }

    @Test
    void namesAWrongUri() {
        assertThatThrownBy(
                        () ->
                                RedisForecastSink.builder(
                                                "http://x", "demo:", Duration.ofSeconds(40))
                                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://x has the scheme http; expected redis://");
    }
}
