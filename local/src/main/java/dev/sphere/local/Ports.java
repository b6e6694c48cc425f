package dev.sphere.local;

import java.util.Map;
import picocli.CommandLine.Option;

/** The ports of a run; 0 picks a free one. */
final class Ports {
    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description = "of the Kafka broker (default: a free one, as for all ports)")
    int kafka;

    @Option(names = "--redis-port", paramLabel = "PORT", description = "of Redis")
    int redis;

    @Option(
            names = "--kubernetes-port",
            paramLabel = "PORT",
            description = "of the embedded Kubernetes API")
    int kubernetes;

    @Option(
            names = "--flink-port",
            paramLabel = "PORT",
            description = "of Flink's web UI and REST API")
    int flink;

    @Option(
            names = "--prometheus-port",
            paramLabel = "PORT",
            description = "of Flink's Prometheus reporter (it listens on all interfaces)")
    int prometheus;

    @Option(names = "--bridge-port", paramLabel = "PORT", description = "of the bridge's metrics")
    int bridge;

    @Option(
            names = "--control-port",
            paramLabel = "PORT",
            description = "of the control address: GET /status, POST /outage/kafka?for=30s")
    int control;

    /** By option. */
    Map<String, Integer> all() {
        return Map.of(
                "--kafka-port", kafka,
                "--redis-port", redis,
                "--kubernetes-port", kubernetes,
                "--flink-port", flink,
                "--prometheus-port", prometheus,
                "--bridge-port", bridge,
                "--control-port", control);
    }
}
