package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.calendar.Calendar;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What declared times do to what is learned and to what is expected. */
class ForecasterCalendarTest {
    private static final long STEP = 1_200_000; // 20 minutes
    private static final int HOUR = 3;
    private static final int DAY = 24 * HOUR;
    private static final int WEEK = 7 * DAY;
    private static final long SEED = 20261121;

    /** A day and a week, both in bins of an hour; four hours ahead. */
    private static final ForecastSettings SETTINGS =
            new ForecastSettings(
                    STEP,
                    new HoltWinters(0.2, 0.01, 0.15, 0.9, new Season(DAY * STEP, 24)),
                    List.of(new Season(WEEK * STEP, 168)),
                    2 * HOUR * STEP,
                    4 * HOUR * STEP,
                    2,
                    List.of(),
                    240,
                    50,
                    28 * DAY * STEP,
                    3650L * DAY * STEP);

    private static final int FROM = 9 * DAY + 10 * HOUR;
    private static final int TO = FROM + 5 * HOUR;

    @Test
    void aPeriodDeclaredBeforehandLeavesTheSeasonsAsIfItHadBeenMissing() {
        var declared = new Run(SETTINGS);
        declared.calendar = Run.ignoring(declared.begin(FROM), declared.begin(TO));
        var missing = new Run(SETTINGS);

        for (int t = 0; t < 13 * DAY; t++) {
            boolean isOut = t >= FROM && t < TO;
            declared.next(isOut ? 0 : load(t));
            missing.next(isOut ? Double.NaN : load(t));
        }

        for (int i = 0; i < 2; i++) {
            assertThat(declared.state.profiles[i])
                    .usingRecursiveComparison()
                    .withEqualsForType(Float::equals, Float.class) // NaN is NaN
                    .isEqualTo(missing.state.profiles[i]);
        }
        assertThat(declared.state.history.means).isEqualTo(missing.state.history.means);
        assertThat(declared.state.components.seasonal)
                .containsExactly(missing.state.components.seasonal, within(0.01));
    }

    @Test
    void aPeriodNotDeclaredLeavesItsMarkOnTheSeasons() {
        var undeclared = new Run(SETTINGS);
        var missing = new Run(SETTINGS);

        for (int t = 0; t < 13 * DAY; t++) {
            boolean isOut = t >= FROM && t < TO;
            undeclared.next(isOut ? 0 : load(t));
            missing.next(isOut ? Double.NaN : load(t));
        }

        assertThat(undeclared.state.profiles[0].mean[12])
                .isLessThan(missing.state.profiles[0].mean[12] - 0.1f);
    }

    @Test
    void aPeriodDeclaredAfterwardsIsTakenBackFromTheSeasons() {
        for (int declaredAt : new int[] {TO, TO + 1, TO + 2 * HOUR, TO + 3 * DAY}) {
            assertThatItIsTakenBack(declaredAt);
        }
    }

    private static void assertThatItIsTakenBack(int declaredAt) {
        var declared = new Run(SETTINGS);
        var missing = new Run(SETTINGS);

        for (int t = 0; t < 14 * DAY; t++) {
            if (t == declaredAt) {
                declared.calendar = Run.ignoring(declared.begin(FROM), declared.begin(TO));
            }
            boolean isOut = t >= FROM && t < TO;
            declared.next(isOut ? 0 : load(t));
            missing.next(isOut ? Double.NaN : load(t));
        }

        assertSameSeasons("declared at " + declaredAt, declared, missing);
    }

    @Test
    void aPeriodDeclaredInTheMiddleOfItIsTakenBackAsFarAsItHasCome() {
        for (int declaredAt = FROM + 4 * HOUR; declaredAt < TO; declaredAt++) {
            assertThatItIsTakenBack(declaredAt);
        }
    }

    @Test
    void takesBackAPeriodWhileTheSameHourOfALaterDayIsBeingFilled() {
        for (int within = 0; within < HOUR; within++) {
            int declaredAt = FROM + 2 * DAY + 2 * HOUR + within;
            assertThatItIsTakenBack(declaredAt);
        }
    }

    private static void assertSameSeasons(String where, Run actual, Run expected) {
        assertThat(actual.state.history.means).as(where).isEqualTo(expected.state.history.means);
        for (int i = 0; i < 2; i++) {
            var profile = actual.state.profiles[i];
            var other = expected.state.profiles[i];
            assertThat(profile.cycles).as(where).containsExactly(other.cycles);
            for (int bin = 0; bin < other.mean.length; bin++) {
                assertThat(profile.mean[bin])
                        .as("%s, season %d, bin %d", where, i, bin)
                        .isCloseTo(other.mean[bin], within(1e-4f));
            }
        }
    }

    @Test
    void aSpecialDayIsExpectedToBeLikeTheWeekdayThatItIsSaidToBe() {
        int wednesday = 4 * WEEK + 2 * DAY;
        IntToDoubleFunction load = t -> t >= wednesday && t < wednesday + DAY ? sunday(t) : week(t);
        var told = new Run(SETTINGS);
        told.calendar =
                new Calendar(
                        List.of(
                                Run.special(
                                        "holiday",
                                        told.begin(wednesday),
                                        told.begin(wednesday + DAY),
                                        DayOfWeek.SUNDAY,
                                        1)),
                        1);
        var untold = new Run(SETTINGS);

        double with = error(told, load, wednesday, wednesday + DAY);
        double without = error(untold, load, wednesday, wednesday + DAY);

        assertThat(with).isLessThan(0.5 * without);
    }

    @Test
    void aSpecialDayTeachesNothing() {
        int wednesday = 3 * WEEK + 2 * DAY;
        var special = new Run(SETTINGS);
        special.calendar =
                new Calendar(
                        List.of(
                                Run.special(
                                        "holiday",
                                        special.begin(wednesday),
                                        special.begin(wednesday + DAY),
                                        DayOfWeek.SUNDAY,
                                        1)),
                        1);
        var missing = new Run(SETTINGS);

        for (int t = 0; t < 4 * WEEK; t++) {
            boolean isSpecial = t >= wednesday && t < wednesday + DAY;
            special.next(isSpecial ? 3 * sunday(t) : week(t));
            missing.next(isSpecial ? Double.NaN : week(t));
        }

        for (int i = 0; i < 2; i++) {
            assertThat(special.state.profiles[i])
                    .usingRecursiveComparison()
                    .withEqualsForType(Float::equals, Float.class) // NaN is NaN
                    .isEqualTo(missing.state.profiles[i]);
        }
    }

    @Test
    void measuresNoForecastByADayThatIsSpecial() {
        var run = new Run(SETTINGS);
        run.calendar = Run.ignoring(run.begin(8 * DAY), run.begin(9 * DAY));
        for (int t = 0; t < 8 * DAY; t++) {
            run.next(load(t));
        }
        long before = run.state.horizons[0].combination.learned;

        for (int t = 8 * DAY; t < 9 * DAY; t++) {
            run.next(0);
        }

        assertThat(run.state.horizons[0].combination.learned).isEqualTo(before);
        run.next(load(9 * DAY));
        assertThat(run.state.horizons[0].combination.learned).isEqualTo(before + 1);
    }

    @Test
    void itMakesNoDifferenceInWhichOrderEntriesWereTold() {
        List<Integer> order = new ArrayList<>(List.of(1, 2, 3, 4));
        var random = new Random(SEED);
        var first = forecasts(order);

        for (int i = 0; i < 5; i++) {
            Collections.shuffle(order, random);
            assertThat(forecasts(order)).as("versions %s, seed %d", order, SEED).isEqualTo(first);
        }
    }

    /** With four entries that do not overlap, of these versions. */
    private static List<Double> forecasts(List<Integer> versions) {
        var run = new Run(SETTINGS);
        run.calendar =
                new Calendar(
                        List.of(
                                Run.ignore("a", run.begin(FROM), run.begin(TO), versions.get(0)),
                                Run.special(
                                        "b",
                                        run.begin(11 * DAY),
                                        run.begin(12 * DAY),
                                        DayOfWeek.SUNDAY,
                                        versions.get(1)),
                                Run.ignore(
                                        "c",
                                        run.begin(13 * DAY),
                                        run.begin(13 * DAY + 1),
                                        versions.get(2)),
                                Run.special(
                                        "d",
                                        run.begin(14 * DAY),
                                        run.begin(15 * DAY),
                                        null,
                                        versions.get(3))),
                        4);
        List<Double> made = new ArrayList<>();
        for (int t = 0; t < 17 * DAY; t++) {
            run.next(week(t)).curve().forEach(point -> made.add(point.mean()));
        }
        return made;
    }

    /** Mean absolute error of the forecasts made for some steps, two hours before each. */
    private static double error(Run run, IntToDoubleFunction load, int from, int to) {
        double sum = 0;
        for (int t = 0; t < to; t++) {
            var forecast = run.next(load.applyAsDouble(t));
            int due = t + 2 * HOUR;
            if (due >= from && due < to) {
                double expected =
                        forecast.curve().stream()
                                .filter(point -> point.at() == run.end(due))
                                .findFirst()
                                .orElseThrow()
                                .mean();
                sum += Math.abs(load.applyAsDouble(due) - expected);
            }
        }
        return sum / (to - from);
    }

    /** A day between 100 and 300, and one step in three a little higher. */
    private static double load(int t) {
        return 200 - 100 * Math.cos(2 * Math.PI * t / DAY) + (t % 3 == 0 ? 5 : 0);
    }

    /** As on a working day until Friday, as on a Sunday from Saturday on. */
    private static double week(int t) {
        return t % WEEK < 5 * DAY ? load(t) : sunday(t);
    }

    private static double sunday(int t) {
        return 60 + 30 * Math.cos(2 * Math.PI * t / DAY) + (t % 3 == 0 ? 5 : 0);
    }
}
