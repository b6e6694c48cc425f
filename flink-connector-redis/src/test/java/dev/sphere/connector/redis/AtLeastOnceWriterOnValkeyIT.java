package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** All that {@link AtLeastOnceWriterIT} says of Redis holds for Valkey. */
@Tag("needs-tools")
final class AtLeastOnceWriterOnValkeyIT extends AtLeastOnceWriterIT {
    @Override
    TestedServer server() {
        return TestedServer.VALKEY;
    }

    @Test
    void isTestedAgainstValkey() {
        try (Jedis client = redis.client()) {
            assertThat(client.info("server")).contains("server_name:valkey");
        }
    }
}
