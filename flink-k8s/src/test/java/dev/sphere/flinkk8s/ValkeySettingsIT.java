package dev.sphere.flinkk8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.kafka.LoopbackPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.params.SetParams;
import redis.embedded.core.ExecutableProvider;

/**
 * The script and settings of the manifest start a real server, a Redis, and its users may do what
 * they are for and nothing else.
 */
class ValkeySettingsIT {
    private static final String KEY = "forecast:{sock-shop/front-end}:requests";

    @TempDir private static Path folder;
    private static Process server;
    private static LoopbackPort held;
    private static int port;

    @BeforeAll
    static void start() throws IOException {
        // Held all the time: the server may listen where nobody else does, and nobody else may.
        held = LoopbackPort.hold(0);
        port = held.number();
        var settings = Manifest.named("ConfigMap", "valkey-settings");
        // Only paths, address and port are not the pod's.
        Files.writeString(
                folder.resolve("valkey.conf"),
                replaced(
                        replaced(
                                replaced(settings.data("valkey.conf"), "port 6379", "port " + port),
                                "bind * -::*",
                                "bind 127.0.0.1"),
                        "dir /data",
                        "dir " + folder));
        String script = settings.data("start.sh");
        script = replaced(script, "/etc/valkey-password/", folder + "/");
        script = replaced(script, "/etc/valkey/valkey.conf", folder + "/valkey.conf");
        script = replaced(script, "/data/valkey.conf", folder + "/started.conf");
        script =
                replaced(
                        script,
                        "exec valkey-server",
                        "exec "
                                + ExecutableProvider.newJarResourceProvider(folder.toFile())
                                        .get()
                                        .getAbsolutePath());
        Files.writeString(folder.resolve("start.sh"), script);
        // as kubectl makes it, and with the end of line that a file may have
        Files.writeString(folder.resolve("password"), "the writer's");
        Files.writeString(folder.resolve("reader-password"), "the reader's\n");

        server =
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                // It goes with us, even if we are killed: its input ends.
                                "exec 3<&0; /bin/sh \"$0\" 3<&- </dev/null & server=$!;"
                                        + " (read -r _ <&3; kill -9 $server) & exec 3<&-;"
                                        + " wait $server",
                                folder.resolve("start.sh").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("server.log").toFile())
                        .start();
        await().atMost(Duration.ofSeconds(60))
                .failFast(
                        () -> {
                            if (!server.isAlive()) {
                                throw new IllegalStateException(
                                        Files.readString(folder.resolve("server.log")));
                            }
                        })
                .ignoreExceptionsInstanceOf(JedisConnectionException.class)
                .until(
                        () -> {
                            try (var jedis = connect("sphere", "the writer's")) {
                                return jedis.ping().equals("PONG");
                            }
                        });
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.getOutputStream().close();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        if (held != null) {
            held.close();
        }
    }

    @Test
    void theJobWritesForecastsThatExpireAndTheReaderReadsThem() {
        try (var job = connect("sphere", "the writer's");
                var reader = connect("reader", "the reader's")) {
            job.set(KEY, "{}", SetParams.setParams().px(600_000));

            assertThat(reader.get(KEY)).isEqualTo("{}");
            assertThat(reader.ttl(KEY)).isBetween(1L, 600L);
            assertThat(reader.scan("0").getResult()).contains(KEY);
        }
    }

    @Test
    void theJobCanDoNothingElse() {
        try (var job = connect("sphere", "the writer's")) {
            assertThatThrownBy(() -> job.get(KEY)).isInstanceOf(JedisAccessControlException.class);
            assertThatThrownBy(() -> job.set("other", ""))
                    .isInstanceOf(JedisAccessControlException.class);
            assertThatThrownBy(() -> job.configGet("*"))
                    .isInstanceOf(JedisAccessControlException.class);
            assertThatThrownBy(job::flushAll).isInstanceOf(JedisAccessControlException.class);
        }
    }

    @Test
    void theReaderCannotWrite() {
        try (var reader = connect("reader", "the reader's")) {
            assertThatThrownBy(() -> reader.set(KEY, ""))
                    .isInstanceOf(JedisAccessControlException.class);
            assertThatThrownBy(() -> reader.get("other"))
                    .isInstanceOf(JedisAccessControlException.class);
        }
    }

    @Test
    void nobodyGetsInWithoutThePassword() {
        assertThatThrownBy(() -> connect("sphere", "guessed"))
                .isInstanceOf(JedisAccessControlException.class);
        assertThatThrownBy(
                        () -> {
                            try (var nobody = new Jedis("127.0.0.1", port)) {
                                nobody.get(KEY);
                            }
                        })
                .hasMessageContaining("NOAUTH");
    }

    /** As the job's sink connects. */
    private static Jedis connect(String user, String password) {
        var jedis =
                new Jedis(
                        new HostAndPort("127.0.0.1", port),
                        DefaultJedisClientConfig.builder()
                                .resp2()
                                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                                .user(user)
                                .password(password)
                                .build());
        try {
            jedis.connect();
            return jedis;
        } catch (RuntimeException e) {
            jedis.close();
            throw e;
        }
    }

    private static String replaced(String text, String what, String by) {
        assertThat(text).contains(what);
        return text.replace(what, by);
    }
}
