package dev.sphere.connector.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisCommandTest {

    @ParameterizedTest
    @MethodSource("commands")
    void saysOnTheWireWhatRedisExpects(String expected, RedisCommand command) {
        assertThat(wire(command)).isEqualTo(expected);
    }

    static List<Arguments> commands() {
        var ttl = Duration.ofSeconds(90);
        return List.of(
                Arguments.of("SET k v", RedisCommand.set("k", "v")),
                Arguments.of("SET k v PX 90000", RedisCommand.set("k", "v", ttl)),
                Arguments.of("SET k v", RedisCommand.set("k", new byte[] {'v'})),
                Arguments.of("HSET k f v", RedisCommand.hset("k", Map.of("f", "v"))),
                Arguments.of("PEXPIRE k 90000", RedisCommand.expire("k", ttl)),
                Arguments.of("DEL k", RedisCommand.del("k")),
                Arguments.of("SADD k a b", RedisCommand.sadd("k", "a", "b")),
                Arguments.of("ZADD k 1.5 m", RedisCommand.zadd("k", 1.5, "m")),
                Arguments.of("PUBLISH c hello", RedisCommand.publish("c", "hello")),
                Arguments.of(
                        "XADD s MAXLEN ~ 1000 * f v",
                        RedisCommand.xadd("s", 1000, Map.of("f", "v"))),
                Arguments.of("INCRBY k 3", RedisCommand.of("incrby", "k", "3")),
                Arguments.of("PING", RedisCommand.of("PING")),
                Arguments.of("APPEND k v", RedisCommand.withKey("APPEND", "k", new byte[] {'v'})));
    }

    @Test
    void takesThePrefixBeforeItsKeyOnly() {
        assertThat(wire(RedisCommand.of("LPUSH", "k", "k").prefixed("p:")))
                .isEqualTo("LPUSH p:k k");
        assertThat(wire(RedisCommand.of("PING").prefixed("p:"))).isEqualTo("PING");
    }

    @Test
    void showsNoValue() {
        assertThat(RedisCommand.set("k", "secret")).hasToString("SET k");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "CONFIG SET", "SET\r\n"})
    void isOneWord(String name) {
        assertThatThrownBy(() -> RedisCommand.of(name, "k"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected one word");
    }

    @Test
    void saysWhatItLacks() {
        assertThatThrownBy(() -> RedisCommand.hset("k", Map.of()))
                .hasMessage("HSET k: no fields, expected at least 1");
        assertThatThrownBy(() -> RedisCommand.sadd("k"))
                .hasMessage("SADD k: no members, expected at least 1");
        assertThatThrownBy(() -> RedisCommand.set("k", "v", Duration.ZERO))
                .hasMessage("SET k: time to live PT0S, expected at least 1 ms");
        assertThatThrownBy(() -> RedisCommand.xadd("k", 0, Map.of("f", "v")))
                .hasMessage("XADD k: maximum length 0, expected at least 1");
    }

    private static String wire(RedisCommand command) {
        String arguments =
                command.arguments().stream()
                        .map(argument -> " " + new String(argument, UTF_8))
                        .collect(Collectors.joining());
        return command.name() + arguments;
    }
}
