package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PredictionJsonTest {

    @Test
    void writesTheGoldenMessage() throws IOException {
        byte[] json = PredictionJson.bytes(Examples.prediction(Examples.forecast()));

        assertThat(Examples.golden("predictions.json")).containsExactly(new String(json, UTF_8));
    }

    @Test
    void writesWhatIsUnknownAsNull() {
        byte[] json = PredictionJson.bytes(Examples.prediction(Examples.coldForecast()));

        assertThat(new String(json, UTF_8))
                .isEqualTo(
                        "{\"v\":1,\"service\":\"sock-shop/front-end\",\"signal\":\"queue\","
                                + "\"issuedAt\":1763683200000,\"step\":2000,"
                                + "\"observed\":{\"value\":null,\"reported\":0,\"expected\":1,"
                                + "\"pods\":0,\"records\":5021},\"horizon\":[],"
                                + "\"peak\":{\"within\":20000,\"mean\":null,\"p05\":null,"
                                + "\"p50\":null,\"p80\":null,\"p90\":null,\"p95\":null,"
                                + "\"p99\":null},"
                                + "\"model\":{\"kind\":\"level\",\"alpha\":null,"
                                + "\"beta\":null,\"gamma\":null,\"phi\":null,"
                                + "\"shiftedAt\":0,\"seasons\":[]},"
                                + "\"accuracy\":{\"mase\":null,\"coverage\":null,"
                                + "\"interval\":null,\"errors\":0},"
                                + "\"health\":\"cold\"}");
    }
}
