package dev.sphere.local.bench;

/**
 * What the work of a signal costs by statsmodels.
 *
 * @param version of statsmodels
 * @param python its version
 * @param repetitions that the medians are over
 * @param givenStart a fit that begins smoothing where ours does
 * @param fittedStart a fit of the start, too: what statsmodels does if nothing else is said
 * @param processSeconds until a new process has imported statsmodels, read the history, smoothed it
 *     with given parameters and forecast one value: the median
 * @param processCpuSeconds the same in the processor's time
 * @param forecast that value
 */
public record StatsmodelsTimes(
        String version,
        String python,
        int repetitions,
        Fit givenStart,
        Fit fittedStart,
        double processSeconds,
        double processCpuSeconds,
        double forecast) {

    /**
     * One fit of the history.
     *
     * @param medianCpuMillis of the processor
     * @param sse the sum of squared errors that it leaves
     * @param converged whether statsmodels says so
     */
    public record Fit(double medianCpuMillis, double sse, boolean converged) {}
}
