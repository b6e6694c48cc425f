package dev.sphere.bridge;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/**
 * The way in without a Prometheus server: scrapes pods that Kubernetes names, and fixed targets.
 */
final class ScrapeInput implements Input {
    private final BridgeConfig.Scrape config;
    private final Scraper scraper;
    private final PodTargets pods;

    /**
     * @param client null if no pods are to be found
     */
    ScrapeInput(
            BridgeConfig.Scrape config,
            KubernetesClient client,
            Output output,
            BridgeMetrics metrics,
            Clock clock) {
        this.config = config;
        this.scraper = new Scraper(config, new Mapping(config.rules()), output, metrics, clock);
        this.pods = client == null ? null : new PodTargets(client, config.pods(), scraper, metrics);
    }

    @Override
    public void start() {
        for (BridgeConfig.StaticTarget target : config.targets()) {
            scraper.put(
                    new Target(
                            target.service() + " " + target.url() + " " + target.pod(),
                            target.service(),
                            target.pod(),
                            target.url(),
                            0));
        }
        if (pods != null) {
            pods.start();
        }
        scraper.start();
    }

    @Override
    public boolean isReady() {
        return pods == null || pods.hasSynced();
    }

    @Override
    public boolean isAlive() {
        return scraper.isAlive();
    }

    @Override
    public void close() {
        if (pods != null) {
            pods.close();
        }
        scraper.close();
    }
}
