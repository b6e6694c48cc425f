package dev.sphere.forecast;

import static dev.sphere.observe.ObserveSettings.inWords;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * How signals are forecast.
 *
 * @param step length of a step, in milliseconds
 * @param horizon how far scaling looks ahead: lead time and all delays, in milliseconds
 * @param furthest how far the curve reaches, in milliseconds; at least the horizon, at most 10 000
 *     steps
 * @param points about how many points the curve has
 * @param window how many errors are remembered for each point
 * @param warmUp errors needed before a forecast counts
 * @param forgetAfter a service that is silent for longer is forgotten, in milliseconds
 */
public record ForecastSettings(
        long step,
        HoltWinters model,
        long horizon,
        long furthest,
        int points,
        int window,
        int warmUp,
        long forgetAfter)
        implements Serializable {

    /** The errors of a forecast are kept until it has come true. */
    private static final long MAX_STEPS = 10_000;

    public ForecastSettings {
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

    /** The steps ahead that the curve has points at: the first, the horizon's, and even ones. */
    int[] curveSteps() {
        var steps = new TreeSet<Integer>();
        steps.add(1);
        steps.add(horizonSteps());
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
