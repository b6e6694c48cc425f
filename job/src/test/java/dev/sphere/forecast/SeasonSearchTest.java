package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeasonSearchTest {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;

    /** Two weeks of minutes, for series that have no season. */
    private static final int LONG = 14 * 1_440;

    @Test
    void findsADayAndTellsHowMuchItExplains() {
        double[] load = noisy(1, 5, i -> 100 + 60 * wave(i, 1_440));
        double[] noiseless = series(LONG, i -> 100 + 60 * wave(i, 1_440));

        var found = SeasonSearch.find(load, MINUTE);

        assertThat(lengths(found)).containsExactly(DAY);
        assertThat(found.get(0).evidence()).isBetween(0.8, 0.95);
        assertThat(SeasonSearch.find(noiseless, MINUTE).get(0).evidence()).isGreaterThan(0.98);
    }

    @Test
    void findsAnHourWithinADayTheStrongerFirst() {
        double[] load = noisy(2, 3, i -> 200 + 60 * wave(i, 1_440) + 25 * wave(i, 60));

        assertThat(lengths(SeasonSearch.find(load, MINUTE))).containsExactly(DAY, HOUR);
    }

    @Test
    void findsAWeekBesideTheDay() {
        double[] load =
                noisy(
                        3,
                        6 * 7 * 288,
                        5,
                        i -> (i / 288 % 7 < 5 ? 100 : 40) * (1 + 0.7 * wave(i, 288)));

        assertThat(lengths(SeasonSearch.find(load, 5 * MINUTE)))
                .containsExactlyInAnyOrder(DAY, WEEK);
    }

    @ParameterizedTest
    @CsvSource({"4", "5", "7", "17", "45", "90", "100", "419", "777", "1000", "2500"})
    void findsAnyOtherLength(int steps) {
        double[] load = noisy(steps, 3, i -> 100 + 40 * wave(i, steps) + 20 * wave(2 * i, steps));

        var found = SeasonSearch.find(load, MINUTE);

        // within a tenth of a cycle over the whole of the series
        assertThat(found).hasSize(1);
        assertThat((double) found.get(0).length() / MINUTE)
                .isCloseTo(steps, within(0.1 * steps * steps / LONG));
    }

    @Test
    void findsAJobThatRunsForAMinuteEveryHalfHour() {
        double[] load = noisy(4, 1, i -> i % 30 == 11 ? 60 : 5);

        assertThat(lengths(SeasonSearch.find(load, MINUTE))).containsExactly(30 * MINUTE);
    }

    /** The half day is half of what the day explains. */
    @Test
    void reportsNoDivisorAndNoMultipleOfASeason() {
        double[] load = noisy(5, 3, i -> 100 + 30 * wave(i, 1_440) + 30 * wave(i, 720));

        assertThat(lengths(SeasonSearch.find(load, MINUTE))).containsExactly(DAY);
    }

    @Test
    void takesALengthNearADayForADayOnlyIfItIsNone() {
        double[] almost = noisy(6, 3, i -> 100 + 40 * wave(i, 1_200));

        assertThat(lengths(SeasonSearch.find(almost, MINUTE)))
                .hasSize(1)
                .allSatisfy(length -> assertThat(length).isBetween(1_190 * MINUTE, 1_210 * MINUTE));
    }

    @Test
    void findsSeasonsThatAreNoMultipleOfTheStep() {
        double[] load =
                noisy(7, 14 * 206, 3, i -> 100 + 60 * Math.sin(2 * Math.PI * i * 7 / 1_440));

        assertThat(lengths(SeasonSearch.find(load, 7 * MINUTE))).containsExactly(DAY);
    }

    @Test
    void findsADayDespiteSpikesGapsShiftsAndTrend() {
        var random = new Random(8);
        double[] load =
                noisy(
                        8,
                        5,
                        i ->
                                (i > 9 * 1_440 ? 250 : 100) // a launch
                                        + i / 200.0
                                        + 40 * wave(i, 1_440));
        for (int i = 0; i < 40; i++) {
            load[random.nextInt(LONG)] = 1e6;
        }
        Arrays.fill(load, 4_000, 5_000, Double.NaN);
        Arrays.fill(load, 12_000, 12_400, 0);
        for (int i = 0; i < 3_000; i++) {
            load[random.nextInt(LONG)] = Double.NaN;
        }

        assertThat(lengths(SeasonSearch.find(load, MINUTE))).containsExactly(DAY);
    }

    @Test
    void needsThreeCycles() {
        double[] load = noisy(9, 3, i -> 100 + 60 * wave(i, 1_440));

        assertThat(SeasonSearch.find(Arrays.copyOf(load, 3 * 1_440 - 1), MINUTE))
                .extracting(Forecast.Seasonality::length)
                .doesNotContain(DAY);
        assertThat(lengths(SeasonSearch.find(Arrays.copyOf(load, 3 * 1_440), MINUTE)))
                .containsExactly(DAY);
    }

    @Test
    void findsTheSameWhateverTheSizeOfTheValues() {
        double[] load = noisy(10, 5, i -> 100 + 60 * wave(i, 1_440));
        var expected = SeasonSearch.find(load, MINUTE);

        for (double size : new double[] {1e-12, 1e12, -1}) {
            double[] sized = Arrays.stream(load).map(value -> size * value).toArray();
            var found = SeasonSearch.find(sized, MINUTE);

            assertThat(lengths(found)).as("times " + size).containsExactly(DAY);
            assertThat(found.get(0).evidence()).isCloseTo(expected.get(0).evidence(), within(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void findsNoneInNoise(int seed) {
        assertThat(SeasonSearch.find(noisy(seed, 5, i -> 100), MINUTE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1", "0.9, 2", "0.99, 3", "0.999, 4", "1, 5", "1, 6", "1, 7", "1, 8"})
    void findsNoneInWhatWandersAtRandom(double share, int seed) {
        var random = new Random(seed);
        double[] load = new double[LONG];
        double now = 0;
        for (int i = 0; i < LONG; i++) {
            now = share * now + random.nextGaussian();
            load[i] = 1_000 + now;
        }

        assertThat(SeasonSearch.find(load, MINUTE)).isEmpty();
    }

    @Test
    void findsNoneInAFewCallsAtRandom() {
        var random = new Random(11);

        assertThat(
                        SeasonSearch.find(
                                series(LONG, i -> random.nextDouble() < 0.05 ? 30 : 0), MINUTE))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 42, -1, 1e15, 1e-12, 0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void findsNoneWhereNothingMoves(double value) {
        assertThat(SeasonSearch.find(series(LONG, i -> value), MINUTE)).isEmpty();
    }

    @Test
    void findsNoneInAStraightLineOrASingleSpike() {
        assertThat(SeasonSearch.find(series(LONG, i -> i * i), MINUTE)).isEmpty();
        assertThat(SeasonSearch.find(series(LONG, i -> i == 7_000 ? 1e6 : 3), MINUTE)).isEmpty();
        assertThat(SeasonSearch.find(series(LONG, i -> i < 7_000 ? 10 : 50), MINUTE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 11, 12, 13, 20})
    void findsNoneInAFewValues(int count) {
        var random = new Random(12);

        assertThat(SeasonSearch.find(series(count, i -> random.nextDouble()), MINUTE)).isEmpty();
    }

    @Test
    void refusesAStepThatIsNone() {
        assertThatThrownBy(() -> SeasonSearch.find(new double[] {1, 2}, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("step of 0 ms: expected 1 or more");
    }

    private static List<Long> lengths(List<Forecast.Seasonality> found) {
        return found.stream().map(Forecast.Seasonality::length).toList();
    }

    private static double wave(int i, int steps) {
        return Math.sin(2 * Math.PI * (i % steps) / steps);
    }

    private static double[] noisy(long seed, double size, IntToDoubleFunction load) {
        return noisy(seed, LONG, size, load);
    }

    private static double[] noisy(long seed, int steps, double size, IntToDoubleFunction load) {
        var noise = new Random(seed);
        return series(steps, i -> load.applyAsDouble(i) + size * noise.nextGaussian());
    }

    private static double[] series(int steps, IntToDoubleFunction load) {
        double[] values = new double[steps];
        Arrays.setAll(values, load::applyAsDouble);
        return values;
    }
}
