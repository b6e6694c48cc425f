package dev.sphere.connector.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.embedded.RedisServer;

/** A real Redis on a free port of 127.0.0.1 that can stop and come back with its data. */
final class EmbeddedRedis implements AutoCloseable {
    private final int port;
    private final Path folder;
    private RedisServer server;
    private List<String> settings;

    private EmbeddedRedis(int port, Path folder) {
        this.port = port;
        this.folder = folder;
    }

    static EmbeddedRedis start(Path folder, String... settings) throws IOException {
        EmbeddedRedis redis = new EmbeddedRedis(freePort(), folder);
        redis.start(settings);
        return redis;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void start(String... settings) throws IOException {
        this.settings = List.of(settings);
        restart();
    }

    void restart() throws IOException {
        var builder =
                RedisServer.newRedisServer()
                        .port(port)
                        .bind("127.0.0.1")
                        .setting("dir " + folder)
                        .setting("save \"\"")
                        // what it has acknowledged survives its stop
                        .setting("appendonly yes");
        settings.forEach(builder::setting);
        server = builder.build();
        server.start();
    }

    void stop() throws IOException {
        server.stop();
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    Jedis client() {
        return new Jedis(new HostAndPort("127.0.0.1", port));
    }

    Jedis client(String password) {
        return new Jedis(
                new HostAndPort("127.0.0.1", port),
                DefaultJedisClientConfig.builder().password(password).build());
    }

    @Override
    public void close() throws IOException {
        if (server.isActive()) {
            server.stop();
        }
    }
}
