package dev.sphere.local.bench.scale;

/**
 * CPU time used, in seconds.
 *
 * @param forecasting by the tasks of observe and forecast
 * @param source by the tasks that generate the load
 * @param checkpoints by the threads that write checkpoints beside the tasks
 * @param flink by all other Java threads
 * @param jvm by the rest of the process: compiler and garbage collector
 */
public record CpuTimes(
        double forecasting, double source, double checkpoints, double flink, double jvm) {

    /** All of the process but for the generated load, which the job has not to bear. */
    public double withoutSource() {
        return forecasting + checkpoints + flink + jvm;
    }
}
