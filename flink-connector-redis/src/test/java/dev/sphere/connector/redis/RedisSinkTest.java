package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RedisSinkTest {

    @Test
    void namesAllWrongSettingsAtOnce() {
        var builder =
                RedisSink.<String>builder()
                        .uri("redis://job@redis")
                        .batchSize(0)
                        .flushInterval(Duration.ZERO)
                        .backoff(Duration.ofSeconds(2), Duration.ofSeconds(1));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Redis sink: the uri names a user, but there is no password file or"
                                + " variable; commands is missing; mode is missing, expected"
                                + " AT_LEAST_ONCE or NEWEST; batchSize is 0, expected at least 1;"
                                + " flushInterval is PT0S, expected 1 ms to 24 days; first backoff"
                                + " PT2S is longer than the most PT1S");
    }

    @Test
    void saysWhereThePasswordIsButNotWhat(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "hunter2\n");

        var sink = valid().uri("redis://job@redis").passwordFile(file.toString()).build();

        assertThat(sink.toString())
                .contains("address=redis://job@redis:6379/0", "password=file " + file)
                .doesNotContain("hunter2");
        assertThat(new String(InstantiationUtil.serializeObject(sink), "ISO-8859-1"))
                .doesNotContain("hunter2");
    }

    @Test
    void refusesToStartWithoutItsPassword(@TempDir Path folder) {
        String missing = folder.resolve("missing").toString();
        var sink = valid().passwordFile(missing).build();

        assertThatThrownBy(() -> sink.createWriter(null)).hasMessageContaining(missing);
    }

    @Test
    void refusesToStartWithAnEmptyPasswordVariable() {
        var sink = valid().passwordVariable("SPHERE_NO_SUCH_VARIABLE").build();

        assertThatThrownBy(() -> sink.createWriter(null))
                .hasMessage(
                        "Redis password: environment variable SPHERE_NO_SUCH_VARIABLE is empty or"
                                + " not set");
    }

    @ParameterizedTest
    @MethodSource("settings")
    void explainsEachSettingInTheReadme(String setting) throws Exception {
        assertThat(Files.readString(Path.of("README.md"))).contains("| `" + setting + "` |");
    }

    static List<String> settings() {
        return Arrays.stream(RedisSink.Builder.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !name.equals("build"))
                .toList();
    }

    private static RedisSink.Builder<String> valid() {
        return RedisSink.<String>builder()
                .uri("redis://127.0.0.1:1")
                .mode(DeliveryMode.NEWEST)
                .commands(text -> List.of(RedisCommand.set(text, text)));
    }
}
