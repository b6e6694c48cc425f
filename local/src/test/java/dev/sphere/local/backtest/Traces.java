package dev.sphere.local.backtest;

import java.util.Arrays;
import java.util.Random;

/** Traces that are made up: a load with a day and noise, always the same. */
final class Traces {
    static final long START = 1_795_219_200_000L;

    private Traces() {}

    static Trace daily(int days, int stepSeconds) {
        double[] values = new double[days * 86_400 / stepSeconds];
        var noise = new Random(7);
        double day = 86_400.0 / stepSeconds;
        Arrays.setAll(
                values,
                i ->
                        Math.max(
                                0,
                                100
                                        + 60 * Math.sin(2 * Math.PI * i / day)
                                        + 5 * noise.nextGaussian()));
        return of(stepSeconds, values);
    }

    static Trace of(int stepSeconds, double... values) {
        return new Trace("made-up", START, stepSeconds * 1_000L, values, 0);
    }

    /** A trace of unknown values, where only its length counts. */
    static Trace ofLength(int stepSeconds, int length) {
        return of(stepSeconds, new double[length]);
    }
}
