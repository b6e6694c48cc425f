package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class BenchScaleIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void measuresEachNumberOfServicesAfterTheyHaveLearned() throws Exception {
        int code =
                Sphere.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(errors, true))
                        .execute(
                                "bench",
                                "scale",
                                "--services",
                                "10,20",
                                "--days",
                                "3",
                                "--recent",
                                "10m",
                                "--duration",
                                "3s",
                                "--pace",
                                "500ms",
                                "--checkpoint-interval",
                                "1s",
                                "--heap",
                                "512m",
                                "--json");

        assertThat(errors.toString()).isEmpty();
        assertThat(code).isZero();
        JsonNode figures = new ObjectMapper().readTree(out.toString()).path("figures");
        assertThat(figures).hasSize(2);
        for (var one : figures) {
            int services = one.path("services").asInt();
            assertThat(one.path("servicesForecast").asInt()).isEqualTo(services);
            assertThat(one.path("servicesWithSeason").asInt()).isEqualTo(services);
            assertThat(one.at("/checkpoints/completed").asInt()).isPositive();
            assertThat(one.at("/checkpoints/failed").asInt()).isZero();
            // three seconds of a step every half a second
            assertThat(one.at("/delays/records").asInt()).isEqualTo(6 * services);
            assertThat(one.at("/delays/longest").asDouble()).isPositive();
            assertThat(one.at("/cpu/forecasting").asDouble()).isPositive();
            // all but the first step of the history, which has nothing to count from
            assertThat(one.at("/warmUps/0/steps").asInt())
                    .isEqualTo((3 * 24 * 12 - 2 - 1) * services);
        }
        assertThat(state(figures.get(1)))
                .isBetween(1.5 * state(figures.get(0)), 2.5 * state(figures.get(0)));
    }

    @Test
    void saysWhyTheMeasurementFailed() {
        int code =
                Sphere.commandLine()
                        .setErr(new PrintWriter(errors, true))
                        .execute("bench", "scale", "--services", "10", "--heap", "1k");

        assertThat(code).isEqualTo(1);
        assertThat(errors.toString())
                .contains("the measurement of 10 services ended with code 1", "heap");
    }

    private static double state(JsonNode figures) {
        return figures.at("/checkpoints/stateBytes").asDouble();
    }
}
