package dev.sphere.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadShapeTest {
    private static final long SEED = 7;
    private static final int MOMENTS = 2400;

    @ParameterizedTest
    @ValueSource(strings = {"two-peak-day", "flash-crowd", "steady"})
    void staysBetweenNothingAndThePeakOnEveryDay(String name) {
        var shape = LoadShape.of(name, SEED, 5);

        for (int day = -6; day < 30; day++) {
            for (double value : day(shape, day)) {
                assertThat(value).isGreaterThan(0).isLessThanOrEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-peak-day", "flash-crowd", "steady"})
    void isTheSameForTheSameSeed(String name) {
        var shape = LoadShape.of(name, SEED, 5);
        var again = LoadShape.of(name, SEED, 5);

        again.at(3, 0.5); // whatever was asked for before
        assertThat(day(shape, -2)).containsExactly(day(again, -2));
    }

    @Test
    void hasAHighMorningPeakALowerEveningPeakAndAQuietNight() {
        for (int day = -5; day < 5; day++) {
            double[] values = day(new TwoPeakDay(SEED), day);

            List<Integer> peaks = peaks(values);
            assertThat(peaks).hasSize(2);
            int morning = peaks.get(0);
            int evening = peaks.get(1);
            assertThat((double) morning / MOMENTS).isBetween(0.43, 0.48);
            assertThat(values[morning]).isBetween(0.92, 1.0);
            assertThat((double) evening / MOMENTS).isBetween(0.79, 0.84);
            assertThat(values[evening]).isBetween(0.83, 0.93);
            assertThat(least(values)).isBetween(0.15, 0.2);
        }
    }

    @Test
    void risesInTheMorningByAFifthOfThePeakInTheTimeAPodTakesToStart() {
        double[] values = day(new TwoPeakDay(SEED), 0);

        double steepest = 0;
        int start = MOMENTS / 40; // 12 s of a day of 8 minutes
        for (int i = start; i < MOMENTS; i++) {
            steepest = Math.max(steepest, values[i] - values[i - start]);
        }

        assertThat(steepest).isBetween(0.15, 0.25);
    }

    @Test
    void differsALittleFromDayToDayAndWithTheSeed() {
        double[] one = day(new TwoPeakDay(SEED), 0);
        double[] next = day(new TwoPeakDay(SEED), 1);
        double[] other = day(new TwoPeakDay(SEED + 1), 0);

        assertThat(greatestDifference(one, next)).isBetween(0.005, 0.2);
        assertThat(greatestDifference(one, other)).isBetween(0.005, 0.2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-peak-day", "flash-crowd"})
    void hasNoJumpAtMidnight(String name) {
        var shape = LoadShape.of(name, SEED, 5);

        for (int day = -3; day < 3; day++) {
            assertThat(shape.at(day, 1 - 1e-6)).isCloseTo(shape.at(day + 1, 0), within(0.002));
        }
    }

    @Test
    void startsInTheNightAndMeetsBothPeaksWithinADay() {
        var shape = new TwoPeakDay(SEED);

        double[] values = day(shape, 0);

        assertThat(shape.at(shape.start())).isCloseTo(least(values), within(0.005));
        assertThat((double) peaks(values).get(0) / MOMENTS).isGreaterThan(shape.start() + 0.2);
    }

    @Test
    void triplesWithinAHundredthOfADayWhenTheCrowdComesAndDecays() {
        for (int day = 0; day < 20; day++) {
            var crowd = new FlashCrowd(SEED);
            double at = crowd.crowdAt(day);

            double before = crowd.at(day, at);
            double top = crowd.at(day, at + 0.01);

            assertThat(top / before).isBetween(2.8, 3.2);
            assertThat(crowd.at(day, at + 0.05)).isLessThan(0.75 * top);
            assertThat(top).isEqualTo(greatest(day(crowd, day)), within(0.01));
        }
    }

    @Test
    void hidesTheCrowdFromTheHistory() {
        var crowd = new FlashCrowd(SEED);

        assertThat(greatest(day(crowd, -1))).isLessThan(0.6);
    }

    @Test
    void refusesAnUnknownShape() {
        assertThatThrownBy(() -> LoadShape.of("two-peaks", SEED, 5))
                .hasMessage(
                        "load \"two-peaks\": expected two-peak-day, flash-crowd, steady or a file"
                                + " whose name ends in .csv");
    }

    private static double[] day(LoadShape shape, int day) {
        double[] values = new double[MOMENTS];
        for (int i = 0; i < MOMENTS; i++) {
            values[i] = shape.at(day, (double) i / MOMENTS);
        }
        return values;
    }

    private static List<Integer> peaks(double[] values) {
        List<Integer> peaks = new ArrayList<>();
        for (int i = 1; i < values.length - 1; i++) {
            if (values[i] > values[i - 1] && values[i] >= values[i + 1]) {
                peaks.add(i);
            }
        }
        return peaks;
    }

    private static double least(double[] values) {
        double least = values[0];
        for (double value : values) {
            least = Math.min(least, value);
        }
        return least;
    }

    private static double greatest(double[] values) {
        double greatest = values[0];
        for (double value : values) {
            greatest = Math.max(greatest, value);
        }
        return greatest;
    }

    private static double greatestDifference(double[] one, double[] other) {
        double greatest = 0;
        for (int i = 0; i < one.length; i++) {
            greatest = Math.max(greatest, Math.abs(one[i] - other[i]));
        }
        return greatest;
    }
}
