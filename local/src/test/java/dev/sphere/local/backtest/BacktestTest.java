package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.SphereConfig;
import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.ForecastSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktestTest {
    private static final int[] HORIZONS = {1, 6, 36};

    @Test
    void forecastsDoNotChangeWithWhatComesAfterTheirOrigin() {
        var trace = Traces.daily(6, 300);
        int[] origins = {500, 1_000, 1_001, 1_300};
        double[] changed = trace.values().clone();
        Arrays.fill(changed, 1_001, changed.length, 1_000_000);

        var before = run(trace, origins);
        var after = run(Traces.of(300, changed), origins);

        for (int origin = 0; origin < 2; origin++) {
            assertThat(after.points()[origin])
                    .usingRecursiveComparison()
                    .isEqualTo(before.points()[origin]);
            for (Method method : before.others().keySet()) {
                assertThat(after.others().get(method).means()[origin])
                        .as(method.title())
                        .containsExactly(before.others().get(method).means()[origin]);
            }
        }
        assertThat(after.points()[3][0].mean()).isGreaterThan(2 * before.points()[3][0].mean());
    }

    @Test
    void aSeasonIsForecastBetterThanByTheLastValue() {
        var trace = Traces.daily(9, 300);
        int[] origins = Origins.every(trace, null, null, 36);

        var scores = run(trace, origins).scores().get(2);

        assertThat(scores.get(Method.SPHERE).targets()).isEqualTo(origins.length);
        assertThat(scores.get(Method.SPHERE).toLastValue()).isLessThan(0.3);
        assertThat(scores.get(Method.SPHERE).coverage()).isBetween(80.0, 98.0);
        assertThat(scores.get(Method.HOLT_WINTERS).toLastValue()).isLessThan(0.5);
        assertThat(scores.get(Method.SPHERE).quantileLossToLastValue()).isLessThan(0.4);
        assertThat(scores.get(Method.LAST_VALUE).toLastValue()).isEqualTo(1);
        assertThat(scores.get(Method.LAST_VALUE).quantileLossToLastValue()).isEqualTo(1);
        assertThat(scores.get(Method.LAST_VALUE).coverage()).isBetween(80.0, 98.0);
    }

    @Test
    void seasonalNaiveGoesBackToTheLastDayOnWhichTheValueIsNotMissing() {
        double[] hours = new double[80];
        Arrays.setAll(hours, i -> i);
        hours[52] = Double.NaN; // a day before the target 76
        hours[29] = Double.NaN; // two days before the target 77, of which the first is not over
        hours[53] = Double.NaN;
        int[] origins = {75};

        var forecasts =
                new Backtest(
                                settings(3_600, 1, 2),
                                Traces.of(3_600, hours),
                                new int[] {1, 2},
                                origins)
                        .run(share -> {});

        assertThat(forecasts.others().get(Method.SEASONAL_NAIVE).means()[0]).containsExactly(28, 5);
        assertThat(forecasts.others().get(Method.LAST_VALUE).means()[0]).containsExactly(75, 75);
    }

    @Test
    void writesALineForEachOriginAndHorizonEvenWhereValuesAreMissing(@TempDir Path folder)
            throws IOException {
        double[] values = Traces.daily(4, 300).values();
        Arrays.fill(values, 700, 760, Double.NaN);
        int[] origins = {600, 720, values.length - 1};
        Path file = folder.resolve("f.csv");

        run(Traces.of(300, values), origins).write(file);

        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).isEqualTo("origin,horizon_steps,mean,p05,p50,p90,p95,p99,p80");
        assertThat(lines).hasSize(1 + origins.length * HORIZONS.length);
        int next = 1;
        for (int origin : origins) {
            for (int horizon : HORIZONS) {
                double[] fields =
                        Arrays.stream(lines.get(next++).split(","))
                                .mapToDouble(Double::parseDouble)
                                .toArray();
                assertThat(fields[0]).isEqualTo(Traces.START / 1_000.0 + origin * 300);
                assertThat(fields[1]).isEqualTo(horizon);
                assertThat(fields).hasSize(9);
                // p05, p50, p80, p90, p95, p99
                assertThat(
                                new double[] {
                                    fields[3], fields[4], fields[8], fields[5], fields[6], fields[7]
                                })
                        .isSorted();
            }
        }
    }

    @Test
    void scoresAreThoseOfTheProtocol() {
        // one value a day: the day before is the value before
        var trace = Traces.of(86_400, 10, 14, 12, 20, Double.NaN);
        var points =
                new Forecast.Point[][] {
                    {point(13, 9, 15, 16)}, // 12 came
                    {point(16, 15, 18, 19)}, // 20 came
                    {point(18, 1, 2, 3)}, // nothing came
                };
        var last = new double[][] {{14}, {12}, {20}};
        double[] unknown = {Double.NaN, Double.NaN, Double.NaN};
        var ofLast = new double[][][] {{unknown}, {{9, 16, 17}}, {{1, 2, 3}}};

        var score =
                new Forecasts(
                                trace,
                                new int[] {1},
                                new int[] {1, 2, 3},
                                points,
                                Map.of(Method.LAST_VALUE, new Baseline(last, ofLast)))
                        .scores()
                        .get(0)
                        .get(Method.SPHERE);

        assertThat(score.targets()).isEqualTo(2);
        assertThat(score.mae()).isEqualTo(2.5); // (1 + 4) / 2
        assertThat(score.toLastValue()).isEqualTo(0.5); // 5 / (2 + 8)
        assertThat(score.mase()).isEqualTo(2.5 / 4); // 14 - 10 in the warm-up
        assertThat(score.wape()).isEqualTo(500.0 / 32);
        // 0.1 * (15 - 12) + 0.9 * (20 - 18)
        assertThat(score.quantileLoss()).isEqualTo(200 * 2.1 / 32, within(1e-9));
        // only of the target for which both are known: 0.9 * (20 - 18) / (0.9 * (20 - 16))
        assertThat(score.quantileLossToLastValue()).isEqualTo(0.5, within(1e-9));
        assertThat(score.coverage()).isEqualTo(50);
        assertThat(score.below95()).isEqualTo(50);
    }

    private static Forecast.Point point(double mean, double p05, double p90, double p95) {
        return new Forecast.Point(0, mean, new double[] {p05, mean, p90, p90, p95, p95});
    }

    private static Forecasts run(Trace trace, int[] origins) {
        return new Backtest(settings(300, 1, 6, 36), trace, HORIZONS, origins).run(share -> {});
    }

    private static ForecastSettings settings(int step, Integer... steps) {
        return SphereConfig.defaultForecast(Duration.ofSeconds(step), null, List.of(steps));
    }
}
