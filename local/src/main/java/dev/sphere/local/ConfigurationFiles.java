package dev.sphere.local;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The files that job and bridge are started with, written as a person would: {@code sphere.yaml},
 * {@code bridge.yaml} and {@code policies.yaml}.
 */
final class ConfigurationFiles {
    /** Bins of a season, so that one is about half an hour of a real day. */
    private static final int SEASON_BINS = 60;

    private static final double QUANTILE = 0.9;

    private ConfigurationFiles() {}

    /**
     * @param deployment name of the scale target
     * @param target load per replica that the HPA would aim at
     * @param limit the most load that a replica may take
     */
    record Scaled(String deployment, double target, double limit, int maxReplicas) {}

    static Path job(Path folder, LocalPlan plan, String kafka, String redis, Path kubeconfig)
            throws IOException {
        return Files.writeString(
                folder.resolve("sphere.yaml"),
                """
                kafka:
                  bootstrap: %s
                redis:
                  uri: %s
                  ttl: %s
                kubernetes:
                  kubeconfig: %s
                observe:
                  step: %s
                  grace: %s
                  forget-series-after: %s
                forecast:
                  season: %s
                  season-bin: %s
                  other-seasons: []
                  memory: %s
                  horizon: %s
                  furthest: %s
                recommend:
                  policies: [policies.yaml]
                  max-age: %s
                  reissue-after: %s
                """
                        .formatted(
                                quoted(kafka),
                                quoted(redis),
                                Times.text(plan.furthest().multipliedBy(2)),
                                quoted(kubeconfig.toString()),
                                Times.text(plan.step()),
                                Times.text(plan.step().multipliedBy(3).dividedBy(2)),
                                Times.text(plan.day()),
                                Times.text(plan.day()),
                                Times.text(plan.day().dividedBy(SEASON_BINS)),
                                Times.text(plan.day().multipliedBy(7)),
                                Times.text(plan.horizon()),
                                Times.text(plan.furthest()),
                                Times.text(plan.maxAge()),
                                Times.text(plan.step())));
    }

    static Path policies(Path folder, LocalPlan plan, String namespace, Collection<Scaled> targets)
            throws IOException {
        return Files.writeString(
                folder.resolve("policies.yaml"),
                targets.stream()
                        .map(target -> policy(plan, namespace, target))
                        .collect(Collectors.joining("---\n")));
    }

    private static String policy(LocalPlan plan, String namespace, Scaled scaled) {
        String period = seconds(plan.ratePeriod());
        return """
               apiVersion: autoscaling.sphere.dev/v1alpha1
               kind: PredictiveAutoscaler
               metadata: {name: %s, namespace: %s}
               spec:
                 scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}
                 minReplicas: 1
                 maxReplicas: %d
                 mode: Scale
                 signals:
                   - name: requests
                     target: {type: AverageValue, averageValue: "%s"}
                     limit: {averageValue: "%s"}
                 forecast: {enabled: %s, quantile: %s}
                 behavior:
                   scaleUp:
                     policies:
                       - {type: Pods, value: 4, periodSeconds: %s}
                       - {type: Percent, value: 100, periodSeconds: %s}
                   scaleDown:
                     stabilizationWindowSeconds: %s
                     policies:
                       - {type: Percent, value: 100, periodSeconds: %s}
               """
                .formatted(
                        scaled.deployment(),
                        namespace,
                        scaled.deployment(),
                        scaled.maxReplicas(),
                        quantity(scaled.target()),
                        quantity(scaled.limit()),
                        !plan.reactive(),
                        QUANTILE,
                        period,
                        period,
                        seconds(plan.downWindow()),
                        period);
    }

    static Path bridge(Path folder, LocalPlan plan, String kafka, String namespace, int port)
            throws IOException {
        return Files.writeString(
                folder.resolve("bridge.yaml"),
                """
                kafka:
                  bootstrap: %s
                scrape:
                  interval: %s
                  timeout: %s
                  pods: {namespaces: [%s]}
                http:
                  port: %d
                """
                        .formatted(
                                quoted(kafka),
                                Times.text(plan.step()),
                                Times.text(plan.step().dividedBy(2)),
                                namespace,
                                port));
    }

    private static String quantity(double load) {
        return String.format(Locale.ROOT, "%.2f", load);
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).toPlainString();
    }

    /** As YAML: a path may contain what would end or change a plain value. */
    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
