package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When smoothing parameters are fitted anew, and what that changes. */
class ForecasterRefitTest {
    private static final long STEP = 600_000;
    private static final int DAY = 144; // steps
    private static final int KEYS = 1_000;
    private static final long SEED = 20261121;

    /** Without a season, so that a step costs next to nothing; each has its turn all the same. */
    private static final ForecastSettings MANY =
            new ForecastSettings(
                    STEP,
                    new HoltWinters(0.2, 0.01, 0.15, 0.9, Season.NONE),
                    List.of(),
                    STEP,
                    STEP,
                    1,
                    List.of(),
                    10,
                    5,
                    DAY * STEP,
                    DAY * STEP);

    private static final ForecastSettings ONE =
            new ForecastSettings(
                    STEP,
                    new HoltWinters(0.2, 0.01, 0.15, 0.9, new Season(DAY * STEP, 36)),
                    List.of(),
                    6 * STEP,
                    24 * STEP,
                    4,
                    List.of(),
                    240,
                    50,
                    14 * DAY * STEP,
                    DAY * STEP);

    @Test
    void theTurnsOfManySignalsAreSpreadOverTheTimeBetweenTwoFits() {
        var forecaster = new Forecaster(MANY);
        List<SignalModel> states = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            String name = "shop-" + key / 100 + "/service-" + key % 100 + "/requests";
            states.add(forecaster.startOrContinue(null, name));
        }
        int[] turns = new int[KEYS];
        int most = 0;

        for (int t = 0; t < 2 * DAY; t++) {
            int now = 0;
            for (int key = 0; key < KEYS; key++) {
                var state = states.get(key);
                long before = state.refittedAt;
                forecaster.next(state, Run.observation(key), Run.begin(t + 1, STEP));
                if (t > 0 && state.refittedAt != before) {
                    now++;
                    turns[key]++;
                }
            }
            most = Math.max(most, now);
        }

        assertThat(most).isLessThanOrEqualTo(KEYS / 40); // 7 a step if all were evenly spread
        assertThat(turns).containsOnly(1, 2);
    }

    @Test
    void aSignalKeepsItsTurnThroughARestart() {
        var first = new Forecaster(MANY).startOrContinue(null, "a/b/requests");
        var again = new Forecaster(MANY).startOrContinue(null, "a/b/requests");
        var other = new Forecaster(MANY).startOrContinue(null, "a/c/requests");

        assertThat(again.refitPhase).isEqualTo(first.refitPhase).isBetween(0L, DAY * STEP - 1);
        assertThat(other.refitPhase).isNotEqualTo(first.refitPhase);
    }

    @Test
    void smoothingStaysAsItIsSetUntilThereIsEnoughToFitItTo() {
        var random = new Random(SEED);
        var run = new Run(ONE);

        for (int t = 0; t < 4 * DAY - 4; t++) {
            var model = run.next(load(t) + random.nextGaussian()).model();
            assertThat(model.alpha()).isEqualTo(0.2);
            assertThat(model.gamma()).isEqualTo(0.15);
        }
    }

    @Test
    void smoothingIsThatOfAFitToTheHistoryOnceItIsItsTurn() {
        var random = new Random(SEED);
        var run = new Run(ONE);
        Forecast forecast = null;
        int fits = 0;
        double[] sums = new double[10 * DAY / 4];

        for (int t = 0; t < 10 * DAY; t++) {
            double alpha = run.state.components.alpha(ONE.model());
            double gamma = run.state.gamma;
            long before = run.state.refittedAt;
            double value = load(t) + 10 * random.nextGaussian();
            forecast = run.next(value);
            sums[t / 4] += Math.sqrt(value);
            if (t < 5 * DAY || run.state.refittedAt == before) {
                continue;
            }
            fits++;
            // Bins of four steps, of which a day has 36, and of which a curve reaches 6.
            double[] bins = Arrays.stream(sums, 0, t / 4 + 1).map(sum -> sum / 4).toArray();
            bins[t / 4] = sums[t / 4] / (t % 4 + 1);
            var refit = new Refit(bins, 0, 36, 6);
            var fitted = refit.from(1 - Math.pow(1 - alpha, 4), gamma);
            assertThat(run.state.gamma).isCloseTo(fitted.gamma(), within(1e-4)); // floats
            assertThat(forecast.model().alpha())
                    .isCloseTo(1 - Math.pow(1 - fitted.alpha(), 0.25), within(1e-4));
            assertThat(forecast.model().gamma())
                    .isCloseTo(
                            Math.pow(1 - fitted.alpha(), 0.25)
                                    * (1 - Math.pow(1 - fitted.gamma(), 0.25)),
                            within(1e-4));
        }

        assertThat(fits).isBetween(4, 5);
    }

    private static double load(int t) {
        return 200 - 100 * Math.cos(2 * Math.PI * t / DAY);
    }
}
