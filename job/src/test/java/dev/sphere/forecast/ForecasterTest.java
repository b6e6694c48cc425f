package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.observe.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ForecasterTest {
    private static final long STEP = 2_000;
    private static final int DAY = 240; // steps
    private static final long SEED = 20261121;

    private final ForecastSettings settings =
            new ForecastSettings(
                    STEP,
                    new HoltWinters(0.2, 0.01, 0.15, 0.9, new Season(DAY * STEP, DAY / 2)),
                    List.of(),
                    20_000,
                    60_000,
                    10,
                    List.of(),
                    240,
                    100,
                    7 * DAY * STEP,
                    1_000_000);
    private final Forecaster forecaster = new Forecaster(settings);

    @Test
    void growsFromLevelToTrendToSeasonAndSaysWhich() {
        var forecasts = run(3 * DAY, ForecasterTest::day);

        assertThat(forecasts.get(0).model().kind()).isEqualTo("level");
        assertThat(forecasts.get(0).health()).isEqualTo(Forecast.Health.COLD);
        assertThat(forecasts.get(DAY - 1).model().kind()).isEqualTo("trend");
        assertThat(forecasts.get(DAY - 1).model().seasons()).isEmpty();
        var last = forecasts.get(3 * DAY - 1).model();
        assertThat(last.kind()).isEqualTo("season");
        assertThat(last.seasons()).hasSize(1);
        assertThat(last.seasons().get(0).length()).isEqualTo(DAY * STEP);
        assertThat(last.seasons().get(0).evidence()).isGreaterThan(0.9);
    }

    @Test
    void isSkilledOnANoisyDayAndItsQuantilesHold() {
        var random = new Random(SEED);

        var forecasts = run(8 * DAY, t -> day(t) + Math.sqrt(day(t) / 2) * random.nextGaussian());

        var last = forecasts.get(8 * DAY - 1);
        assertThat(last.health())
                .as("accuracy %s, seed %d", last.accuracy(), SEED)
                .isEqualTo(Forecast.Health.SKILLED);
        assertThat(last.accuracy().mase()).isLessThan(0.9);
        assertThat(last.accuracy().coverage()).isBetween(0.8, 0.97);
        assertThat(last.peak().quantiles()).isSorted();
    }

    @Test
    void repeatsTheNewestValueWhileItKnowsNothingElse() {
        var forecasts = run(2, t -> t == 0 ? 100 : 144);

        assertThat(forecasts.get(0).curve()).allSatisfy(p -> assertThat(p.mean()).isEqualTo(100));
        assertThat(forecasts.get(1).curve())
                .allSatisfy(p -> assertThat(p.mean()).isCloseTo(144, within(1e-3)));
        assertThat(forecasts.get(1).health()).isEqualTo(Forecast.Health.COLD);
    }

    @Test
    void itsFirstQuantilesAreOfTheSizeOfTheErrorsMade() {
        var random = new Random(SEED);

        var forecasts = run(200, t -> 100 + 10 * random.nextGaussian());

        for (var forecast : forecasts) {
            for (var point : forecast.curve()) {
                for (double quantile : point.quantiles()) {
                    if (!Double.isNaN(quantile)) {
                        assertThat(quantile).as("seed %d", SEED).isBetween(0.0, 400.0);
                    }
                }
            }
        }
        assertThat(forecasts.get(199).curve())
                .allSatisfy(
                        point ->
                                assertThat(point.quantiles())
                                        .isSorted()
                                        .doesNotContain(Double.NaN));
    }

    @Test
    void tellsOtherQuantilesOfTheForecastMadeLast() {
        var random = new Random(SEED);
        var model = forecaster.startOrContinue(null);
        Forecast last = null;
        for (int t = 0; t < 3 * DAY; t++) {
            double y = day(t) + random.nextGaussian();
            last = forecaster.next(model, new Observation("requests", y, 1, 1, 1), (t + 1) * STEP);
        }
        var furthest = last.curve().get(last.curve().size() - 1);

        double[] same = forecaster.quantiles(model, 30, Quantiles.LEVELS);
        double[] others = forecaster.quantiles(model, 30, 0.025, 0.975);

        assertThat(same).containsExactly(furthest.quantiles());
        assertThat(others[0]).isLessThan(same[0]);
        assertThat(others[1]).isBetween(same[4], same[5]); // 0.95 and 0.99
        assertThatThrownBy(() -> forecaster.quantiles(model, 29, 0.5))
                .hasMessageStartingWith("29 steps ahead: expected one of [1, ");
    }

    @Test
    void usesASecondSeason() {
        var hourly =
                new ForecastSettings(
                        STEP,
                        settings.model(),
                        List.of(new Season(70 * STEP, 35)),
                        20_000,
                        60_000,
                        10,
                        List.of(),
                        240,
                        100,
                        7 * DAY * STEP,
                        1_000_000);

        double with = error(new Forecaster(hourly));
        double without = error(forecaster);

        assertThat(with).isLessThan(0.55 * without);
    }

    /** Mean absolute error 20 s ahead on the fifth day of a load with a jump every 140 s. */
    private static double error(Forecaster forecaster) {
        IntToDoubleFunction load = t -> day(t) + (t % 70 < 14 ? 150 : 0);
        var state = forecaster.startOrContinue(null);
        double sum = 0;
        for (int t = 0; t < 5 * DAY; t++) {
            var observed = new Observation("requests", load.applyAsDouble(t), 1, 1, 1);
            long end = (t + 1) * STEP;
            var forecast = forecaster.next(state, observed, end);
            if (t >= 4 * DAY) {
                double expected =
                        forecast.curve().stream()
                                .filter(point -> point.at() == end + 20_000)
                                .findFirst()
                                .orElseThrow()
                                .mean();
                sum += Math.abs(load.applyAsDouble(t + 10) - expected);
            }
        }
        return sum / DAY;
    }

    @Test
    void expectsThePeakOfTheHorizonBeforeItComes() {
        var forecasts = run(6 * DAY, ForecasterTest::day);

        for (int t = 5 * DAY; t < 6 * DAY; t++) {
            double greatest = 0;
            for (int ahead = 1; ahead <= 10; ahead++) {
                greatest = Math.max(greatest, day(t + ahead));
            }
            assertThat(forecasts.get(t).peak().mean()).isCloseTo(greatest, within(12.0));
        }
    }

    @Test
    void isNotSkilledOnARandomWalk() {
        var random = new Random(SEED);
        double[] at = {500};

        var forecasts = run(6 * DAY, t -> at[0] = Math.max(0, at[0] + 10 * random.nextGaussian()));

        assertThat(forecasts.subList(5 * DAY, 6 * DAY))
                .allSatisfy(f -> assertThat(f.accuracy().errors()).isGreaterThan(100));
        assertThat(forecasts.get(6 * DAY - 1).peak().quantiles()).doesNotContain(Double.NaN);
    }

    @Test
    void isNoLongerSkilledWhenItsServiceHasBeenSilentForLong() {
        var random = new Random(SEED);
        var state = forecaster.startOrContinue(null);
        Forecast last = null;
        for (int t = 0; t < 4 * DAY; t++) {
            double noisy = day(t) + 8 * random.nextGaussian();
            last =
                    forecaster.next(
                            state, new Observation("requests", noisy, 1, 1, 1), (t + 1) * STEP);
        }
        assertThat(last.health()).isEqualTo(Forecast.Health.SKILLED);

        for (int t = 4 * DAY; t < 4 * DAY + 40; t++) {
            last = forecaster.next(state, Observation.missing("requests", 1), (t + 1) * STEP);
        }

        assertThat(last.health()).isEqualTo(Forecast.Health.WARM);
    }

    @Test
    void keepsWhatItHasLearnedWhenOnlyTheCurveIsSetAnew() {
        var state = forecaster.startOrContinue(null);
        for (int t = 0; t < 4 * DAY; t++) {
            forecaster.next(state, new Observation("requests", day(t), 1, 1, 1), (t + 1) * STEP);
        }
        var anew =
                new Forecaster(
                        new ForecastSettings(
                                STEP,
                                settings.model(),
                                List.of(),
                                30_000,
                                90_000,
                                5,
                                List.of(),
                                120,
                                50,
                                7 * DAY * STEP,
                                1_000_000));

        var goingOn = anew.startOrContinue(state);
        var forecast =
                anew.next(
                        goingOn,
                        new Observation("requests", day(4 * DAY), 1, 1, 1),
                        (4 * DAY + 1) * STEP);

        assertThat(forecast.model().kind()).isEqualTo("season");
        assertThat(forecast.accuracy().errors()).isZero();
    }

    @Test
    void learnsNothingFromAPartialObservation() {
        var state = forecaster.startOrContinue(null);
        for (int t = 0; t < 50; t++) {
            forecaster.next(state, new Observation("requests", 100, 4, 4, 4), (t + 1) * STEP);
        }

        var forecast = forecaster.next(state, new Observation("requests", 25, 1, 4, 1), 51 * STEP);

        assertThat(forecast.peak().mean()).isEqualTo(100);
    }

    @Test
    void goesOnEquallyFromAStateThatWentThroughAGap() {
        var state = forecaster.startOrContinue(null);
        for (int t = 0; t < 3 * DAY; t++) {
            boolean silent = t > 700 && t < 715;
            var observation =
                    silent
                            ? Observation.missing("requests", 4)
                            : new Observation("requests", day(t), 4, 4, 4);
            var forecast = forecaster.next(state, observation, (t + 1) * STEP);
            assertThat(forecast.peak().mean()).isBetween(0.0, 500.0);
        }
    }

    @Test
    void neverGivesANegativeOrUnknownForecastOnceItHasSeenAValue() {
        var random = new Random(SEED);

        var forecasts =
                run(
                        4 * DAY,
                        t ->
                                switch (random.nextInt(6)) {
                                    case 0 -> Double.NaN;
                                    case 1 -> 1e15 * random.nextDouble();
                                    case 2 -> 1e-12;
                                    default -> 0;
                                });

        for (var forecast : forecasts.subList(20, forecasts.size())) {
            assertThat(forecast.curve())
                    .as("seed %d", SEED)
                    .allSatisfy(p -> assertThat(p.mean()).isBetween(0.0, 1e17));
        }
    }

    private List<Forecast> run(int steps, IntToDoubleFunction values) {
        var state = forecaster.startOrContinue(null);
        List<Forecast> forecasts = new ArrayList<>();
        for (int t = 0; t < steps; t++) {
            double value = values.applyAsDouble(t);
            var observation =
                    Double.isNaN(value)
                            ? Observation.missing("requests", 1)
                            : new Observation("requests", value, 1, 1, 1);
            forecasts.add(forecaster.next(state, observation, (t + 1) * STEP));
        }
        return forecasts;
    }

    /** Two peaks a day, between 50 and 300. */
    private static double day(int t) {
        double x = 2 * Math.PI * t / DAY;
        return 175 - 90 * Math.cos(x) - 35 * Math.cos(2 * x);
    }
}
