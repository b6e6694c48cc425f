package dev.sphere.local.backtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is forecast of one series from its end, by step ahead.
 *
 * @param lower limit that 2.5 % of values fall below; {@code NaN} for none
 * @param upper limit that 2.5 % of values exceed; {@code NaN} for none
 */
public record M4Forecast(String id, double[] mean, double[] lower, double[] upper) {

    static M4Forecast withoutLimits(String id, double[] mean) {
        double[] none = new double[mean.length];
        Arrays.fill(none, Double.NaN);
        return new M4Forecast(id, mean, none, none);
    }

    /** Writes all forecasts, then all lower, then all upper limits of a series on its line. */
    static void write(List<M4Forecast> forecasts, int horizon, Path file) throws IOException {
        String header =
                Stream.of("h", "l", "u")
                        .flatMap(
                                column ->
                                        IntStream.rangeClosed(1, horizon).mapToObj(h -> column + h))
                        .collect(Collectors.joining(",", "id,", ""));
        Files.write(
                file,
                Stream.concat(Stream.of(header), forecasts.stream().map(M4Forecast::line))
                        .toList());
    }

    private String line() {
        return Stream.of(mean, lower, upper)
                .flatMap(values -> DoubleStream.of(values).mapToObj(Forecasts::number))
                .collect(Collectors.joining(",", id + ",", ""));
    }
}
