package dev.sphere.local.cluster;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What runs of a cluster, and what it forecasts.
 *
 * @param flink null if it does not answer
 * @param job the newest; null for none
 * @param faults what does not answer, and why
 */
public record ClusterStatus(
        String webUi,
        String kafka,
        String redis,
        List<Part> processes,
        FlinkRest.Overview flink,
        FlinkRest.JobDetail job,
        String savepoint,
        List<ForecastView> forecasts,
        List<String> faults) {
    /** A process that was started. */
    public record Part(String name, long pid, boolean alive, String log) {}

    /** Asks the parts of a cluster; what does not answer becomes a fault. */
    public static ClusterStatus of(ClusterRecord record) {
        var parts =
                record.processes().stream()
                        .map(p -> new Part(p.name(), p.pid(), p.isAlive(), p.log()))
                        .toList();
        var faults = new ArrayList<String>();
        FlinkRest.Overview flink = null;
        FlinkRest.JobDetail job = null;
        List<ForecastView> forecasts = List.of();
        if (parts.stream().anyMatch(Part::alive)) {
            if (record.rest() != null) {
                try {
                    var rest = new FlinkRest(record.rest());
                    flink = rest.overview();
                    job = newest(rest);
                } catch (IOException e) {
                    faults.add(e.getMessage());
                }
            }
            if (record.redis() != null) {
                try {
                    forecasts = ForecastView.in(URI.create(record.redis()));
                } catch (JedisException e) {
                    faults.add("Redis on %s: %s".formatted(record.redis(), e.getMessage()));
                }
            }
        }
        return new ClusterStatus(
                record.rest(),
                record.kafka(),
                record.redis(),
                parts,
                flink,
                job,
                record.savepoint(),
                forecasts,
                List.copyOf(faults));
    }

    /** The job that has not ended, or else one that has. */
    private static FlinkRest.JobDetail newest(FlinkRest rest) throws IOException {
        FlinkRest.Job newest = null;
        for (FlinkRest.Job job : rest.jobs()) {
            if (newest == null || !job.hasEnded()) {
                newest = job;
            }
        }
        return newest == null ? null : rest.job(newest.id());
    }

    /** Whether something was started, and all of it runs and answers. */
    public boolean isWell() {
        return !processes.isEmpty() && faults.isEmpty() && processes.stream().allMatch(Part::alive);
    }

    /** As a person reads it. */
    public String inWords() {
        var text = new StringBuilder();
        if (processes.isEmpty()) {
            return "No cluster runs: start one with ./sphere cluster start\n";
        }
        for (Part part : processes) {
            text.append(
                    "%-14s %s%n"
                            .formatted(
                                    part.name(),
                                    part.alive()
                                            ? "runs, pid " + part.pid()
                                            : "has ended; its log is " + part.log()));
        }
        if (flink != null) {
            text.append(
                    "%n%-14s %s, version %s, %d TaskManagers, %d of %d slots free%n"
                            .formatted(
                                    "Flink",
                                    webUi,
                                    flink.version(),
                                    flink.taskManagers(),
                                    flink.freeSlots(),
                                    flink.slots()));
            describeJob(text);
        }
        if (savepoint != null) {
            text.append("%-14s %s%n".formatted("savepoint", savepoint));
        }
        describeForecasts(text);
        faults.forEach(fault -> text.append("%n! %s%n".formatted(fault)));
        return text.toString();
    }

    private void describeJob(StringBuilder text) {
        if (job == null) {
            text.append("%-14s none; submit it with ./sphere cluster submit%n".formatted("job"));
            return;
        }
        text.append("%-14s %s %s%n".formatted("job", job.id(), job.state()));
        for (FlinkRest.Vertex vertex : job.vertices()) {
            text.append(
                    "  %-10s %d × %s%n"
                            .formatted(vertex.state(), vertex.parallelism(), vertex.name()));
        }
    }

    private void describeForecasts(StringBuilder text) {
        if (forecasts.isEmpty()) {
            if (job != null && !job.hasEnded()) {
                text.append(
                        "%nNo forecasts yet: they begin a few steps after the job.%n".formatted());
            }
            return;
        }
        text.append(
                "%n%-26s %-10s %-8s %14s %14s%n"
                        .formatted("service", "signal", "health", "now", "p90 ahead"));
        for (ForecastView forecast : forecasts) {
            text.append(
                    "%-26s %-10s %-8s %14s %14s  within %d s%n"
                            .formatted(
                                    forecast.service(),
                                    forecast.signal(),
                                    forecast.health(),
                                    figure(forecast.observed()),
                                    figure(forecast.expected()),
                                    forecast.withinMillis() / 1000));
        }
    }

    private static String figure(Double value) {
        if (value == null) {
            return "unknown";
        }
        return Math.abs(value) >= 100_000
                ? String.format("%.4g", value)
                : String.format("%.3f", value);
    }
}
