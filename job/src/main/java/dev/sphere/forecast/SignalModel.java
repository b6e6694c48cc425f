package dev.sphere.forecast;

import java.util.Arrays;

/**
 * All that is remembered of one signal of one service: the model's components, the season's start,
 * what was forecast for steps that are still to come, and the errors made. Durable state: add
 * fields, never remove.
 */
public final class SignalModel {
    public int version = 1;
    public Components components = new Components();
    public SeasonStart seasonStart = new SeasonStart();

    /** Observations learned so far. */
    public long learned;

    /** The middle of the last step that taught something, in epoch milliseconds. */
    public long learnedAt;

    /** What it was made for. */
    public long seasonLength;

    public int horizonSteps;

    /** Typical size of the values, slowly following. */
    public double size = Double.NaN;

    /** By bin: the newest value, as it was seen; NaN where nothing was. */
    public double[] lastSeason = {};

    public int bin = -1;

    /** By slot (one per step up to the furthest): the end of the step it was issued at. */
    public long[] issuedAt = {};

    /** By point of the curve, then by slot. */
    public double[] issued = {};

    public double[] issuedPeak = {};
    public double[] issuedPeakLimit = {};
    public double[] issuedNaive = {};

    /** By slot: what was observed; NaN where nothing was. */
    public double[] observed = {};

    /** By point of the curve: errors over their scale. */
    public ErrorWindow[] curveErrors = {};

    public ErrorWindow peakErrors = new ErrorWindow();
    public ErrorWindow absoluteErrors = new ErrorWindow();
    public ErrorWindow naiveErrors = new ErrorWindow();

    /** 1 where a peak stayed under its 0.9 quantile, else 0. */
    public ErrorWindow covered = new ErrorWindow();

    static SignalModel start(ForecastSettings settings) {
        var model = new SignalModel();
        int slots = settings.furthestSteps() + 1;
        int points = settings.curveSteps().length;
        model.seasonLength = settings.model().season().length();
        model.horizonSteps = settings.horizonSteps();
        model.issuedAt = new long[slots];
        model.issued = unknown(points * slots);
        model.issuedPeak = unknown(slots);
        model.issuedPeakLimit = unknown(slots);
        model.issuedNaive = unknown(slots);
        model.observed = unknown(slots);
        model.lastSeason = unknown(settings.model().season().bins());
        model.curveErrors = new ErrorWindow[points];
        model.forgetErrors(settings.window());
        return model;
    }

    /** Starts to measure anew: what another model got wrong says nothing of this one. */
    void forgetErrors(int window) {
        Arrays.setAll(curveErrors, i -> new ErrorWindow(window));
        peakErrors = new ErrorWindow(window);
        absoluteErrors = new ErrorWindow(window);
        naiveErrors = new ErrorWindow(window);
        covered = new ErrorWindow(window);
    }

    /** Whether it was made with settings of this shape. */
    boolean fits(ForecastSettings settings) {
        return hasSeasonOf(settings)
                && horizonSteps == settings.horizonSteps()
                && issuedAt.length == settings.furthestSteps() + 1
                && curveErrors.length == settings.curveSteps().length
                && peakErrors.errors.length == settings.window();
    }

    boolean hasSeasonOf(ForecastSettings settings) {
        return seasonLength == settings.model().season().length()
                && lastSeason.length == settings.model().season().bins();
    }

    /** Takes over what another one has learned of the signal, but not the errors it made. */
    void learnFrom(SignalModel other) {
        components = other.components;
        seasonStart = other.seasonStart;
        learned = other.learned;
        learnedAt = other.learnedAt;
        size = other.size;
        lastSeason = other.lastSeason;
        bin = other.bin;
    }

    private static double[] unknown(int size) {
        double[] values = new double[size];
        Arrays.fill(values, Double.NaN);
        return values;
    }
}
