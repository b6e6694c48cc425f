package dev.sphere.forecast;

import java.util.Arrays;

/**
 * All that is remembered of one signal of one service: the components and profiles that a forecast
 * is combined of, how to combine them, what was forecast for steps that are still to come, and the
 * errors made. Values are square roots of what was observed. Durable state: add fields, never
 * remove.
 */
public final class SignalModel {
    public int version = 2;

    /** What it was made for. */
    public long[] seasonLengths = {};

    public int[] seasonBins = {};
    public int[] curveSteps = {};
    public int horizonSteps;
    public int originEvery;

    /** Observations learned so far. */
    public long learned;

    /** The middle of the last step that taught something, in epoch milliseconds. */
    public long learnedAt;

    /** The value learned then; {@code NaN} before the first. */
    public double newest = Double.NaN;

    /** The greatest size of a value, slowly forgotten. */
    public double greatest;

    public Components components = new Components();
    public SeasonStart seasonStart = new SeasonStart();

    /** By season. */
    public SeasonalProfile[] profiles = {};

    /** By bin of the main season: the newest value, as it was seen; NaN where nothing was. */
    public float[] lastSeason = {};

    /** Slow mean of what a season's profile differs from the values. */
    public double[] deviations = {};

    /** The value smoothed with several memories. */
    public double[] levels = new double[Candidates.LEVELS];

    /** By point of the curve. */
    public Combination[] combinations = {};

    /** By point of the curve: the size of recent errors, and of errors in the long run. */
    public double[] recentErrors = {};

    public double[] usualErrors = {};

    /** By point of the curve: errors over their scale. */
    public ErrorWindow[] errors = {};

    /** By slot of the newest steps: what was observed, not its root; NaN where nothing was. */
    public float[] observed = {};

    /** End of the newest step, learned or not. */
    public long seenAt = Long.MIN_VALUE;

    /** By slot of the origins whose forecasts have not all come true: the end of the step. */
    public long[] originAt = {};

    public double[] originValue = {};

    /** By slot, then by candidate. */
    public float[] originShared = {};

    /** By slot, then by point of the curve, then by candidate. */
    public float[] originCandidates = {};

    /** By slot, then by point of the curve. */
    public float[] originForecast = {};

    public float[] originScale = {};

    /** By slot: what was expected at the horizon, naively there, at most until there. */
    public double[] originExpected = {};

    public double[] originNaive = {};
    public double[] originPeak = {};
    public double[] originPeakLimit = {};

    /** Of the greatest value within the horizon, over the scale at its end. */
    public ErrorWindow peakErrors = new ErrorWindow();

    public RecentMean absoluteErrors = new RecentMean();
    public RecentMean naiveErrors = new RecentMean();

    /** 1 where a peak stayed under its 0.9 quantile, else 0. */
    public RecentMean covered = new RecentMean();

    static SignalModel start(ForecastSettings settings, Candidates candidates) {
        var model = new SignalModel();
        var seasons = settings.seasons();
        int points = settings.curveSteps().length;
        int origins = settings.furthestSteps() / settings.originEvery() + 1;
        model.seasonLengths = seasons.stream().mapToLong(Season::length).toArray();
        model.seasonBins = seasons.stream().mapToInt(Season::bins).toArray();
        model.profiles = new SeasonalProfile[seasons.size()];
        Arrays.setAll(model.profiles, i -> new SeasonalProfile());
        model.lastSeason = new float[settings.model().season().bins()];
        Arrays.fill(model.lastSeason, Float.NaN);
        model.deviations = new double[seasons.size()];
        model.curveSteps = settings.curveSteps();
        model.horizonSteps = settings.horizonSteps();
        model.originEvery = settings.originEvery();
        model.combinations = new Combination[points];
        Arrays.setAll(model.combinations, i -> new Combination(candidates.count()));
        model.recentErrors = new double[points];
        model.usualErrors = new double[points];
        model.errors = new ErrorWindow[points];
        Arrays.setAll(model.errors, i -> new ErrorWindow(settings.window()));
        model.observed = new float[settings.horizonSteps()];
        Arrays.fill(model.observed, Float.NaN);
        model.originAt = new long[origins];
        Arrays.fill(model.originAt, Long.MIN_VALUE);
        model.originValue = new double[origins];
        model.originShared = new float[origins * candidates.shared()];
        model.originCandidates = new float[origins * points * candidates.ofAHorizon()];
        model.originForecast = new float[origins * points];
        model.originScale = new float[origins * points];
        model.originExpected = new double[origins];
        model.originNaive = new double[origins];
        model.originPeak = new double[origins];
        model.originPeakLimit = new double[origins];
        model.peakErrors = new ErrorWindow(settings.window());
        model.absoluteErrors = new RecentMean(settings.window());
        model.naiveErrors = new RecentMean(settings.window());
        model.covered = new RecentMean(settings.window());
        return model;
    }

    /** Whether it was made with settings of this shape. */
    boolean fits(ForecastSettings settings) {
        return hasSeasonsOf(settings)
                && horizonSteps == settings.horizonSteps()
                && originEvery == settings.originEvery()
                && Arrays.equals(curveSteps, settings.curveSteps())
                && peakErrors.errors.length == settings.window();
    }

    boolean hasSeasonsOf(ForecastSettings settings) {
        var seasons = settings.seasons();
        return Arrays.equals(seasonLengths, seasons.stream().mapToLong(Season::length).toArray())
                && Arrays.equals(seasonBins, seasons.stream().mapToInt(Season::bins).toArray());
    }

    /** Takes over what another one has learned of the signal, but not the errors it made. */
    void learnFrom(SignalModel other) {
        components = other.components;
        seasonStart = other.seasonStart;
        profiles = other.profiles;
        lastSeason = other.lastSeason;
        deviations = other.deviations;
        levels = other.levels;
        learned = other.learned;
        learnedAt = other.learnedAt;
        newest = other.newest;
        greatest = other.greatest;
    }
}
