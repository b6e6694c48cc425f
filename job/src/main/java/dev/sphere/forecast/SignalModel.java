package dev.sphere.forecast;

import java.util.Arrays;

/**
 * All that is remembered of one signal of one service: the components and profiles that a forecast
 * is combined of, what is remembered for each point of the curve, and the errors made. Values are
 * square roots of what was observed. Durable state: add fields, never remove.
 */
public final class SignalModel {
    static final long NEVER = Long.MIN_VALUE;

    private static final int VERSION = 3;

    public int version = VERSION;

    /** What it was made for. */
    public long[] seasonLengths = {};

    public int[] seasonBins = {};
    public int[] curveSteps = {};
    public int horizonSteps;
    public long step;
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
    public OutlierBound bound = new OutlierBound();
    public LevelShift shift = new LevelShift();
    public History history = new History();

    /** How much the profiles follow their newest cycle. */
    public double gamma;

    /** End of the step at which the smoothing parameters were fitted last. */
    public long refittedAt = NEVER;

    /** When in the time between two fits this signal's turn is, so that not all have it at once. */
    public long refitPhase;

    /** Newest version of the calendar that was taken into account. */
    public long calendarVersion;

    /** By season. */
    public SeasonalProfile[] profiles = {};

    public SeasonEvidence[] evidence = {};

    /** By season: slow mean of what its profile differs from the values. */
    public double[] deviations = {};

    /** The value smoothed with several memories. */
    public double[] levels = new double[Candidates.LEVELS];

    /** By point of the curve. */
    public HorizonModel[] horizons = {};

    public ErrorProfile errorProfile = new ErrorProfile();

    /** By slot of the newest steps: what was observed, not its root; NaN where nothing was. */
    public float[] observed = {};

    /** End of the newest step, learned or not. */
    public long seenAt = Long.MIN_VALUE;

    /** By slot of the steps at which forecasts were kept: the end of the step. */
    public long[] originAt = {};

    public double[] originValue = {};

    /** By slot, then by candidate. */
    public float[] originShared = {};

    /**
     * By slot: what was expected at the horizon, in which interval, naively, at most until there.
     */
    public double[] originExpected = {};

    public double[] originLow = {};
    public double[] originHigh = {};
    public double[] originNaive = {};
    public double[] originPeak = {};
    public double[] originPeakLimit = {};

    /** Of the greatest value within the horizon, over the scale at its end. */
    public ErrorWindow peakErrors = new ErrorWindow();

    public RecentMean absoluteErrors = new RecentMean();
    public RecentMean naiveErrors = new RecentMean();

    /** 1 where a peak stayed under its 0.9 quantile, else 0. */
    public RecentMean covered = new RecentMean();

    /** 1 where a value was in its interval, else 0. */
    public RecentMean inside = new RecentMean();

    static SignalModel start(ForecastSettings settings, Candidates candidates) {
        var model = new SignalModel();
        var seasons = settings.seasons();
        int points = settings.curveSteps().length;
        int every = settings.originEvery();
        int origins = settings.furthestSteps() / every + 1;
        model.seasonLengths = seasons.stream().mapToLong(Season::length).toArray();
        model.seasonBins = seasons.stream().mapToInt(Season::bins).toArray();
        model.profiles = new SeasonalProfile[seasons.size()];
        Arrays.setAll(
                model.profiles,
                i -> new SeasonalProfile(seasons.get(i), i == 0 && settings.hasMainSeason()));
        model.evidence = new SeasonEvidence[seasons.size()];
        Arrays.setAll(model.evidence, i -> new SeasonEvidence());
        model.deviations = new double[seasons.size()];
        model.gamma = settings.model().gamma();
        model.history = new History(settings.historyBins());
        model.curveSteps = settings.curveSteps();
        model.horizonSteps = settings.horizonSteps();
        model.step = settings.step();
        model.originEvery = every;
        model.horizons = new HorizonModel[points];
        Arrays.setAll(
                model.horizons,
                point ->
                        new HorizonModel(
                                model.curveSteps[point] / every + 1,
                                candidates.shared(),
                                candidates.ofAHorizon(),
                                settings.window()));
        model.observed = new float[settings.horizonSteps()];
        Arrays.fill(model.observed, Float.NaN);
        model.originAt = new long[origins];
        Arrays.fill(model.originAt, Long.MIN_VALUE);
        model.originValue = new double[origins];
        model.originShared = new float[origins * candidates.shared()];
        model.originExpected = new double[origins];
        model.originLow = new double[origins];
        model.originHigh = new double[origins];
        model.originNaive = new double[origins];
        model.originPeak = new double[origins];
        model.originPeakLimit = new double[origins];
        model.peakErrors = new ErrorWindow(settings.window());
        model.absoluteErrors = new RecentMean(settings.window());
        model.naiveErrors = new RecentMean(settings.window());
        model.covered = new RecentMean(settings.window());
        model.inside = new RecentMean(settings.window());
        return model;
    }

    /** Whether it was made with settings of this shape, and as they are made today. */
    boolean fits(ForecastSettings settings, Candidates candidates) {
        return version == VERSION
                && step == settings.step()
                && hasSeasonsOf(settings)
                && horizons.length == settings.curveSteps().length
                && horizons[0].combination.weights.length == candidates.count()
                && originShared.length == originAt.length * candidates.shared()
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

    /**
     * Takes over what another one has learned of the signal, but not the errors it made; nor what
     * only holds for its step.
     */
    void learnFrom(SignalModel other) {
        components = other.components;
        if (step != other.step) {
            components.trend = 0;
            components.alpha = 0;
            components.gamma = 0;
        }
        seasonStart = other.seasonStart;
        bound = other.bound;
        shift = other.shift;
        history = other.history;
        gamma = other.gamma;
        refittedAt = other.refittedAt;
        refitPhase = other.refitPhase;
        calendarVersion = other.calendarVersion;
        profiles = other.profiles;
        evidence = other.evidence;
        deviations = other.deviations;
        levels = other.levels;
        learned = other.learned;
        learnedAt = other.learnedAt;
        newest = other.newest;
        greatest = other.greatest;
    }
}
