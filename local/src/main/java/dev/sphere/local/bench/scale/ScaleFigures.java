package dev.sphere.local.bench.scale;

import dev.sphere.local.bench.scale.CollectionMeter.Collections;
import java.util.List;

/**
 * What was measured with one number of services.
 *
 * @param warmUps how the history was learned, the earlier part first
 * @param measuredSeconds that CPU, delays and collections are of
 * @param servicesForecast services that a finite forecast came of
 * @param servicesWithSeason services whose forecasts know the main season
 * @param longestCollectionMillis the longest pause of the garbage collector
 * @param heapBytes in use after everything else was collected, with Flink and the generator
 */
public record ScaleFigures(
        int services,
        List<WarmUp> warmUps,
        double measuredSeconds,
        int servicesForecast,
        int servicesWithSeason,
        Checkpoints checkpoints,
        CpuTimes cpu,
        Delays delays,
        long collections,
        long longestCollectionMillis,
        long heapBytes) {

    /**
     * A part of the history, replayed as fast as the job takes it.
     *
     * @param step in milliseconds
     * @param steps of all services together
     * @param seconds that it took
     * @param cpuSeconds of the tasks of observe and forecast
     */
    public record WarmUp(long step, long steps, double seconds, double cpuSeconds) {
        /** Steps that one core observes and forecasts in a second. */
        public double stepsPerCoreSecond() {
            return steps / cpuSeconds;
        }
    }

    ScaleFigures(
            int services,
            List<WarmUp> warmUps,
            double measuredSeconds,
            DelayMeter meter,
            Checkpoints checkpoints,
            CpuTimes cpu,
            Collections collections,
            long heapBytes) {
        this(
                services,
                warmUps,
                measuredSeconds,
                meter.servicesForecast(),
                meter.servicesWithSeason(),
                checkpoints,
                cpu,
                meter.delays(),
                collections.count(),
                collections.longest(),
                heapBytes);
    }

    /** Cores that all but the generated load takes. */
    public double cores() {
        return cpu.withoutSource() / measuredSeconds;
    }

    /** Cores that the tasks of observe and forecast take. */
    public double forecastingCores() {
        return cpu.forecasting() / measuredSeconds;
    }
}
