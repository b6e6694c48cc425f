package dev.sphere.connector.redis;

import org.junit.jupiter.api.Tag;

/** All that {@link NewestWriterIT} says of Redis holds for Valkey. */
@Tag("needs-tools")
final class NewestWriterOnValkeyIT extends NewestWriterIT {
    @Override
    TestedServer server() {
        return TestedServer.VALKEY;
    }
}
