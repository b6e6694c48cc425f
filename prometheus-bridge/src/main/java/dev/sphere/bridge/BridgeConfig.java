package dev.sphere.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sphere.bridge.Mapping.Matcher;
import dev.sphere.bridge.Mapping.Op;
import dev.sphere.bridge.Mapping.Rule;
import dev.sphere.bridge.ServiceSamples.Aggregation;
import dev.sphere.bridge.ServiceSamples.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every setting of the bridge, typed and valid; its text form hides secrets. */
public record BridgeConfig(
        String source, Duration shutdownTimeout, Kafka kafka, Scrape scrape, Http http) {

    /**
     * Where the samples go.
     *
     * @param buffer bytes that wait for Kafka at most
     * @param maxRecord bytes from which on samples of one service are split
     * @param caFile null for the JDK's authorities
     * @param username null without SASL
     * @param password null without SASL
     */
    public record Kafka(
            String bootstrap,
            String topic,
            String clientId,
            long buffer,
            int maxRecord,
            Duration linger,
            Duration requestTimeout,
            Duration deliveryTimeout,
            String securityProtocol,
            Path caFile,
            String saslMechanism,
            String username,
            Secret password) {}

    /** What is scraped, when and what for. */
    public record Scrape(
            Duration interval,
            Duration timeout,
            int bodyLimit,
            int maxSeries,
            boolean honorTimestamps,
            Pods pods,
            List<StaticTarget> targets,
            List<Rule> rules) {}

    /** Which pods are scraped. */
    public record Pods(List<String> namespaces, String serviceLabel) {}

    /**
     * A target that the settings name.
     *
     * @param pod empty if what it exposes is not measured on a pod
     */
    public record StaticTarget(URI url, String service, String pod) {}

    /** Where the bridge tells about itself. */
    public record Http(String host, int port) {}

    /** A text that is never printed. */
    public record Secret(String value) {
        @Override
        public String toString() {
            return "******";
        }
    }

    /**
     * Reads the settings: built-in defaults, over them the file, over it the environment, over it
     * the sets.
     *
     * @param file YAML; null for none
     * @param sets by key such as {@code scrape.interval}
     * @param env by name such as {@code SPHERE_BRIDGE_SCRAPE_INTERVAL}; others are ignored
     * @throws BridgeConfigException with all errors at once
     */
    public static BridgeConfig load(Path file, Map<String, String> sets, Map<String, String> env) {
        return of(new Settings(file, sets, env).resolve());
    }

    private static BridgeConfig of(JsonNode root) {
        JsonNode kafka = root.path("kafka");
        JsonNode scrape = root.path("scrape");
        return new BridgeConfig(
                root.path("source").textValue(),
                duration(root.path("shutdown-timeout")),
                new Kafka(
                        kafka.path("bootstrap").textValue(),
                        kafka.path("topic").textValue(),
                        kafka.path("client-id").textValue(),
                        size(kafka.path("buffer")),
                        (int) size(kafka.path("max-record")),
                        duration(kafka.path("linger")),
                        duration(kafka.path("request-timeout")),
                        duration(kafka.path("delivery-timeout")),
                        kafka.path("security-protocol").textValue(),
                        kafka.has("ca-file") ? Path.of(kafka.get("ca-file").textValue()) : null,
                        kafka.path("sasl-mechanism").textValue(),
                        kafka.path("username").textValue(),
                        kafka.has("password")
                                ? new Secret(kafka.get("password").textValue())
                                : null),
                new Scrape(
                        duration(scrape.path("interval")),
                        duration(scrape.path("timeout")),
                        (int) size(scrape.path("body-limit")),
                        scrape.path("max-series").intValue(),
                        scrape.path("honor-timestamps").booleanValue(),
                        new Pods(
                                texts(scrape.path("pods").path("namespaces")),
                                scrape.path("pods").path("service-label").textValue()),
                        targets(scrape.path("targets")),
                        rules(scrape.path("rules"))),
                new Http(
                        root.path("http").path("host").textValue(),
                        root.path("http").path("port").intValue()));
    }

    static Duration duration(JsonNode node) {
        String text = node.textValue();
        int unit = text.length() - (text.endsWith("ms") ? 2 : 1);
        long number = Long.parseLong(text.substring(0, unit));
        return switch (text.substring(unit)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    static long size(JsonNode node) {
        String text = node.textValue();
        int unit = text.length() - (text.endsWith("iB") ? 3 : 1);
        long number = Long.parseLong(text.substring(0, unit));
        return switch (text.substring(unit)) {
            case "B" -> number;
            case "KiB" -> number << 10;
            case "MiB" -> number << 20;
            default -> number << 30;
        };
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(node -> texts.add(node.textValue()));
        return List.copyOf(texts);
    }

    private static List<StaticTarget> targets(JsonNode array) {
        var targets = new ArrayList<StaticTarget>();
        for (JsonNode node : array) {
            targets.add(
                    new StaticTarget(
                            URI.create(node.get("url").textValue()),
                            node.get("service").textValue(),
                            node.path("pod").asText("")));
        }
        return List.copyOf(targets);
    }

    private static List<Rule> rules(JsonNode array) {
        var rules = new ArrayList<Rule>();
        for (JsonNode node : array) {
            var matchers = new ArrayList<Matcher>();
            for (JsonNode match : node.path("match")) {
                matchers.add(
                        Matcher.of(
                                match.get("label").textValue(),
                                Op.of(match.path("op").asText("=")),
                                match.get("value").textValue()));
            }
            rules.add(
                    new Rule(
                            node.get("metric").textValue(),
                            matchers,
                            node.get("signal").textValue(),
                            Kind.valueOf(upper(node.get("kind"))),
                            Aggregation.valueOf(upper(node.get("aggregation"))),
                            node.has("keep") ? texts(node.get("keep")) : null));
        }
        return List.copyOf(rules);
    }

    private static String upper(JsonNode node) {
        return node.textValue().toUpperCase(Locale.ROOT);
    }
}
