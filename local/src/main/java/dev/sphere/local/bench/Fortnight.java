package dev.sphere.local.bench;

import dev.sphere.forecast.Refit;
import dev.sphere.forecast.smoothing.ExponentialSmoothing;
import dev.sphere.forecast.smoothing.Family;
import dev.sphere.forecast.smoothing.Family.Trend;
import dev.sphere.forecast.smoothing.Fitting;
import dev.sphere.forecast.smoothing.Fitting.Fitted;
import dev.sphere.forecast.smoothing.SeasonForm;
import dev.sphere.forecast.smoothing.Start;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Fourteen days of a signal in bins of ten minutes, and the fit of a damped trend and a daily
 * season to them.
 */
final class Fortnight {
    static final int SEASON = 144;
    static final int VALUES = 14 * SEASON;

    private static final int STEPS_IN_BIN = 10;

    /** Half an hour. */
    private static final int BINS_AHEAD = 3;

    private static final long SEED = 20261121;
    private static final Family<ExponentialSmoothing> FAMILY =
            Family.holtWinters(Trend.DAMPED, SeasonForm.ADDITIVE, SEASON, false);

    private final double[] values = new double[VALUES];

    Fortnight() {
        var random = new Random(SEED);
        double[] steps =
                Stream.of(WarmSignal.load(random), WarmSignal.load(random))
                        .flatMap(Arrays::stream)
                        .mapToDouble(observation -> observation.value())
                        .toArray();
        Arrays.setAll(
                values,
                bin ->
                        Arrays.stream(steps, bin * STEPS_IN_BIN, (bin + 1) * STEPS_IN_BIN)
                                .average()
                                .orElseThrow());
    }

    /** What is fitted to. */
    double[] values() {
        return values.clone();
    }

    /** Where smoothing begins. */
    Start start() {
        return Start.medians(values, SEASON);
    }

    /** The job's own refit, from where the job starts. */
    Refit.Smoothing refit() {
        double[] roots = Arrays.stream(values).map(Math::sqrt).toArray();
        return new Refit(roots, 0, SEASON, BINS_AHEAD).from(0.9, 0.15);
    }

    Fitted<ExponentialSmoothing> fit() {
        return Fitting.ONE_STEP.fit(FAMILY, values, start());
    }
}
