package dev.sphere.local;

import dev.sphere.local.load.LoadShape;
import java.time.Duration;
import java.util.Map;

/**
 * What is to be run, with all times that follow from the length of the day.
 *
 * @param loadName the shape as it was asked for
 * @param peak requests per second to the front-end at the highest
 * @param step of the observations, and interval of the scrapes
 * @param startUp median time from a pod's creation to its readiness
 * @param horizon how far scaling looks ahead: slow start-ups, step, scrape, delay of the pipeline
 * @param furthest how far the published curve reaches
 * @param downWindow stabilization window of scale-downs
 * @param ratePeriod period of the limits of the rate of change
 * @param maxAge data older than this are not acted upon
 */
record LocalPlan(
        LoadShape shape,
        String loadName,
        double peak,
        Duration day,
        int history,
        Duration step,
        Duration startUp,
        Duration horizon,
        Duration furthest,
        Duration downWindow,
        Duration ratePeriod,
        Duration maxAge,
        boolean reactive,
        long seed,
        Map<String, String> settings) {
    /** Steps of a day: a step is to the day what six minutes are to a real one. */
    private static final int STEPS = 240;

    /** Spread of the start-up times: sigma of the logarithm. */
    static final double START_UP_SIGMA = 0.2;

    /** From a sample to a scale request, beside step and scrape. */
    private static final Duration PIPELINE = Duration.ofSeconds(1);

    private static final double NORMAL_P90 = 1.2816;

    static LocalPlan of(
            LoadShape shape,
            String loadName,
            double peak,
            Duration day,
            int history,
            Duration startUpGiven,
            boolean reactive,
            long seed,
            Map<String, String> settings) {
        var step = Duration.ofMillis(Math.max(1_000, day.toMillis() / STEPS / 500 * 500));
        var startUp = startUpGiven != null ? startUpGiven : day.dividedBy(40);
        long slow = (long) (startUp.toMillis() * Math.exp(NORMAL_P90 * START_UP_SIGMA));
        var horizon = Duration.ofMillis(slow).plus(step.multipliedBy(2)).plus(PIPELINE);
        var whole = step.multipliedBy((horizon.toMillis() + step.toMillis() - 1) / step.toMillis());
        var furthest = step.multipliedBy(Math.max(STEPS / 8, whole.dividedBy(step)));
        return new LocalPlan(
                shape,
                loadName,
                peak,
                day,
                history,
                step,
                startUp,
                whole,
                furthest,
                day.dividedBy(10),
                day.dividedBy(32),
                step.multipliedBy(6),
                reactive,
                seed,
                settings);
    }
}
