package dev.sphere.local.bench.scale;

/**
 * What is measured: how many services, what they have learned before, and how long and how fast
 * they then go on; all times in milliseconds.
 *
 * @param services one signal each
 * @param step of the job when it is measured
 * @param history how far back the first observation is
 * @param historyStep of the job while it learns the history, a multiple of the step
 * @param recent the newest part of the history, learned at the step
 * @param pace from one step of a service to the next on the wall clock
 * @param settle how long the job runs at that pace before it is measured
 * @param duration how long it is measured
 * @param checkpointInterval from one checkpoint to the next
 * @param stateBackend Flink's name of it
 * @param seed of the generated load
 */
public record ScalePlan(
        int services,
        int parallelism,
        long step,
        long history,
        long historyStep,
        long recent,
        long pace,
        long settle,
        long duration,
        long checkpointInterval,
        String stateBackend,
        long seed) {

    public ScalePlan {
        if (services < 1 || parallelism < 1 || step < 1 || pace < 1 || duration < 1) {
            throw new IllegalArgumentException(
                    "services, parallelism, step, pace and duration must be 1 or more: "
                            + services
                            + ", "
                            + parallelism
                            + ", "
                            + step
                            + ", "
                            + pace
                            + ", "
                            + duration);
        }
        if (historyStep < step || historyStep % step != 0) {
            throw new IllegalArgumentException(
                    "historyStep: %d ms is no multiple of the step, %d ms"
                            .formatted(historyStep, step));
        }
        // Both ways to warm up begin and end where a step of the history does.
        recent = steps(recent, historyStep) * historyStep;
        history = steps(history, historyStep) * historyStep;
        if (recent < 0 || history < recent) {
            throw new IllegalArgumentException(
                    "history: %d ms is less than its recent part, %d ms"
                            .formatted(history, recent));
        }
    }

    /** The history but for its recent part. */
    Rounds past(long steadyFrom) {
        return new Rounds(
                services,
                parallelism,
                steadyFrom - history,
                historyStep,
                (history - recent) / historyStep,
                step);
    }

    /** The recent part of the history. */
    Rounds recent(long steadyFrom) {
        return new Rounds(services, parallelism, steadyFrom - recent, step, recent / step, step);
    }

    /** What is measured, and some more so that the load does not end before the measurement. */
    Rounds steady(long steadyFrom) {
        return new Rounds(
                services, parallelism, steadyFrom, step, steps(settle + duration, pace) + 1, step);
    }

    /** When the steady part begins in the time of the data, so that all of it is past by now. */
    long steadyFrom(long now) {
        long rounds = steps(settle + duration, pace) + 2;
        return Math.floorDiv(now - rounds * step, historyStep) * historyStep;
    }

    /** Steps of a length that a time takes, the last one perhaps in part. */
    private static long steps(long time, long length) {
        return (time + length - 1) / length;
    }
}
