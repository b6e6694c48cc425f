package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What late data make of what was learned. */
class ForecasterAmendmentTest {
    private static final long STEP = 600_000;
    private static final int BIN = 4; // steps
    private static final int DAY = 144; // steps
    private static final long SEED = 20261121;

    private static final ForecastSettings SETTINGS =
            new ForecastSettings(
                    STEP,
                    new HoltWinters(0.2, 0.01, 0.15, 0.9, new Season(DAY * STEP, DAY / BIN)),
                    List.of(new Season(3 * DAY * STEP, 3 * DAY / BIN)),
                    6 * STEP,
                    24 * STEP,
                    4,
                    List.of(),
                    240,
                    50,
                    14 * DAY * STEP,
                    3650L * DAY * STEP);

    @Test
    void stepsThatWereMissingAreLearnedWhenTheyCome() {
        for (int delay : new int[] {1, 2, 3, 4, 5, 9, 20}) {
            var random = new Random(SEED);
            var inOrder = new Run(SETTINGS);
            var late = new Run(SETTINGS);
            List<Integer> waiting = new ArrayList<>();

            for (int t = 0; t < 7 * DAY; t++) {
                int now = t;
                waiting.removeIf(each -> comes(late, each, now - each >= delay));
                boolean isLate = t < 7 * DAY - delay && random.nextInt(5) == 0;
                inOrder.next(load(t));
                late.next(isLate ? Double.NaN : load(t));
                if (isLate) {
                    waiting.add(t);
                }
            }
            waiting.forEach(each -> comes(late, each, true));

            assertSame("late by " + delay + ", seed " + SEED, late, inOrder);
        }
    }

    @Test
    void aWholeBinThatWasMissingIsLearnedWhenItComes() {
        int from = 5 * DAY + 8 * BIN;
        for (int delay : new int[] {4, 5, 6, 7, 8, 60}) {
            var inOrder = new Run(SETTINGS);
            var late = new Run(SETTINGS);

            for (int t = 0; t < 7 * DAY; t++) {
                if (t == from + delay) {
                    for (int each = from; each < from + BIN; each++) {
                        late.amend(each, Double.NaN, load(each));
                    }
                }
                boolean isLate = t >= from && t < from + BIN;
                inOrder.next(load(t));
                late.next(isLate ? Double.NaN : load(t));
            }

            assertSame("late by " + delay, late, inOrder);
        }
    }

    @Test
    void aValueThatWasTooSmallIsReplaced() {
        for (int delay : new int[] {1, 2, 3, 4, 7}) {
            int amended = 5 * DAY + 8 * BIN + 1;
            var inOrder = new Run(SETTINGS);
            var late = new Run(SETTINGS);

            for (int t = 0; t < 7 * DAY; t++) {
                if (t == amended + delay) {
                    late.amend(amended, 0.9 * load(amended), load(amended));
                }
                inOrder.next(load(t));
                late.next(t == amended ? 0.9 * load(t) : load(t));
            }

            assertSame("late by " + delay, late, inOrder);
        }
    }

    @Test
    void amendsNothingThatTeachesNothingOrIsNotRemembered() {
        var run = new Run(SETTINGS);
        run.calendar = Run.ignoring(run.begin(5 * DAY), run.begin(5 * DAY + BIN));
        for (int t = 0; t < 20 * DAY; t++) {
            run.next(load(t));
        }
        float[] means = run.state.profiles[0].mean.clone();
        float[] history = run.state.history.means.clone();

        run.amend(5 * DAY, Double.NaN, 1e6);
        run.amend(19 * DAY, Double.NaN, Double.NaN);
        run.amend(19 * DAY, Double.NaN, Double.POSITIVE_INFINITY);
        run.amend(DAY, Double.NaN, 1e6); // longer ago than what is remembered
        run.amend(21 * DAY, Double.NaN, 1e6); // has not been yet

        assertThat(run.state.profiles[0].mean).isEqualTo(means);
        assertThat(run.state.history.means).isEqualTo(history);
    }

    private static boolean comes(Run run, int t, boolean isDue) {
        if (isDue) {
            run.amend(t, Double.NaN, load(t));
        }
        return isDue;
    }

    private static void assertSame(String where, Run actual, Run expected) {
        double[] history = expected.state.history.known();
        assertThat(actual.state.history.known()).hasSameSizeAs(history);
        for (int i = 0; i < history.length; i++) {
            if (Double.isNaN(history[i])) {
                assertThat(actual.state.history.known()[i]).as(where).isNaN();
            } else {
                assertThat(actual.state.history.known()[i])
                        .as("%s, slot %d", where, i)
                        .isCloseTo(history[i], within(1e-4));
            }
        }
        assertThat(actual.state.history.counts).as(where).isEqualTo(expected.state.history.counts);
        for (int i = 0; i < 2; i++) {
            var profile = actual.state.profiles[i];
            var other = expected.state.profiles[i];
            assertThat(profile.cycles).as(where).containsExactly(other.cycles);
            for (int bin = 0; bin < other.mean.length; bin++) {
                String what = where + ", season " + i + ", bin " + bin;
                assertThat(profile.mean[bin]).as(what).isCloseTo(other.mean[bin], within(1e-4f));
                if (other.newest.length > 0) {
                    assertThat(profile.newest[bin])
                            .as(what)
                            .isCloseTo(other.newest[bin], within(1e-4f));
                }
            }
        }
    }

    /** A day between 100 and 300 that is higher every other day, and never the same twice. */
    private static double load(int t) {
        return 200
                - 100 * Math.cos(2 * Math.PI * t / DAY)
                + (t / DAY % 2 == 0 ? 10 : 0)
                + 6 * Math.sin(1.7 * t);
    }
}
