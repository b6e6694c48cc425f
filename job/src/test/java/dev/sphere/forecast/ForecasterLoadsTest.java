package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the forecast under loads of which the truth is known. */
class ForecasterLoadsTest {
    private static final long STEP = 600_000;
    private static final int DAY = 144; // steps
    private static final int[] AHEAD = {1, 6, 24};
    private static final long SEED = 20261121;

    private static final ForecastSettings SETTINGS =
            new ForecastSettings(
                    STEP,
                    new HoltWinters(0.2, 0.01, 0.15, 0.9, new Season(DAY * STEP, 72)),
                    List.of(new Season(6 * STEP, 6), new Season(3 * DAY * STEP, 216)),
                    6 * STEP,
                    24 * STEP,
                    4,
                    List.of(),
                    240,
                    50,
                    14 * DAY * STEP,
                    DAY * STEP);

    @Test
    void tellsALaunchWithinAFewSteps() {
        int launch = 6 * DAY + 50;
        for (long seed = SEED; seed < SEED + 5; seed++) {
            var run = new Run(SETTINGS);
            double[] noise = noise(launch + 12, 0.05, seed);

            for (int t = 0; t < launch + 12; t++) {
                double y = day(t) * noise[t] * (t < launch ? 1 : 5);
                long shiftedAt = run.next(y).model().shiftedAt();
                if (t < launch) {
                    assertThat(shiftedAt).as("seed %d, step %d", seed, t).isZero();
                }
            }

            assertThat(run.state.shift.at)
                    .as("seed %d", seed)
                    .isBetween(run.begin(launch), run.begin(launch + 8));
        }
    }

    @Test
    void aSpikeIsNoLaunch() {
        int spike = 6 * DAY + 50;
        for (long seed = SEED; seed < SEED + 5; seed++) {
            var run = new Run(SETTINGS);
            double[] noise = noise(8 * DAY, 0.05, seed);

            for (int t = 0; t < 8 * DAY; t++) {
                run.next(day(t) * noise[t] * (t == spike ? 5 : 1));
            }

            assertThat(run.state.shift.at).as("seed %d", seed).isZero();
        }
    }

    /**
     * By the weights learned before, it would be nearly nothing for as long as the curve reaches.
     */
    @Test
    void isOfTheSizeOfALaunchAsSoonAsItIsTold() {
        int launch = 6 * DAY + 50;
        for (long seed = SEED; seed < SEED + 5; seed++) {
            var run = new Run(SETTINGS);
            double[] noise = noise(launch + 30, 0.05, seed);

            for (int t = 0; t < launch + 30; t++) {
                var forecast = run.next(day(t) * noise[t] * (t < launch ? 1 : 5));
                if (forecast.model().shiftedAt() == 0 || t >= launch + 24) {
                    continue;
                }
                for (int ahead : AHEAD) {
                    assertThat(at(forecast, run, t, ahead).mean())
                            .as("seed %d, %d ahead, %d after it", seed, ahead, t - launch)
                            .isBetween(0.6 * 5 * day(t + ahead), 1.7 * 5 * day(t + ahead));
                }
            }
            assertThat(run.state.shift.at).isPositive();
        }
    }

    @Test
    void seesTheSeasonsOfADay() {
        var random = new Random(SEED);

        var last = last(15 * DAY, t -> day(t) * (1 + 0.1 * random.nextGaussian()));

        assertThat(last.model().kind()).isEqualTo("season");
        assertThat(last.model().seasons().get(0).evidence()).isGreaterThan(0.5); // a day
        assertThat(last.model().seasons().get(2).evidence()).isGreaterThan(0.5); // three days
    }

    @Test
    void seesNoSeasonInNoise() {
        for (long seed = SEED; seed < SEED + 4; seed++) {
            var random = new Random(seed);
            var run = new Run(SETTINGS);

            for (int t = 0; t < 20 * DAY; t++) {
                var model = run.next(Math.max(0, 100 + 20 * random.nextGaussian())).model();
                if (t >= 10 * DAY) {
                    String what = "seed " + seed + ", step " + t;
                    assertThat(model.kind()).as(what).isEqualTo("trend");
                    assertThat(model.seasons()).as(what).hasSize(3);
                    for (var season : model.seasons()) {
                        assertThat(season.evidence()).as(what).isLessThan(0.05);
                    }
                }
            }
        }
    }

    /** A single walk is like its own past by chance: never by much, and not in the mean of some. */
    @Test
    void seesHardlyASeasonInRandomWalks() {
        double hour = 0;
        double day = 0;
        for (long seed = SEED; seed < SEED + 8; seed++) {
            var random = new Random(seed);
            double[] at = {500};

            var last = last(30 * DAY, t -> at[0] = Math.abs(at[0] + 10 * random.nextGaussian()));

            double evidence = last.model().seasons().get(0).evidence();
            assertThat(evidence).as("seed %d", seed).isLessThan(0.25);
            day += evidence / 8;
            hour += last.model().seasons().get(1).evidence() / 8;
        }

        assertThat(day).isLessThan(0.08);
        assertThat(hour).isLessThan(0.0);
    }

    /** Over the second half; one request in ten steps. */
    @Test
    void itsQuantilesHoldWhereMostOfTheTimeThereIsNoLoad() {
        var random = new Random(SEED);
        int steps = 20 * DAY;
        double[] load = new double[steps];
        for (int t = 0; t < steps; t++) {
            load[t] = random.nextInt(10) == 0 ? -30 * Math.log(1 - random.nextDouble()) : 0;
        }
        var run = new Run(SETTINGS);
        int[] none = new int[AHEAD.length];
        int[] covered = new int[AHEAD.length];
        double[] most = new double[AHEAD.length];
        int made = 0;

        for (int t = 0; t < steps - 24; t++) {
            var forecast = run.next(load[t]);
            if (t < steps / 2) {
                continue;
            }
            made++;
            for (int i = 0; i < AHEAD.length; i++) {
                double[] quantiles = at(forecast, run, t, AHEAD[i]).quantiles();
                none[i] += quantiles[1] < 0.5 ? 1 : 0; // 0.5
                covered[i] += load[t + AHEAD[i]] <= quantiles[4] ? 1 : 0; // 0.95
                most[i] += quantiles[5]; // 0.99
            }
        }

        for (int i = 0; i < AHEAD.length; i++) {
            String what = AHEAD[i] + " steps ahead, seed " + SEED;
            assertThat((double) none[i] / made).as(what).isGreaterThan(0.95);
            assertThat((double) covered[i] / made).as(what).isBetween(0.90, 0.98);
            // nine times in ten nothing, so that this is the 0.9 quantile of demand: 30 ln 10 = 69
            assertThat(most[i] / made).as(what).isBetween(69 / 2.0, 69 * 2.0);
        }
    }

    /** Of a spike of 20 times the load, an outage and three times the load, of two hours each. */
    @ParameterizedTest
    @ValueSource(doubles = {20, 0, 3})
    void whatHappenedOnceIsHardlyExpectedTheNextDay(double times) {
        int from = 8 * DAY + 60;
        int to = from + (times == 20 ? 1 : 12);
        for (long seed = SEED; seed < SEED + 3; seed++) {
            double[] noise = noise(10 * DAY, 0.05, seed);
            var with = new Run(SETTINGS);
            var without = new Run(SETTINGS);
            double moved = 0;
            double greatest = 0;

            for (int t = 0; t < 10 * DAY; t++) {
                double y = day(t) * noise[t];
                var disturbed = with.next(t >= from && t < to ? times * y : y);
                var undisturbed = without.next(y);
                if (t >= 9 * DAY + 30) {
                    double expected = at(undisturbed, without, t, 24).mean();
                    double share = Math.abs(at(disturbed, with, t, 24).mean() / expected - 1);
                    moved += share / (DAY - 30);
                    greatest = Math.max(greatest, share);
                }
            }

            assertThat(moved).as("mean share, seed %d", seed).isLessThan(0.08);
            assertThat(greatest).as("greatest share, seed %d", seed).isLessThan(0.7);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void isNeverMuchWorseThanTheLastValueForLong(int other) {
        List<IntToDoubleFunction> seasons =
                List.of(
                        t -> day(t + DAY / 2),
                        t -> 175 + 100 * Math.sin(2 * Math.PI * t / 100.0),
                        t -> 375 - day(t));
        int steps = 16 * DAY;
        double[] load = noise(steps + 24, 0.05, SEED);
        for (int t = 0; t < load.length; t++) {
            load[t] *= t < steps / 2 ? day(t) : seasons.get(other).applyAsDouble(t);
        }
        var run = new Run(SETTINGS);
        double[][] made = new double[AHEAD.length][steps];
        double[][] naive = new double[AHEAD.length][steps];
        for (int t = 0; t < steps; t++) {
            var forecast = run.next(load[t]);
            for (int i = 0; i < AHEAD.length; i++) {
                double later = load[t + AHEAD[i]];
                made[i][t] = Math.abs(at(forecast, run, t, AHEAD[i]).mean() - later);
                naive[i][t] = Math.abs(load[t] - later);
            }
        }

        for (int i = 0; i < AHEAD.length; i++) {
            for (int from = 200; from + 500 <= steps; from += 10) {
                assertThat(sum(made[i], from, from + 500))
                        .as("%d steps ahead, from step %d, seed %d", AHEAD[i], from, SEED)
                        .isLessThanOrEqualTo(1.3 * sum(naive[i], from, from + 500));
            }
        }
    }

    @Test
    void itsIntervalsAreWiderAtTheTimeOfDayWhenErrorsAreLarger() {
        var random = new Random(SEED);
        var run = new Run(SETTINGS);
        double[] widths = new double[2];
        int[] counts = new int[2];

        for (int t = 0; t < 20 * DAY; t++) {
            double noise = isUnquiet(t) ? 20 : 1;
            double smooth = 200 + 60 * Math.sin(2 * Math.PI * t / DAY);
            var forecast = run.next(smooth + noise * random.nextGaussian());
            if (t >= 10 * DAY) {
                int part = isUnquiet(t + 1) ? 1 : 0;
                double[] quantiles = at(forecast, run, t, 1).quantiles();
                widths[part] += quantiles[4] - quantiles[0];
                counts[part]++;
            }
        }

        assertThat(widths[1] / counts[1])
                .as("seed %d", SEED)
                .isGreaterThan(2 * widths[0] / counts[0]);
    }

    private static boolean isUnquiet(int t) {
        return t % DAY >= DAY / 3 && t % DAY < DAY / 2;
    }

    @Test
    void itsIntervalsHoldOverAllTimesOfDay() {
        var random = new Random(SEED);
        var run = new Run(SETTINGS);
        int steps = 20 * DAY;
        double[] load = new double[steps];
        for (int t = 0; t < steps; t++) {
            load[t] = day(t) + (isUnquiet(t) ? 20 : 5) * random.nextGaussian();
        }
        int[] inside = new int[AHEAD.length];
        int made = 0;
        double measured = 0;

        for (int t = 0; t < steps - 24; t++) {
            var forecast = run.next(load[t]);
            measured = forecast.accuracy().interval();
            if (t >= steps / 2) {
                made++;
                for (int i = 0; i < AHEAD.length; i++) {
                    double[] quantiles = at(forecast, run, t, AHEAD[i]).quantiles();
                    double later = load[t + AHEAD[i]];
                    inside[i] += later >= quantiles[0] && later <= quantiles[4] ? 1 : 0;
                }
            }
        }

        for (int share : inside) {
            assertThat((double) share / made).as("seed %d", SEED).isBetween(0.85, 0.95);
        }
        assertThat(measured).as("what it says itself").isCloseTo(0.9, within(0.05));
    }

    private Forecast last(int steps, IntToDoubleFunction load) {
        var run = new Run(SETTINGS);
        Forecast last = null;
        for (int t = 0; t < steps; t++) {
            last = run.next(load.applyAsDouble(t));
        }
        return last;
    }

    private static Forecast.Point at(Forecast forecast, Run run, int t, int ahead) {
        long due = run.end(t + ahead);
        for (var point : forecast.curve()) {
            if (point.at() == due) {
                return point;
            }
        }
        throw new AssertionError("no point " + ahead + " steps ahead");
    }

    private static double[] noise(int steps, double size, long seed) {
        var random = new Random(seed);
        return random.doubles(steps).map(each -> 1 + size * random.nextGaussian()).toArray();
    }

    private static double sum(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }

    /** Two peaks a day, between 50 and 300. */
    private static double day(int t) {
        double x = 2 * Math.PI * t / DAY;
        return 175 - 90 * Math.cos(x) - 35 * Math.cos(2 * x);
    }
}
