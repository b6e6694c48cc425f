package dev.sphere.forecast;

import java.io.Serializable;
import java.util.TreeSet;

/**
 * How signals are forecast.
 *
 * @param step length of a step, in milliseconds
 * @param horizon how far scaling looks ahead: lead time and all delays, in milliseconds
 * @param furthest how far the curve reaches, in milliseconds; at least the horizon
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

    public ForecastSettings {
        if (horizon < step || furthest < horizon) {
            throw new IllegalArgumentException(
                    "step %d ms, horizon %d ms, furthest %d ms: expected each at least the one before"
                            .formatted(step, horizon, furthest));
        }
        if (points < 1 || window < 10 || warmUp < 1 || warmUp > window) {
            throw new IllegalArgumentException(
                    "points %d, window %d, warm-up %d: expected 1 or more, 10 or more, 1 to window"
                            .formatted(points, window, warmUp));
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
}
