package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAddressTest {

    @ParameterizedTest
    @CsvSource({
        "redis://localhost, redis://localhost:6379/0",
        "redis://redis:7000/3, redis://redis:7000/3",
        "rediss://job@redis.shop.svc:6380/, rediss://job@redis.shop.svc:6380/0",
        "redis://[::1]:6379, redis://[::1]:6379/0",
    })
    void readsAUri(String uri, String expected) {
        assertThat(RedisAddress.parse(uri)).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            http://redis        | has the scheme http
            redis:              | is not a URI
            redis:///0          | has no host
            redis://redis/cache | names the database "cache"
            redis://a b         | is not a URI
            """)
    void saysWhatIsWrongWithAUri(String uri, String wrong) {
        assertThatThrownBy(() -> RedisAddress.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(uri)
                .hasMessageContaining(wrong)
                .hasMessageContaining("expected redis://[user@]host[:port][/database]");
    }

    @Test
    void refusesAPasswordWithoutRepeatingIt() {
        assertThatThrownBy(() -> RedisAddress.parse("redis://job:hunter2@redis"))
                .hasMessageContaining("redis://***@redis carries a password")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
        assertThatThrownBy(() -> RedisAddress.parse("redis://job:hunter 2@redis"))
                .hasMessageNotContaining("hunter")
                .hasNoCause();
    }
}
