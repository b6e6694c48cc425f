package dev.sphere.local.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that job and bridge are started with, written as a person would: {@code sphere.yaml}
 * and {@code bridge.yaml}. The system that is forecast is the Flink cluster itself.
 */
public final class ClusterFiles {
    /** What the services of the Flink cluster are called. */
    private static final String NAMESPACE = "flink";

    private ClusterFiles() {}

    /**
     * A process of Flink that the bridge scrapes.
     *
     * @param service of the processes that are alike
     */
    public record Scraped(String service, String pod, int port) {}

    /**
     * Writes the job's file.
     *
     * @param kubeconfig null: no Kubernetes
     */
    public static Path job(Path folder, String kafka, String redis, Path kubeconfig)
            throws IOException {
        return Files.writeString(
                Files.createDirectories(folder).resolve("sphere.yaml"),
                """
                # The job's settings, for ./sphere cluster submit; all of them are in job/README.md.
                # Each ./sphere cluster start writes this file: change a copy, and submit --config it.
                kafka:
                  bootstrap: %s
                redis:
                  uri: %s
                kubernetes:
                %s
                observe:
                  step: 2s          # the bridge's interval, or a multiple of it
                  grace: 4s
                forecast:
                  season: 0s        # 1d for a load that is alike every day
                  horizon: 20s
                  furthest: 1m
                  window: 60
                  warm-up: 30       # steps until a forecast can count as skilled
                """
                        .formatted(
                                quoted(kafka),
                                quoted(redis),
                                kubeconfig == null
                                        ? "  enabled: false    # no targets are watched, nothing is scaled"
                                        : "  kubeconfig: " + quoted(kubeconfig.toString())));
    }

    /** Writes the bridge's file. */
    public static Path bridge(Path folder, String kafka, int httpPort, List<Scraped> targets)
            throws IOException {
        var listed = new StringBuilder();
        for (Scraped target : targets) {
            listed.append(
                    "    - {url: 'http://127.0.0.1:%d/metrics', service: %s/%s, pod: %s}\n"
                            .formatted(target.port(), NAMESPACE, target.service(), target.pod()));
        }
        return Files.writeString(
                Files.createDirectories(folder).resolve("bridge.yaml"),
                """
                # The bridge's settings; all of them are in prometheus-bridge/README.md.
                # Each ./sphere cluster start writes this file.
                kafka:
                  bootstrap: %s
                scrape:
                  interval: 2s
                  timeout: 1s
                  targets:
                %s  rules:
                    - metric: flink_taskmanager_job_task_operator_numRecordsIn
                      match: [{label: operator_name, value: read}]
                      signal: requests        # records of the topic metrics that the job reads
                      kind: counter
                      aggregation: sum
                      keep: [subtask_index]
                    - metric: flink_taskmanager_Status_JVM_CPU_Load
                      signal: cpu             # share of the machine's processors
                      kind: gauge
                      aggregation: sum
                      keep: []
                    - metric: flink_taskmanager_Status_JVM_Memory_Heap_Used
                      signal: memory
                      kind: gauge
                      aggregation: sum
                      keep: []
                    - metric: flink_jobmanager_Status_JVM_CPU_Load
                      signal: cpu
                      kind: gauge
                      aggregation: sum
                      keep: []
                    - metric: flink_jobmanager_Status_JVM_Memory_Heap_Used
                      signal: memory
                      kind: gauge
                      aggregation: sum
                      keep: []
                http:
                  port: %d
                """
                        .formatted(quoted(kafka), listed, httpPort));
    }

    /** As YAML: a path may contain what would end or change a plain value. */
    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
