package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.scale.ScaleOutcome;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopicSinkTest {

    @Test
    void leavesPartitionAndTimeOfARecordToTheProducer() {
        var schema = TopicSink.schema("predictions", Prediction::key, PredictionJson::bytes);

        var written = schema.serialize(Examples.prediction(Examples.forecast()), null, 1L);

        assertThat(written.topic()).isEqualTo("predictions");
        assertThat(written.key()).asString(UTF_8).isEqualTo("sock-shop/front-end/requests");
        assertThat(written.value()).asString(UTF_8).startsWith("{\"v\":1,");
        assertThat(written.partition()).isNull();
        assertThat(written.timestamp()).isNull();
    }

    @Test
    void givesBothPhasesOfADecisionTheSameKey() {
        var decided = DecisionMessage.of(Examples.decision());
        var outcome = DecisionMessage.of(Examples.result(ScaleOutcome.APPLIED));

        assertThat(decided.service()).isEqualTo("sock-shop/front-end");
        assertThat(outcome.service()).isEqualTo(decided.service());
        assertThat(outcome.json())
                .isEqualTo(DecisionJson.bytes(Examples.result(ScaleOutcome.APPLIED)));
    }

    @Test
    void keysRejectedInputByWhereItCameFrom() {
        assertThat(RejectedSink.key(Examples.rejected(new byte[0]))).isEqualTo("metrics-3-12");
    }

    @ParameterizedTest
    @MethodSource("sinks")
    void canBeSentToTheTaskManagers(KafkaSink<?> sink) throws Exception {
        byte[] sent = InstantiationUtil.serializeObject(sink);

        Object arrived = InstantiationUtil.deserializeObject(sent, getClass().getClassLoader());
        assertThat(arrived).isInstanceOf(KafkaSink.class);
    }

    static KafkaSink<?>[] sinks() {
        Properties producer = new Properties();
        producer.setProperty("compression.type", "zstd");
        return new KafkaSink<?>[] {
            PredictionsSink.of("127.0.0.1:1", "predictions", producer),
            DecisionsSink.of("127.0.0.1:1", "decisions", producer),
            RejectedSink.of("127.0.0.1:1", "rejected", producer)
        };
    }
}
