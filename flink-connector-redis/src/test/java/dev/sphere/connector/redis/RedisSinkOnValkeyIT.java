package dev.sphere.connector.redis;

import org.junit.jupiter.api.Tag;

/** All that {@link RedisSinkIT} says of Redis holds for Valkey. */
@Tag("needs-tools")
final class RedisSinkOnValkeyIT extends RedisSinkIT {
    @Override
    TestedServer server() {
        return TestedServer.VALKEY;
    }
}
