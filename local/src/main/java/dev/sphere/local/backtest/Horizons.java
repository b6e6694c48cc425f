package dev.sphere.local.backtest;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/** How far ahead forecasts are asked for, in steps of a trace. */
public final class Horizons {
    private static final List<Duration> USUAL =
            List.of(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(30),
                    Duration.ofMinutes(60));
    private static final long COARSE_STEP = 1_800_000;

    /** What the engine keeps of forecasts until they have come true has to end somewhere. */
    private static final int MOST = 10_000;

    private Horizons() {}

    /**
     * Times in steps, rounded up, each once.
     *
     * @param asked null for 1, 5, 10, 30 and 60 minutes, and a day if a step takes half an hour or
     *     more
     * @throws IllegalArgumentException if one is further than the engine looks
     */
    public static int[] of(Trace trace, List<Duration> asked) {
        var steps = new TreeSet<Integer>();
        for (Duration horizon : asked == null ? USUAL : asked) {
            steps.add(trace.stepsOf(horizon.toMillis()));
        }
        if (asked == null && trace.step() >= COARSE_STEP && trace.day() > 0) {
            steps.add(trace.day());
        }
        if (steps.last() > MOST) {
            throw new IllegalArgumentException(
                    "%s: a horizon of %d steps: expected at most %d of the trace's %d ms"
                            .formatted(trace.name(), steps.last(), MOST, trace.step()));
        }
        return steps.stream().mapToInt(Integer::intValue).toArray();
    }
}
