package dev.sphere.connector.redis;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/** A real server on a free port of 127.0.0.1 that can stop and come back with its data. */
final class EmbeddedRedis implements AutoCloseable {
    private final HeldPort port = new HeldPort();
    private final Path folder;
    private final File executable;
    private final List<String> settings;
    private RedisServer server;

    private EmbeddedRedis(TestedServer kind, Path folder, List<String> settings)
            throws IOException {
        this.folder = folder;
        this.executable = kind.executable(folder);
        this.settings = settings;
    }

    static EmbeddedRedis start(TestedServer kind, Path folder, String... settings)
            throws IOException {
        EmbeddedRedis redis = new EmbeddedRedis(kind, folder, List.of(settings));
        redis.restart();
        return redis;
    }

    void restart() throws IOException {
        var builder =
                RedisServer.newRedisServer()
                        .executableProvider(() -> executable)
                        .port(port.number())
                        .bind("127.0.0.1")
                        .setting("dir " + folder)
                        .setting("save \"\"")
                        // what it has acknowledged survives its stop
                        .setting("appendonly yes");
        settings.forEach(builder::setting);
        server = builder.build();
        port.release();
        server.start();
    }

    void stop() throws IOException {
        server.stop();
        port.hold();
    }

    String uri() {
        return "redis://127.0.0.1:" + port.number();
    }

    Jedis client() {
        return new Jedis(new HostAndPort("127.0.0.1", port.number()));
    }

    Jedis client(String password) {
        return new Jedis(
                new HostAndPort("127.0.0.1", port.number()),
                DefaultJedisClientConfig.builder().password(password).build());
    }

    @Override
    public void close() throws IOException {
        if (server.isActive()) {
            server.stop();
        }
        port.release();
    }

    /**
     * A free port that stays ours while no server is on it: bound, but nobody listens. Else a sink
     * that keeps trying to connect could be given this very port as its own end.
     */
    static final class HeldPort {
        private final int number;
        private Socket holder;

        HeldPort() throws IOException {
            bind(0);
            number = holder.getLocalPort();
        }

        private void bind(int wanted) throws IOException {
            holder = new Socket();
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
        }

        int number() {
            return number;
        }

        void hold() throws IOException {
            bind(number);
        }

        void release() throws IOException {
            holder.close();
        }
    }
}
