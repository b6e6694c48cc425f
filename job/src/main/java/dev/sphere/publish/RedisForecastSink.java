package dev.sphere.publish;

import dev.sphere.connector.redis.DeliveryMode;
import dev.sphere.connector.redis.RedisCommand;
import dev.sphere.connector.redis.RedisSink;
import java.time.Duration;
import java.util.List;

/**
 * Keeps the newest prediction of each service and signal in Redis: a view of the topic {@code
 * predictions} that may lag behind it, but never holds the job up.
 */
public final class RedisForecastSink {
    private RedisForecastSink() {}

    /**
     * A sink to which a password, authorities to trust, or timeouts may be added.
     *
     * @param uri {@code redis://[user@]host[:port][/database]}, or {@code rediss://} for TLS
     * @param keyPrefix comes before {@code forecast:{service}:signal}; may be empty
     * @param ttl how long a prediction stays when none follows
     */
    public static RedisSink.Builder<Prediction> builder(
            String uri, String keyPrefix, Duration ttl) {
        return RedisSink.<Prediction>builder()
                .uri(uri)
                .keyPrefix(keyPrefix)
                .mode(DeliveryMode.NEWEST)
                .commands(prediction -> List.of(set(prediction, ttl)));
    }

    static RedisCommand set(Prediction prediction, Duration ttl) {
        return RedisCommand.set(key(prediction), PredictionJson.bytes(prediction), ttl);
    }

    /** The braces keep all of one service in one slot of a Redis cluster. */
    static String key(Prediction prediction) {
        return "forecast:{" + prediction.service() + "}:" + prediction.forecast().signal();
    }
}
