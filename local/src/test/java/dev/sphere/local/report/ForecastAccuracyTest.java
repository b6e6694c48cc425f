package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Steps of 1 s, a season of 10 steps, a lead of 3 steps. */
class ForecastAccuracyTest {
    private static final String CARTS = "sock-shop/carts";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ForecastAccuracy accuracy =
            new ForecastAccuracy("requests", 3000, 10_000, 20_000);

    @Test
    void comparesTheForecastAtTheLeadWithTheSeasonalNaiveOneOnTheSameTargets() throws IOException {
        // observed: 100 in the first two seasons, then 110; forecast 3 steps ahead: 107
        for (int step = 1; step <= 30; step++) {
            double observed = step < 20 ? 100 : 110;
            predict(step, Double.toString(observed), 107);
        }

        // issued from step 20 on, so targets 23 to 30: errors of 3 against 10, as 10 steps
        // before it was 100, except for the target 30, where 110 was seen at step 20
        var result = accuracy.results().get(CARTS);
        assertThat(result.observations()).isEqualTo(11);
        assertThat(result.forecasts()).isEqualTo(11);
        assertThat(result.errors()).isEqualTo(8);
        assertThat(result.meanAbsoluteError()).isEqualTo(3, within(1e-9));
        assertThat(result.meanAbsoluteNaiveError()).isEqualTo(70.0 / 8, within(1e-9));
        assertThat(result.mase()).isEqualTo(24.0 / 70, within(1e-9));
    }

    @Test
    void countsNoErrorForWhatIsMissing() throws IOException {
        for (int step = 1; step <= 25; step++) {
            boolean missing = step == 24 || step == 13; // a target; what was a season before one
            predict(step, missing ? "null" : "100.0", 101);
        }

        var result = accuracy.results().get(CARTS);
        assertThat(result.observations()).isEqualTo(5);
        assertThat(result.forecasts()).isEqualTo(6);
        assertThat(result.errors()).isEqualTo(1); // of targets 23, 24 and 25
    }

    @Test
    void takesAMessageThatIsSaidAgainOnce() throws IOException {
        for (int step = 1; step <= 25; step++) {
            predict(step, "100.0", 101);
            predict(step, "100.0", 101);
            predict(step - 1, "100.0", 101);
        }

        assertThat(accuracy.results().get(CARTS).observations()).isEqualTo(6);
        assertThat(accuracy.results().get(CARTS).errors()).isEqualTo(3);
    }

    @Test
    void knowsNoMaseBeforeAnythingCouldBeCompared() throws IOException {
        predict(25, "100.0", 101);

        var result = accuracy.results().get(CARTS);
        assertThat(result.mase()).isNaN();
        assertThat(result.errors()).isZero();
        assertThat(result.observations()).isEqualTo(1);
    }

    @Test
    void ignoresOtherSignalsAndReadsTheGoldenMessage() throws IOException {
        var golden = Path.of("../job/src/test/resources/messages/predictions.json");
        for (String line : Files.readAllLines(golden)) {
            accuracy.prediction(JSON.readTree(line));
            accuracy.prediction(JSON.readTree(line.replace("\"requests\"", "\"cpu\"")));
        }

        var result = accuracy.results().get("sock-shop/front-end");
        assertThat(accuracy.results()).hasSize(1);
        assertThat(result.observations()).isEqualTo(1);
        assertThat(result.forecasts()).isEqualTo(1);
    }

    private void predict(int step, String observed, double expected) throws IOException {
        long at = step * 1000L;
        // the points beside the lead are far off
        accuracy.prediction(
                JSON.readTree(
                        String.format(
                                "{\"service\":\"%s\",\"signal\":\"requests\",\"issuedAt\":%d,"
                                        + "\"step\":1000,\"observed\":{\"value\":%s},\"horizon\":["
                                        + "{\"at\":%d,\"mean\":1.0},{\"at\":%d,\"mean\":%s},"
                                        + "{\"at\":%d,\"mean\":9999.0}]}",
                                CARTS, at, observed, at + 1000, at + 3000, expected, at + 5000)));
    }
}
