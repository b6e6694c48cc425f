package dev.sphere.forecast;

import static dev.sphere.observe.ObserveSettings.inWords;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How signals are forecast.
 *
 * @param step length of a step, in milliseconds
 * @param model the Holt-Winters recursion, with the main season
 * @param otherSeasons further seasons that load may have
 * @param horizon how far scaling looks ahead: lead time and all delays, in milliseconds
 * @param furthest how far the curve reaches, in milliseconds; at least the horizon, at most 10 000
 *     steps
 * @param points even points that the curve has, beside some up to the horizon
 * @param steps steps ahead that the curve has as well, each at most to the furthest
 * @param window how many errors are remembered for each point
 * @param warmUp errors needed before a forecast counts
 * @param memory how long what came true counts for how forecasts are combined, in milliseconds
 * @param refitEvery how often the smoothing parameters are fitted anew, in milliseconds
 */
public record ForecastSettings(
        long step,
        HoltWinters model,
        List<Season> otherSeasons,
        long horizon,
        long furthest,
        int points,
        List<Integer> steps,
        int window,
        int warmUp,
        long memory,
        long refitEvery)
        implements Serializable {

    /** The errors of a forecast are kept until it has come true. */
    private static final long MAX_STEPS = 10_000;

    /** Forecasts that wait to come true: enough to learn from, few enough to keep. */
    private static final int ORIGINS = 24;

    /** Cycles of the longest and of the main season that are remembered bin by bin. */
    private static final int CYCLES = 2;

    private static final int MAIN_CYCLES = 14;

    /** Bins at most: four weeks of ten minutes. */
    private static final int MAX_HISTORY = 4_032;

    /** A season of fewer bins than this is no more than noise. */
    private static final int LEAST_BINS = 4;

    public ForecastSettings {
        otherSeasons = List.copyOf(otherSeasons);
        steps = List.copyOf(steps);
        List<String> errors = new ArrayList<>();
        check(
                errors,
                horizon >= step,
                "horizon",
                inWords(horizon),
                "at least observe.step, which is " + inWords(step));
        check(
                errors,
                furthest >= horizon,
                "furthest",
                inWords(furthest),
                "at least forecast.horizon, which is " + inWords(horizon));
        check(
                errors,
                furthest <= MAX_STEPS * step,
                "furthest",
                inWords(furthest),
                "at most " + MAX_STEPS + " times observe.step, which is " + inWords(step));
        check(errors, points >= 1, "points", points, "1 or more");
        check(
                errors,
                memory >= step,
                "memory",
                inWords(memory),
                "at least observe.step, which is " + inWords(step));
        check(
                errors,
                refitEvery >= step,
                "refit-every",
                inWords(refitEvery),
                "at least observe.step, which is " + inWords(step));
        int most = (int) Math.min(MAX_STEPS, (furthest + step - 1) / step);
        check(
                errors,
                steps.stream().allMatch(ahead -> ahead >= 1 && ahead <= most),
                "steps",
                steps,
                "1 to " + most + " each");
        check(errors, window >= 10, "window", window, "10 or more");
        check(
                errors,
                warmUp >= 1 && warmUp <= window,
                "warm-up",
                warmUp,
                "1 to forecast.window, which is " + window);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), errors));
        }
    }

    /** Steps to the end of the horizon that scaling looks at. */
    int horizonSteps() {
        return steps(horizon);
    }

    /** Steps to the end of the curve. */
    int furthestSteps() {
        return steps(furthest);
    }

    /** The main season and the others, as far as they are long enough for the step. */
    List<Season> seasons() {
        return Stream.concat(Stream.of(model.season()), otherSeasons.stream())
                .filter(season -> season.bins() >= LEAST_BINS)
                .toList();
    }

    /** Whether the main season is long enough for the step; it is then the first of all. */
    boolean hasMainSeason() {
        return model.season().bins() >= LEAST_BINS;
    }

    /** Bins of the load that are remembered: some cycles of the longest season. */
    int historyBins() {
        if (!hasMainSeason()) {
            return 0;
        }
        long longest = seasons().stream().mapToLong(Season::length).max().orElse(0);
        long length = Math.max(CYCLES * longest, MAIN_CYCLES * model.season().length());
        return (int) Math.min(MAX_HISTORY, length / model.season().binWidth());
    }

    /** Every how many steps a forecast is kept until it has come true. */
    int originEvery() {
        return (furthestSteps() + ORIGINS - 1) / ORIGINS;
    }

    /**
     * The steps ahead that the curve has points at: the first, some up to the horizon, where the
     * peak is looked for, even ones, and those asked for.
     */
    int[] curveSteps() {
        var steps = new TreeSet<>(this.steps);
        steps.add(1);
        for (int quarter = 1; quarter <= 4; quarter++) {
            steps.add(Math.max(1, horizonSteps() * quarter / 4));
        }
        for (int i = 1; i <= points; i++) {
            steps.add(Math.max(1, (int) ((long) furthestSteps() * i / points)));
        }
        return steps.stream().mapToInt(Integer::intValue).toArray();
    }

    private int steps(long duration) {
        return (int) ((duration + step - 1) / step);
    }

    private static void check(
            List<String> errors, boolean holds, String name, Object value, String expected) {
        if (!holds) {
            errors.add("forecast.%s: %s, expected %s".formatted(name, value, expected));
        }
    }
}
