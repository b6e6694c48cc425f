package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HoltWintersTest {
    private static final long STEP = 1000;

    @ParameterizedTest
    @CsvSource({"co2-ets-aada, 12", "livestock-ets-aadn, 0"})
    void agreesWithEtsFromTheSameParametersAndStates(String reference, int seasonLength)
            throws IOException {
        var r = read(reference);
        var season =
                seasonLength == 0 ? Season.NONE : new Season(seasonLength * STEP, seasonLength);
        var model =
                new HoltWinters(
                        r.get("alpha")[0],
                        r.get("beta")[0],
                        r.get("gamma")[0],
                        r.get("phi")[0],
                        season);
        var components = components(r.get("init_states"), seasonLength, 0);

        double[] y = r.get("y");
        for (int t = 0; t < y.length; t++) {
            model.next(components, y[t], middle(t));
        }

        double[] forecast = r.get("forecast");
        for (int h = 1; h <= forecast.length; h++) {
            assertThat(model.forecast(components, h, middle(y.length + h - 1)))
                    .isCloseTo(forecast[h - 1], relative(forecast[h - 1]));
        }
        var expected = components(r.get("final_states"), seasonLength, y.length);
        assertThat(components.level).isCloseTo(expected.level, relative(expected.level));
        assertThat(components.trend).isCloseTo(expected.trend, within(1e-9));
        assertThat(components.seasonal).containsExactly(expected.seasonal, within(1e-8));
    }

    @Test
    void staysConstantOnAConstant() {
        var model = new HoltWinters(0.3, 0.05, 0.1, 0.9, Season.NONE);
        var components = new Components();

        for (int t = 0; t < 100; t++) {
            model.next(components, 7, middle(t));
        }

        assertThat(model.forecast(components, 50, middle(150))).isEqualTo(7);
    }

    @Test
    void followsAStraightLineWhenTheTrendIsNotDamped() {
        var model = new HoltWinters(0.5, 0.3, 0, 1, Season.NONE);
        var components = new Components();

        for (int t = 0; t < 300; t++) {
            model.next(components, 10 + 2 * t, middle(t));
        }

        assertThat(model.forecast(components, 10, middle(309)))
                .isCloseTo(10 + 2 * 309, within(1e-6));
    }

    @Test
    void learnsNothingFromAMissingObservation() {
        var model = new HoltWinters(0.5, 0.3, 0.1, 1, Season.NONE);
        var components = new Components();
        for (int t = 0; t < 300; t++) {
            model.next(components, 10 + 2 * t, middle(t));
        }
        double before = model.forecast(components, 10, middle(309));

        for (int t = 300; t < 305; t++) {
            model.next(components, Double.NaN, middle(t));
        }

        assertThat(model.forecast(components, 5, middle(309))).isCloseTo(before, within(1e-9));
    }

    @Test
    void refusesParametersOutsideOfTheirRange() {
        assertThatThrownBy(() -> new HoltWinters(0.3, 0.4, 0.1, 0.9, Season.NONE))
                .hasMessage("forecast.beta: 0.4, expected 0 to alpha, which is 0.3");
        assertThat(new HoltWinters(0.9, 0, 0.1, 1, Season.NONE).gamma()).isEqualTo(0.1);
    }

    private static long middle(int t) {
        return t * STEP + STEP / 2;
    }

    private static org.assertj.core.data.Offset<Double> relative(double value) {
        return within(1e-9 * Math.abs(value));
    }

    /** States are l, b, s(t), s(t-1), ...; s(t-m+1) belongs to the step after t. */
    private static Components components(double[] states, int m, int t) {
        var components = new Components();
        components.level = states[0];
        components.trend = states[1];
        components.seasonal = new double[m];
        for (int i = 0; i < m; i++) {
            components.seasonal[Math.floorMod(t - 1 - i, m)] = states[2 + i];
        }
        return components;
    }

    private static Map<String, double[]> read(String reference) throws IOException {
        try (var in =
                HoltWintersTest.class.getResourceAsStream("/forecast/" + reference + ".csv")) {
            Map<String, double[]> values = new TreeMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(",", 2))
                    .forEach(
                            line ->
                                    values.put(
                                            line[0],
                                            Arrays.stream(line[1].split(","))
                                                    .mapToDouble(Double::parseDouble)
                                                    .toArray()));
            return values;
        }
    }
}
