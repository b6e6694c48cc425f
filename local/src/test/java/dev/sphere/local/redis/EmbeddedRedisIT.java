package dev.sphere.local.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kafka.LoopbackPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

class EmbeddedRedisIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    @TempDir Path dir;

    @Test
    void comesBackEmptyOnTheSamePort() {
        try (var redis = EmbeddedRedis.start(dir, 0)) {
            String uri = redis.uri();
            try (var client = new Jedis(uri)) {
                client.set("sphere", "1");
                assertThat(client.get("sphere")).isEqualTo("1");
            }

            redis.stop();
            assertThatThrownBy(() -> ping(uri)).isInstanceOf(JedisConnectionException.class);

            redis.start();
            try (var client = new Jedis(uri)) {
                assertThat(client.exists("sphere")).isFalse();
            }
            assertThat(redis.uri()).isEqualTo(uri);
        }
    }

    @Test
    void listensOnTheLoopbackOnly() {
        try (var redis = EmbeddedRedis.start(dir, 0);
                var client = new Jedis(redis.uri())) {
            assertThat(client.configGet("bind")).containsEntry("bind", "127.0.0.1");
        }
    }

    @Test
    void leavesNoProcessFileOrPortAndClosesTwice() throws IOException {
        var redis = EmbeddedRedis.start(dir, 0);
        var children = ProcessHandle.current().descendants().toList();
        assertThat(children).isNotEmpty();

        redis.close();
        redis.close();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
        try (var files = Files.list(dir)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactly("redis.log");
        }
        new ServerSocket(redis.port(), 1, LoopbackPort.loopback()).close();
        assertThatThrownBy(redis::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void diesWithAProcessThatIsKilledHard() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var owner =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Owner.class.getName(),
                                dir.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (var out =
                new BufferedReader(
                        new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            String uri = out.readLine();
            assertThat(ping(uri)).isEqualTo("PONG");

            owner.destroyForcibly();

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThatThrownBy(() -> ping(uri))
                                            .isInstanceOf(JedisConnectionException.class));
        }
    }

    @Test
    void saysWhyRedisDidNotStart() throws IOException {
        int port = LoopbackPort.freeOr(0);
        // Every interface: the check for 127.0.0.1 alone would find it free on some systems.
        try (var taken = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
            assertThatThrownBy(() -> EmbeddedRedis.start(dir, taken.getLocalPort()))
                    .hasMessageContaining(String.valueOf(port));
        }
    }

    private static String ping(String uri) {
        try (var client = new Jedis(uri)) {
            return client.ping();
        }
    }

    /** The process that is killed. */
    static final class Owner {
        public static void main(String[] args) throws InterruptedException {
            var redis = EmbeddedRedis.start(Path.of(args[0]), 0);
            System.out.println(redis.uri());
            Thread.currentThread().join();
        }
    }
}
