package dev.sphere.local.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.ScanParams;

/**
 * One of the newest forecasts, as Redis has it.
 *
 * @param health how far it can be trusted: cold, warm or skilled
 * @param observed the load now; null while it is unknown
 * @param expected 0.9 quantile of the greatest load within the horizon; null while it is unknown
 * @param withinMillis that horizon
 * @param issuedAt in epoch milliseconds
 */
public record ForecastView(
        String service,
        String signal,
        String health,
        Double observed,
        Double expected,
        long withinMillis,
        long issuedAt) {
    private static final String KEYS = "forecast:*";
    private static final int BATCH = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All forecasts of a Redis, by service and signal. */
    public static List<ForecastView> in(URI redis) {
        try (var client = RedisClient.create(redis)) {
            var found = new ArrayList<ForecastView>();
            var match = new ScanParams().match(KEYS).count(BATCH);
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                var page = client.scan(cursor, match);
                for (String key : page.getResult()) {
                    String json = client.get(key);
                    if (json != null) { // else it has expired since
                        found.add(of(key, json));
                    }
                }
                cursor = page.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
            // SCAN may return a key twice.
            return found.stream()
                    .distinct()
                    .sorted(
                            Comparator.comparing(ForecastView::service)
                                    .thenComparing(ForecastView::signal))
                    .toList();
        }
    }

    private static ForecastView of(String key, String json) {
        try {
            JsonNode prediction = JSON.readTree(json);
            return new ForecastView(
                    prediction.path("service").asText(),
                    prediction.path("signal").asText(),
                    prediction.path("health").asText(),
                    number(prediction.at("/observed/value")),
                    number(prediction.at("/peak/p90")),
                    prediction.at("/peak/within").asLong(),
                    prediction.path("issuedAt").asLong());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("key " + key + " in Redis holds no prediction", e);
        }
    }

    /** The messages write an unknown number as text, "NaN". */
    private static Double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : null;
    }
}
