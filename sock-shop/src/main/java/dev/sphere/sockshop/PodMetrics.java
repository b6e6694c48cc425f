package dev.sphere.sockshop;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What one pod shows at {@code /metrics}: the shop's names, and cAdvisor's for CPU and memory. */
final class PodMetrics {

    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    // Those of the Go services of the shop (client_golang's defaults) and a few above.
    private static final double[] BUCKETS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private record Answer(String method, String route, int status) {}

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final String service;
    private final Histogram durations;
    private final Map<Answer, DistributionDataPoint> byAnswer = new HashMap<>();

    PodMetrics(
            ShopService service,
            String namespace,
            String podName,
            DoubleSupplier cpuSeconds,
            DoubleSupplier memoryBytes) {
        this.service = service.id();
        durations =
                Histogram.builder()
                        .name("request_duration_seconds")
                        .help("Time (in seconds) spent serving HTTP requests.")
                        .labelNames("service", "method", "route", "status_code")
                        .classicOnly()
                        .classicUpperBounds(BUCKETS)
                        .register(registry);
        CounterWithCallback.builder()
                .name("container_cpu_usage_seconds_total")
                .help("Cumulative cpu time consumed in seconds.")
                .labelNames("namespace", "pod", "container")
                .callback(
                        out -> out.call(cpuSeconds.getAsDouble(), namespace, podName, service.id()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("container_memory_working_set_bytes")
                .help("Current working set in bytes.")
                .labelNames("namespace", "pod", "container")
                .callback(
                        out ->
                                out.call(
                                        memoryBytes.getAsDouble(),
                                        namespace,
                                        podName,
                                        service.id()))
                .register(registry);
    }

    /** Also shows the length of the queue of shipments, as RabbitMQ's exporter does. */
    void showQueue(ShipmentQueue shipments) {
        GaugeWithCallback.builder()
                .name("queue_messages_ready")
                .help("Messages in a queue that are ready to be delivered to consumers.")
                .labelNames("queue")
                .callback(out -> out.call(shipments.ready(), "shipping-task"))
                .register(registry);
    }

    void answered(String method, String route, int status, long nanos) {
        byAnswer.computeIfAbsent(new Answer(method, route, status), this::series)
                .observe(nanos / 1e9);
    }

    byte[] text() {
        ByteArrayOutputStream text = new ByteArrayOutputStream(8_192);
        try {
            writer.write(text, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("an array in memory cannot fail", e);
        }
        return text.toByteArray();
    }

    private DistributionDataPoint series(Answer answer) {
        return durations.labelValues(
                service,
                answer.method.toLowerCase(Locale.ROOT),
                answer.route,
                Integer.toString(answer.status));
    }
}
