package dev.sphere.forecast.smoothing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What another implementation made of a series; the first line of its file says which, and how. */
record Reference(String name, Map<String, double[]> values) {

    static Reference read(String name) {
        try (var in = Reference.class.getResourceAsStream("/forecast/" + name + ".csv")) {
            return new Reference(
                    name,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.split(","))
                            .collect(Collectors.toMap(fields -> fields[0], Reference::numbers)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double[] numbers(String[] fields) {
        return Arrays.stream(fields).skip(1).mapToDouble(Double::parseDouble).toArray();
    }

    double[] all(String key) {
        assertThat(values).as(name).containsKey(key);
        return values.get(key).clone();
    }

    double the(String key) {
        return all(key)[0];
    }

    double[] y() {
        return all("y");
    }

    int season() {
        return (int) the("m");
    }

    /** The start of a fit of ets, whose states are l, b, s(t), s(t-1) .. s(t-m+1). */
    Start etsStart() {
        return new Start(etsState("init_states", 0), 0);
    }

    /** The turns of the season begin at the first observation. */
    Smoothed etsState(String key, int steps) {
        double[] states = all(key);
        int season = states.length - 2;
        var state = new Smoothed(states[0], states[1], new double[season]);
        for (int i = 0; i < season; i++) {
            state.seasonal[Math.floorMod(steps - 1 - i, season)] = states[2 + i];
        }
        state.steps = steps;
        return state;
    }

    static void agrees(String what, double actual, double expected, double relative) {
        assertThat(actual).as(what).isCloseTo(expected, within(relative * Math.abs(expected)));
    }

    static void agree(String what, double[] actual, double[] expected, double relative) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            agrees(what + "[" + i + "]", actual[i], expected[i], relative);
        }
    }

    /** As {@link #agree}, relative to the greatest of them: seasons pass through zero. */
    static void agreeOverall(String what, double[] actual, double[] expected, double relative) {
        double greatest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertThat(actual).as(what).containsExactly(expected, within(relative * greatest));
    }

    static double[] forecasts(Smoothing model, Smoothed state, int steps) {
        double[] forecasts = new double[steps];
        Arrays.setAll(forecasts, i -> model.forecast(state, i + 1));
        return forecasts;
    }

    static double sumOfSquares(double[] values) {
        return Arrays.stream(values).map(v -> v * v).sum();
    }
}
