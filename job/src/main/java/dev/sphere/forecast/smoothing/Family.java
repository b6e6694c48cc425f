package dev.sphere.forecast.smoothing;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Models that differ in their parameters only. Each parameter is given as a share, in [0, 1], of
 * the range that it may have, so that all shares together are a model that is allowed.
 *
 * @param guesses shares that a search begins from
 * @param model the model of given shares
 */
public record Family<M extends Smoothing>(List<double[]> guesses, Function<double[], M> model) {
    private static final double LEAST_ALPHA = 0.0001;
    private static final double LEAST_PHI = 0.8;
    private static final double GREATEST_PHI = 0.98;
    private static final double GREATEST_RHO = 0.98;

    /** Of alpha, beta*, R's gamma, phi and rho: in between, slow, fast. */
    private static final double[][] HOLT_WINTERS = {
        {0.3, 0.03, 0.15, 0.5, 0.3}, {0.05, 0.02, 0.2, 0.5, 0.6}, {0.8, 0.01, 0.25, 0.5, 0.1}
    };

    /** Of alpha, beta, gamma, omega and rho. */
    private static final double[][] DOUBLE_SEASONAL = {
        {0.3, 0.03, 0.15, 0.15, 0.3}, {0.05, 0.02, 0.2, 0.2, 0.6}, {0.8, 0.01, 0.25, 0.25, 0.1}
    };

    /** What a trend does. */
    public enum Trend {
        NONE,
        ADDITIVE,

        /** Fades, keeping 0.8 to 0.98 of itself at each step. */
        DAMPED
    }

    /**
     * The family of Holt and Winters.
     *
     * @param season how many steps it has; 1 without one
     * @param corrected whether the newest error corrects the forecast
     */
    public static Family<ExponentialSmoothing> holtWinters(
            Trend trend, SeasonForm form, int season, boolean corrected) {
        boolean[] isFree = {
            true, trend != Trend.NONE, form != SeasonForm.NONE, trend == Trend.DAMPED, corrected
        };
        int[] free = IntStream.range(0, isFree.length).filter(i -> isFree[i]).toArray();
        return new Family<>(
                Arrays.stream(HOLT_WINTERS)
                        .map(guess -> Arrays.stream(free).mapToDouble(i -> guess[i]).toArray())
                        .toList(),
                shares -> {
                    double[] all = new double[isFree.length];
                    for (int i = 0; i < free.length; i++) {
                        all[free[i]] = shares[i];
                    }
                    double alpha = between(LEAST_ALPHA, 1, all[0]);
                    double phi =
                            switch (trend) {
                                case NONE -> 0;
                                case ADDITIVE -> 1;
                                case DAMPED -> between(LEAST_PHI, GREATEST_PHI, all[3]);
                            };
                    return new ExponentialSmoothing(
                            alpha,
                            alpha * all[1],
                            (1 - alpha) * all[2],
                            phi,
                            GREATEST_RHO * all[4],
                            form,
                            season);
                });
    }

    /** Taylor's family of two seasons, with the correction. */
    public static Family<DoubleSeasonal> doubleSeasonal(int season, int longSeason) {
        return new Family<>(
                List.of(DOUBLE_SEASONAL),
                shares ->
                        new DoubleSeasonal(
                                between(LEAST_ALPHA, 1, shares[0]),
                                shares[1],
                                shares[2],
                                shares[3],
                                GREATEST_RHO * shares[4],
                                season,
                                longSeason));
    }

    private static double between(double least, double greatest, double share) {
        return Math.min(greatest, least + share * (greatest - least));
    }
}
