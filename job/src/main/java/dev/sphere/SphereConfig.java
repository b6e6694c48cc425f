package dev.sphere;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sphere.forecast.ForecastSettings;
import dev.sphere.forecast.HoltWinters;
import dev.sphere.forecast.Season;
import dev.sphere.observe.ObserveSettings;
import dev.sphere.policy.Policy;
import dev.sphere.policy.PolicyException;
import dev.sphere.policy.PolicyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Every setting of the job, typed and validated. The settings, their defaults and what they mean
 * are written down once, in {@code sphere-config.schema.json}.
 */
public record SphereConfig(
        Kafka kafka,
        Redis redis,
        Kubernetes kubernetes,
        int maxRecordBytes,
        ObserveSettings observe,
        ForecastSettings forecast,
        Recommend recommend,
        Scale scale) {
    static final String SCHEMA = "sphere-config.schema.json";
    static final String ENVIRONMENT_PREFIX = "SPHERE_JOB_";

    private static final int MAX_SIGNALS = 100;
    private static final long MAX_GAP_STEPS = 1_000_000;
    private static final Pattern PASSWORD = Pattern.compile("//[^@/?#]*(:|%3[aA]).*@");

    /**
     * @param calendar empty means that there is none
     * @param properties further settings of the clients; may hold secrets, so it is never printed
     */
    public record Kafka(
            String bootstrap,
            String group,
            String metrics,
            String predictions,
            String decisions,
            String rejected,
            String calendar,
            Properties properties) {
        public boolean hasCalendar() {
            return !calendar.isEmpty();
        }

        @Override
        public String toString() {
            return "Kafka[bootstrap=%s, group=%s, topics=%s %s %s %s %s, properties=%s]"
                    .formatted(
                            bootstrap,
                            group,
                            metrics,
                            predictions,
                            decisions,
                            rejected,
                            calendar,
                            properties.stringPropertyNames());
        }
    }

    /** An empty uri means that there is no Redis. */
    public record Redis(String uri, String passwordFile, String keyPrefix, Duration ttl) {
        public boolean exists() {
            return !uri.isEmpty();
        }

        @Override
        public String toString() {
            return "Redis[uri=%s, keyPrefix=%s, ttl=%s]"
                    .formatted(uri.replaceAll("//[^@/]*@", "//***@"), keyPrefix, ttl);
        }
    }

    /** An empty kubeconfig means the service account of the pod. */
    public record Kubernetes(boolean enabled, String kubeconfig) {}

    public record Recommend(List<Policy> policies, Duration maxAge, Duration reissueAfter) {}

    public record Scale(int threads, Duration timeout) {}

    /**
     * Reads and checks a configuration.
     *
     * @param file YAML
     * @param sets dotted key to value; they override the file and the environment
     * @param environment variables named {@code SPHERE_JOB_} + key override the file
     * @throws IllegalArgumentException naming the file, key, value and what was expected, for all
     *     that is wrong
     * @throws IOException if the file cannot be read
     */
    public static SphereConfig load(
            Path file, Map<String, String> sets, Map<String, String> environment)
            throws IOException {
        var config = ConfigFile.read(file, sets, environment, ENVIRONMENT_PREFIX, SCHEMA);
        var folder = file.toAbsolutePath().getParent();
        // Settings that are fine each by itself, but not together.
        var errors = new Errors(file);
        var read =
                new SphereConfig(
                        errors.collect(() -> kafka(config.get("kafka"), folder)),
                        errors.collect(() -> redis(config.get("redis"), folder)),
                        new Kubernetes(
                                config.at("/kubernetes/enabled").asBoolean(),
                                resolved(folder, config.at("/kubernetes/kubeconfig").asText())),
                        config.at("/observe/max-record-bytes").asInt(),
                        errors.collect(() -> observe(config)),
                        forecast(config, errors, List.of()),
                        errors.collect(() -> recommend(config.get("recommend"), folder)),
                        new Scale(
                                config.at("/scale/threads").asInt(),
                                duration(config.at("/scale/timeout"))));
        errors.throwIfAny();
        return read;
    }

    /** What is wrong, with the file that it is in. */
    private static final class Errors {
        private final Path file;
        private final List<String> found = new ArrayList<>();

        Errors(Path file) {
            this.file = file;
        }

        <T> T collect(Supplier<T> section) {
            try {
                return section.get();
            } catch (PolicyException e) {
                found.addAll(e.errors()); // they name their own files
            } catch (IllegalArgumentException e) {
                e.getMessage().lines().forEach(error -> found.add(file + ": " + error));
            }
            return null;
        }

        void throwIfAny() {
            if (!found.isEmpty()) {
                throw new IllegalArgumentException(String.join(System.lineSeparator(), found));
            }
        }
    }

    private static Kafka kafka(JsonNode kafka, Path folder) {
        var properties = new Properties();
        for (var property : kafka.get("properties").properties()) {
            properties.setProperty(property.getKey(), property.getValue().asText());
        }
        String file = resolved(folder, kafka.get("properties-file").asText());
        if (!file.isEmpty()) {
            try (var in = Files.newBufferedReader(Path.of(file))) {
                properties.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "kafka.properties-file: %s, expected a readable properties file"
                                .formatted(file),
                        e);
            }
        }
        return new Kafka(
                kafka.get("bootstrap").asText(),
                kafka.get("group").asText(),
                kafka.get("metrics").asText(),
                kafka.get("predictions").asText(),
                kafka.get("decisions").asText(),
                kafka.get("rejected").asText(),
                kafka.get("calendar").asText(),
                properties);
    }

    private static Redis redis(JsonNode redis, Path folder) {
        if (PASSWORD.matcher(redis.get("uri").asText()).find()) {
            throw new IllegalArgumentException(
                    "redis.uri: ***, expected no password in it: name a file in"
                            + " redis.password-file");
        }
        return new Redis(
                redis.get("uri").asText(),
                resolved(folder, redis.get("password-file").asText()),
                redis.get("key-prefix").asText(),
                duration(redis.get("ttl")));
    }

    private static ObserveSettings observe(ObjectNode config) {
        var observe = config.get("observe");
        long step = millis(observe.get("step"));
        return new ObserveSettings(
                step,
                millis(observe.get("grace")),
                millis(observe.get("amend-for")),
                millis(observe.get("max-future")),
                millis(observe.get("forget-series-after")),
                millis(observe.get("forget-service-after")),
                millis(observe.get("start-up")),
                observe.get("max-series").asInt(),
                MAX_SIGNALS,
                (int) Math.min(MAX_GAP_STEPS, Math.max(1, millis(observe.get("max-gap")) / step)));
    }

    private static ForecastSettings forecast(
            ObjectNode config, Errors errors, List<Integer> steps) {
        var forecast = config.get("forecast");
        long step = millis(config.at("/observe/step"));
        var model =
                errors.collect(
                        () ->
                                new HoltWinters(
                                        forecast.get("alpha").asDouble(),
                                        forecast.get("beta").asDouble(),
                                        forecast.get("gamma").asDouble(),
                                        forecast.get("phi").asDouble(),
                                        Season.of(
                                                millis(forecast.get("season")),
                                                millis(forecast.get("season-bin")),
                                                step)));
        return errors.collect(
                () ->
                        new ForecastSettings(
                                step,
                                model,
                                otherSeasons(forecast, step),
                                millis(forecast.get("horizon")),
                                millis(forecast.get("furthest")),
                                forecast.get("points").asInt(),
                                steps,
                                forecast.get("window").asInt(),
                                forecast.get("warm-up").asInt(),
                                millis(forecast.get("memory")),
                                millis(forecast.get("refit-every"))));
    }

    /**
     * How the job forecasts where its file says nothing, but at a given step and for given steps
     * ahead; the furthest of them is the horizon.
     *
     * @param seasons their lengths, the main one first; null for those that are the default
     */
    public static ForecastSettings defaultForecast(
            Duration step, List<Duration> seasons, List<Integer> steps) {
        ObjectNode config;
        try {
            config = ConfigFile.defaults(SCHEMA);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int furthest = steps.stream().mapToInt(Integer::intValue).max().orElse(1);
        String horizon = step.multipliedBy(furthest).toMillis() + "ms";
        config.withObject("/observe").put("step", step.toMillis() + "ms");
        ObjectNode forecast = config.withObject("/forecast");
        forecast.put("horizon", horizon).put("furthest", horizon).put("points", 1);
        if (seasons != null) {
            var main = seasons.isEmpty() ? Duration.ZERO : seasons.get(0);
            forecast.put("season", main.toMillis() + "ms");
            var others = forecast.putArray("other-seasons");
            seasons.stream().skip(1).forEach(other -> others.add(other.toMillis() + "ms"));
        }
        var errors = new Errors(Path.of("forecast"));
        var settings = forecast(config, errors, steps);
        errors.throwIfAny();
        return settings;
    }

    private static List<Season> otherSeasons(JsonNode forecast, long step) {
        long bin = millis(forecast.get("season-bin"));
        List<Season> seasons = new ArrayList<>();
        forecast.get("other-seasons")
                .forEach(length -> seasons.add(Season.of(millis(length), bin, step)));
        return seasons;
    }

    private static Recommend recommend(JsonNode recommend, Path folder) {
        List<Path> policies = new ArrayList<>();
        recommend.get("policies").forEach(file -> policies.add(folder.resolve(file.asText())));
        return new Recommend(
                PolicyFile.readAll(policies),
                duration(recommend.get("max-age")),
                duration(recommend.get("reissue-after")));
    }

    private static String resolved(Path folder, String file) {
        return file.isEmpty() ? "" : folder.resolve(file).toString();
    }

    private static long millis(JsonNode duration) {
        return duration(duration).toMillis();
    }

    /** The schema has made sure that it is one. */
    private static Duration duration(JsonNode duration) {
        String text = duration.asText();
        String unit = text.replaceAll("[0-9.]", "");
        double number = Double.parseDouble(text.substring(0, text.length() - unit.length()));
        long unitMillis =
                switch (unit) {
                    case "ms" -> 1L;
                    case "s" -> 1_000L;
                    case "m" -> 60_000L;
                    case "h" -> 3_600_000L;
                    default -> 86_400_000L;
                };
        long least = number > 0 ? 1 : 0; // what is above 0 stays above 0
        return Duration.ofMillis(Math.max(least, Math.round(number * unitMillis)));
    }
}
