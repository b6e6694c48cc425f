package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefitTest {
    private static final int CYCLE = 24;
    private static final int BOUND = 61; // the start, and 60 more
    private static final long SEED = 20261121;

    @ParameterizedTest
    @CsvSource({"0.1, 0.2", "0.1, 0.4", "0.3, 0.1", "0.3, 0.2", "0.3, 0.4", "0.5, 0.4"})
    void findsTheSmoothingThatASeriesWasMadeWith(double alpha, double gamma) {
        var random = new Random(SEED);
        var refit = new Refit(holtWinters(alpha, gamma, 60, random), 0, CYCLE, 1);

        var fitted = refit.from(0.2, 0.15);

        assertThat(fitted.alpha()).as("seed %d", SEED).isCloseTo(alpha, within(0.12));
        assertThat(fitted.gamma()).as("seed %d", SEED).isCloseTo(gamma, within(0.12));
    }

    @ParameterizedTest
    @CsvSource({
        "0.05, 0.05, 1",
        "0.1, 0.4, 3",
        "0.3, 0.2, 6",
        "0.5, 0.05, 1",
        "0.8, 0.2, 2",
        "0.9, 0.5, 12"
    })
    void isAtMostOneHundredthWorseThanTheBestOfAGrid(double alpha, double gamma, int ahead) {
        for (long seed = SEED; seed < SEED + 3; seed++) {
            double[] values = holtWinters(alpha, gamma, 14, new Random(seed));
            for (int i = 0; i < values.length; i += 17) {
                values[i] = Double.NaN;
            }

            var refit = new Refit(values, 5, CYCLE, ahead);
            var fitted = refit.from(0.2, 0.15);

            assertThat(fitted.error())
                    .as("seed %d", seed)
                    .isCloseTo(
                            error(values, 5, ahead, fitted.alpha(), fitted.gamma()), within(1e-9))
                    .isLessThanOrEqualTo(1.01 * bestOfAGrid(values, 5, ahead));
            assertThat(refit.evaluations()).isLessThanOrEqualTo(BOUND);
        }
    }

    @Test
    void isNeverWorseThanWhereItStarted() {
        for (long seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            double[] values = random.doubles(6 * CYCLE, 0, 100).toArray();
            double alpha = 0.01 + 0.98 * random.nextDouble();
            double gamma = 0.05 + 0.25 * random.nextDouble();

            var refit = new Refit(values, 0, CYCLE, 3);
            var fitted = refit.from(alpha, gamma);

            assertThat(fitted.error())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(error(values, 0, 3, alpha, gamma));
            assertThat(refit.evaluations()).as("seed %d", seed).isLessThanOrEqualTo(BOUND);
        }
    }

    /** For some of them the optimiser finds no way down, and says so by an exception. */
    @Test
    void copesWithASingleRequestWhereverItWas() {
        int cycle = 8;
        for (int at = 0; at < 6 * cycle; at++) {
            double[] values = new double[6 * cycle];
            values[at] = 30;

            var refit = new Refit(values, 0, cycle, 1);
            var fitted = refit.from(0.2, 0.15);

            assertThat(fitted.alpha()).as("request at %d", at).isBetween(0.01, 0.99);
            assertThat(fitted.gamma()).as("request at %d", at).isBetween(0.05, 0.3);
            assertThat(fitted.error()).as("request at %d", at).isBetween(0.0, 30.0);
            assertThat(refit.evaluations()).isLessThanOrEqualTo(BOUND);
        }
    }

    @Test
    void keepsToItsBoundsWhateverItStartsFrom() {
        double[] values = holtWinters(0.3, 0.2, 14, new Random(SEED));

        double best = bestOfAGrid(values, 0, 1);

        for (double alpha : new double[] {0, 0.001, 0.99, 1}) {
            for (double gamma : new double[] {0, 0.001, 0.6, 1}) {
                var fitted = new Refit(values, 0, CYCLE, 1).from(alpha, gamma);

                assertThat(fitted.alpha()).isBetween(0.01, 0.99);
                assertThat(fitted.gamma()).isBetween(0.05, 0.3);
                assertThat(fitted.error()).isLessThanOrEqualTo(1.01 * best);
            }
        }
    }

    @Test
    void isNotPossibleWithoutFourCyclesOfValues() {
        double[] values = new double[5 * CYCLE];
        assertThat(new Refit(values, 0, CYCLE, 1).isPossible()).isTrue();
        Arrays.fill(values, 3 * CYCLE, 4 * CYCLE, Double.NaN);
        assertThat(new Refit(values, 0, CYCLE, 1).isPossible()).isTrue();
        Arrays.fill(values, 4 * CYCLE, 4 * CYCLE + CYCLE / 2, Double.NaN);
        assertThat(new Refit(values, 0, CYCLE, 1).isPossible()).isFalse();
        assertThat(new Refit(new double[4 * CYCLE], 0, CYCLE, 1).isPossible()).isTrue();
        assertThat(new Refit(new double[3 * CYCLE], 0, CYCLE, 1).isPossible()).isFalse();
        assertThat(new Refit(new double[0], 0, CYCLE, 1).isPossible()).isFalse();
    }

    @Test
    void isNotPossibleWhereItHadToStartFromNothing() {
        double[] values = new double[8 * CYCLE];
        Arrays.fill(values, CYCLE / 2, 2 * CYCLE, Double.NaN);

        assertThat(new Refit(values, 0, CYCLE, 1).isPossible()).isFalse();
    }

    @Test
    void isFiniteWhereTheFirstCyclesOrWholeBinsWereNeverSeen() {
        double[] values = holtWinters(0.3, 0.2, 14, new Random(SEED));
        Arrays.fill(values, 0, 3 * CYCLE, Double.NaN);
        for (int i = 7; i < values.length; i += CYCLE) {
            values[i] = Double.NaN;
        }

        var fitted = new Refit(values, 0, CYCLE, 4).from(0.2, 0.15);

        assertThat(fitted.error())
                .isFinite()
                .isCloseTo(error(values, 0, 4, fitted.alpha(), fitted.gamma()), within(1e-9));
    }

    @Test
    void knowsWhichBinOfTheSeasonIsTheFirst() {
        double[] values = holtWinters(0.3, 0.2, 14, new Random(SEED));

        var fitted = new Refit(values, 0, CYCLE, 1).from(0.2, 0.15);
        var shifted = new Refit(values, 11, CYCLE, 1).from(0.2, 0.15);

        assertThat(shifted).isEqualTo(fitted); // the season only has other names for its bins
    }

    @Test
    void isTheSameEachTime() {
        double[] values = holtWinters(0.3, 0.2, 14, new Random(SEED));
        var refit = new Refit(values, 0, CYCLE, 1);

        var first = refit.from(0.2, 0.15);

        assertThat(refit.from(0.2, 0.15)).isEqualTo(first);
        assertThat(new Refit(values.clone(), 0, CYCLE, 1).from(0.2, 0.15)).isEqualTo(first);
    }

    private static double bestOfAGrid(double[] values, int first, int ahead) {
        double best = Double.MAX_VALUE;
        for (double alpha = 0.01; alpha < 1; alpha += 0.04) {
            for (double gamma = 0.05; gamma <= 0.3; gamma += 0.025) {
                best = Math.min(best, error(values, first, ahead, alpha, gamma));
            }
        }
        return best;
    }

    /** Holt-Winters as in textbooks: level and season from two cycles, then mean |error|. */
    private static double error(double[] values, int first, int ahead, double alpha, double gamma) {
        double[] season = new double[CYCLE];
        double level =
                Arrays.stream(values, 0, 2 * CYCLE)
                        .filter(value -> !Double.isNaN(value))
                        .average()
                        .orElse(0);
        for (int bin = 0; bin < CYCLE; bin++) {
            double[] starts = {values[bin], values[CYCLE + bin]};
            int at = (first + bin) % CYCLE;
            season[at] =
                    Arrays.stream(starts)
                            .filter(value -> !Double.isNaN(value))
                            .map(value -> value - level)
                            .average()
                            .orElse(0);
        }
        double now = level;
        double sum = 0;
        int made = 0;
        for (int t = 2 * CYCLE; t < values.length; t++) {
            int bin = (first + t) % CYCLE;
            if (!Double.isNaN(values[t])) {
                double before = now;
                sum += Math.abs(values[t] - before - season[bin]);
                made++;
                now = alpha * (values[t] - season[bin]) + (1 - alpha) * before;
                season[bin] = gamma * (values[t] - now) + (1 - gamma) * season[bin];
            }
            if (t + ahead < values.length && !Double.isNaN(values[t + ahead])) {
                sum += Math.abs(values[t + ahead] - now - season[(first + t + ahead) % CYCLE]);
                made++;
            }
        }
        return sum / made;
    }

    private static double[] holtWinters(double alpha, double gamma, int cycles, Random random) {
        double level = 100;
        double[] season = new double[CYCLE];
        Arrays.setAll(season, bin -> 20 * Math.sin(2 * Math.PI * bin / CYCLE));
        double[] values = new double[cycles * CYCLE];
        for (int t = 0; t < values.length; t++) {
            double error = 5 * random.nextGaussian();
            values[t] = level + season[t % CYCLE] + error;
            level += alpha * error;
            season[t % CYCLE] += gamma * (1 - alpha) * error;
        }
        return values;
    }
}
