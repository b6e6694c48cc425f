package dev.sphere.forecast.smoothing;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * Where smoothing begins.
 *
 * @param state before the first observation that is smoothed; copy it before use
 * @param at the index of that observation
 */
public record Start(Smoothed state, int at) {
    /** What influences errors by less does not influence them. */
    private static final double ROUNDING = 1e-10;

    /** At the first observation, flat: simple exponential smoothing. */
    public static Start flat(double[] y) {
        complete(y, 1);
        return new Start(new Smoothed(y[0], 0), 0);
    }

    /** At the first observation, with the slope to the second; both are smoothed (FPP2, 7.2). */
    public static Start sloped(double[] y) {
        complete(y, 2);
        return new Start(new Smoothed(y[0], y[1] - y[0]), 0);
    }

    /** At the second observation, with the slope to it: R's HoltWinters without a season. */
    public static Start afterTwo(double[] y) {
        complete(y, 2);
        return new Start(new Smoothed(y[1], y[1] - y[0]), 2);
    }

    /**
     * R's HoltWinters: the first two cycles are decomposed by a centred moving average; level and
     * trend are a line through that, the season is what is left. Smoothing begins with the second
     * cycle.
     */
    public static Start decomposed(double[] y, int season, SeasonForm form) {
        complete(y, 2 * season);
        double[] average = movingAverage(y, season);
        var line = new SimpleRegression();
        double[] figure = new double[season];
        int[] counts = new int[season];
        for (int i = 0; i < average.length; i++) {
            int at = season / 2 + i;
            line.addData(i + 1, average[i]);
            figure[at % season] +=
                    form.isMultiplicative() ? y[at] / average[i] : y[at] - average[i];
            counts[at % season]++;
        }
        Arrays.setAll(figure, i -> figure[i] / counts[i]);
        double mean = Arrays.stream(figure).average().orElseThrow();
        Arrays.setAll(figure, i -> form.isMultiplicative() ? figure[i] / mean : figure[i] - mean);
        return new Start(new Smoothed(line.getIntercept(), line.getSlope(), figure), season);
    }

    /**
     * An additive season from all cycles, by the median of what each differs from its cycle's mean;
     * flat, at the first cycle's mean. Observations may be missing.
     */
    public static Start medians(double[] y, int season) {
        int cycles = y.length / season;
        if (cycles < 2) {
            throw tooShort(y.length, 2 * season);
        }
        double[] means = new double[cycles];
        Arrays.setAll(means, c -> meanOfSeen(Arrays.copyOfRange(y, c * season, (c + 1) * season)));
        double[] seasonal = new double[season];
        for (int i = 0; i < season; i++) {
            int turn = i;
            double[] differences =
                    seen(
                            IntStream.range(0, cycles)
                                    .mapToDouble(c -> y[c * season + turn] - means[c]));
            seasonal[i] = differences.length == 0 ? 0 : new Median().evaluate(differences);
        }
        double mean = meanOfSeen(seasonal);
        Arrays.setAll(seasonal, i -> seasonal[i] - mean);
        double[] levels = seen(Arrays.stream(means));
        if (levels.length == 0) {
            throw new IllegalArgumentException("all observations are missing: expected some");
        }
        return new Start(new Smoothed(levels[0], 0, seasonal), 0);
    }

    /** As dshw in R's package forecast begins, whose first term of the trend has this sign. */
    public static Start doubleSeasonal(double[] y, int season, int longSeason) {
        complete(y, 2 * longSeason);
        double[] seasonal = indices(y, season);
        double[] longSeasonal = indices(y, longSeason);
        Arrays.setAll(longSeasonal, i -> longSeasonal[i] / seasonal[i % season]);
        double slopes = 0;
        for (int i = 0; i < longSeason; i++) {
            slopes += (y[i] - y[i + longSeason]) / longSeason + (i == 0 ? 0 : y[i] - y[i - 1]);
        }
        double trend = slopes / longSeason / 2;
        double mean = Arrays.stream(y, 0, 2 * longSeason).average().orElseThrow();
        var state = new Smoothed(mean - (longSeason + 0.5) * trend, trend, seasonal);
        state.longSeasonal = longSeasonal;
        return new Start(state, 0);
    }

    /**
     * The start that leaves the least sum of squared errors under a model with additive errors,
     * which are linear in it. The season has mean 0.
     *
     * @param y observations, some of which may be missing, from the first that is smoothed
     * @param horizon steps ahead of the errors
     */
    public static Start leastSquares(ExponentialSmoothing model, double[] y, int horizon) {
        if (model.form().isMultiplicative()) {
            throw new IllegalArgumentException(
                    model + " is not linear in its start: expected an additive season or none");
        }
        int unknown = model.season() + (model.phi() > 0 ? 1 : 0);
        double[] errors = at(model, new double[unknown]).errors(model, y, horizon);
        if (errors.length < unknown) {
            throw tooShort(errors.length, unknown);
        }
        double[] silence = Arrays.stream(y).map(v -> Double.isNaN(v) ? v : 0).toArray();
        var influence = new Array2DRowRealMatrix(errors.length, unknown);
        for (int i = 0; i < unknown; i++) {
            double[] unit = new double[unknown];
            unit[i] = -1;
            influence.setColumn(i, at(model, unit).errors(model, silence, horizon));
        }
        var solver = new QRDecomposition(influence, ROUNDING).getSolver();
        if (!solver.isNonSingular()) {
            throw new IllegalArgumentException(
                    "the observations do not tell the start of %s: expected some of each turn of the season"
                            .formatted(model));
        }
        return at(model, solver.solve(new ArrayRealVector(errors, false)).toArray());
    }

    /**
     * Smooths on from here, and tells the errors of the forecasts; those of missing observations
     * are left out.
     *
     * @param y the whole series
     * @param horizon how many steps ahead the forecasts are
     */
    double[] errors(Smoothing model, double[] y, int horizon) {
        var following = state.copy();
        double[] errors = new double[Math.max(0, y.length - at - horizon + 1)];
        int seen = 0;
        for (int t = at; t + horizon <= y.length; t++) {
            double error = y[t + horizon - 1] - model.forecast(following, horizon);
            if (!Double.isNaN(y[t + horizon - 1])) {
                errors[seen++] = error;
            }
            model.next(following, y[t]);
        }
        return Arrays.copyOf(errors, seen);
    }

    /** What is remembered at the end of the series. */
    Smoothed end(Smoothing model, double[] y) {
        var following = state.copy();
        for (int t = at; t < y.length; t++) {
            model.next(following, y[t]);
        }
        return following;
    }

    /** From the level, the trend if there is one, and the season but for its last value. */
    private static Start at(ExponentialSmoothing model, double[] x) {
        var state = new Smoothed(x[0], model.phi() > 0 ? x[1] : 0);
        if (model.season() > 1) {
            int first = x.length - model.season() + 1;
            state.seasonal = Arrays.copyOf(Arrays.copyOfRange(x, first, x.length), model.season());
            state.seasonal[model.season() - 1] = -Arrays.stream(state.seasonal).sum();
        }
        return new Start(state, 0);
    }

    /** Of the first two cycles, by their ratio to a centred moving average; not normalised. */
    private static double[] indices(double[] y, int season) {
        double[] average = movingAverage(y, season);
        double[] indices = new double[season];
        for (int i = 0; i < season; i++) {
            int at = season / 2 + i;
            indices[at % season] = y[at] / average[i];
        }
        return indices;
    }

    /** Of the first two cycles, centred: the first value belongs to index season / 2. */
    private static double[] movingAverage(double[] y, int season) {
        int half = season / 2;
        boolean isEven = season % 2 == 0;
        double[] average = new double[2 * (season - half)];
        Arrays.setAll(
                average,
                i -> {
                    double sum = Arrays.stream(y, i, i + 2 * half + 1).sum();
                    return (isEven ? sum - (y[i] + y[i + season]) / 2 : sum) / season;
                });
        return average;
    }

    private static double[] seen(DoubleStream values) {
        return values.filter(Double::isFinite).toArray();
    }

    private static double meanOfSeen(double[] values) {
        return new Mean().evaluate(seen(Arrays.stream(values))); // NaN of none
    }

    private static void complete(double[] y, int needed) {
        if (y.length < needed) {
            throw tooShort(y.length, needed);
        }
        for (int i = 0; i < needed; i++) {
            if (!Double.isFinite(y[i])) {
                throw new IllegalArgumentException(
                        "observation %d is %s: expected the first %d to be numbers"
                                .formatted(i + 1, y[i], needed));
            }
        }
    }

    private static IllegalArgumentException tooShort(int length, int needed) {
        return new IllegalArgumentException(
                "%d observations: expected at least %d to begin with".formatted(length, needed));
    }
}
