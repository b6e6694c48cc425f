package dev.sphere.bridge;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the bridge tells about its own work. */
final class BridgeMetrics {
    final PrometheusRegistry registry = new PrometheusRegistry();

    final Gauge targets =
            Gauge.builder().name("sphere_bridge_targets").help("Targets known.").register(registry);
    final Counter targetsRefused =
            Counter.builder()
                    .name("sphere_bridge_targets_refused_total")
                    .help("Annotated pods that cannot be scraped as they are described.")
                    .register(registry);
    final Counter podWatchFaults =
            Counter.builder()
                    .name("sphere_bridge_pod_watch_faults_total")
                    .help("Failed attempts to list or watch pods.")
                    .register(registry);
    final Counter scrapes =
            Counter.builder()
                    .name("sphere_bridge_scrapes_total")
                    .help("Scrapes begun.")
                    .register(registry);
    final Counter scrapeFailures =
            Counter.builder()
                    .name("sphere_bridge_scrape_failures_total")
                    .help("Scrapes of which nothing was used.")
                    .labelNames("reason")
                    .register(registry);
    final Counter scrapesSkipped =
            Counter.builder()
                    .name("sphere_bridge_scrapes_skipped_total")
                    .help("Scrapes not begun because the target's last one was still under way.")
                    .register(registry);
    final Gauge scrapesInFlight =
            Gauge.builder()
                    .name("sphere_bridge_scrapes_in_flight")
                    .help("Scrapes under way.")
                    .register(registry);
    final Histogram scrapeSeconds =
            Histogram.builder()
                    .name("sphere_bridge_scrape_duration_seconds")
                    .help("How long scrapes took, failed ones included.")
                    .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
                    .classicOnly()
                    .register(registry);
    final Counter samplesRead =
            Counter.builder()
                    .name("sphere_bridge_samples_read_total")
                    .help("Sample lines read.")
                    .register(registry);
    final Counter samplesFiltered =
            Counter.builder()
                    .name("sphere_bridge_samples_filtered_total")
                    .help("Samples that no rule wants.")
                    .register(registry);
    final Counter linesRejected =
            Counter.builder()
                    .name("sphere_bridge_samples_rejected_total")
                    .help("Lines that could not be read.")
                    .labelNames("reason")
                    .register(registry);
    final Counter samplesDropped =
            Counter.builder()
                    .name("sphere_bridge_samples_dropped_total")
                    .help("Samples that were wanted but did not reach Kafka.")
                    .labelNames("reason")
                    .register(registry);
    final Counter timestampsIgnored =
            Counter.builder()
                    .name("sphere_bridge_timestamps_ignored_total")
                    .help("Exposed timestamps too far from the scrape's time, which was used.")
                    .register(registry);
    final Counter samplesWritten =
            Counter.builder()
                    .name("sphere_bridge_samples_written_total")
                    .help("Samples that Kafka has acknowledged, stale ones included.")
                    .register(registry);
    final Counter samplesStale =
            Counter.builder()
                    .name("sphere_bridge_samples_stale_total")
                    .help("Series that ended.")
                    .register(registry);
    final Gauge recordsInFlight =
            Gauge.builder()
                    .name("sphere_bridge_records_in_flight")
                    .help("Records that Kafka has not yet acknowledged.")
                    .register(registry);

    BridgeMetrics() {
        // A counter that is missing until the first drop cannot be alerted on.
        for (Drop reason : Drop.values()) {
            samplesDropped.labelValues(reason.label());
        }
        for (Exposition.Rejection reason : Exposition.Rejection.values()) {
            linesRejected.labelValues(reason.label());
        }
        for (ScrapeFailure reason : ScrapeFailure.values()) {
            scrapeFailures.labelValues(reason.label());
        }
    }

    void dropped(Drop reason, long samples) {
        samplesDropped.labelValues(reason.label()).inc(samples);
    }
}
