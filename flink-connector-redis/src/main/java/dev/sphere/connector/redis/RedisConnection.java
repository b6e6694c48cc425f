package dev.sphere.connector.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * The connection of one writer, made when it is needed, that sends commands in pipelines. Used by
 * one thread; any may close it.
 */
final class RedisConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);

    /**
     * Bytes that may be on their way without a reply. They fit into the socket's send buffer, so
     * that a server that stopped reading is met by the timeout of the next read: Java has none for
     * writes.
     */
    private static final int MOST_BYTES_UNANSWERED = 128 * 1024;

    private final RedisSettings settings;
    private final Runnable onReconnect;
    private final RedisSocketFactory sockets;
    private Connection connection;
    private boolean wasConnected;

    RedisConnection(RedisSettings settings, Runnable onReconnect) {
        this.settings = settings;
        this.onReconnect = onReconnect;
        this.sockets = new RedisSocketFactory(settings, 2 * MOST_BYTES_UNANSWERED);
    }

    /** Connects unless that is done already. */
    void open() throws IOException {
        if (connection != null) {
            return;
        }
        connection = new Connection(sockets, clientConfig());
        LOG.debug("connected to {}", settings.address());
        if (wasConnected) {
            onReconnect.run();
        }
        wasConnected = true;
    }

    /**
     * Sends commands in one pipeline.
     *
     * @return a reply for each; a {@link redis.clients.jedis.exceptions.JedisDataException} where
     *     Redis answered with an error
     * @throws JedisConnectionException if the connection broke; any of the commands may have been
     *     carried out
     */
    List<Object> send(List<RedisCommand> commands) throws IOException {
        open();
        List<Object> replies = new ArrayList<>(commands.size());
        int unanswered = 0;
        long bytes = 0;
        for (RedisCommand command : commands) {
            CommandArguments wire = new CommandArguments(new CommandName(command.name()));
            command.arguments().forEach(wire::add);
            long length = command.wireLength();
            if (unanswered > 0 && bytes + length > MOST_BYTES_UNANSWERED) {
                replies.addAll(connection.getMany(unanswered));
                unanswered = 0;
                bytes = 0;
            }
            connection.sendCommand(wire);
            unanswered++;
            bytes += length;
        }
        replies.addAll(connection.getMany(unanswered));
        return replies;
    }

    /** Lets go of a connection that cannot be trusted any more; the next send makes a new one. */
    void reset() {
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.forceDisconnect();
            } catch (IOException | JedisConnectionException e) {
                LOG.debug("while closing the connection to {}", settings.address(), e);
            }
        }
    }

    /** For good. Another thread that connects, sends or waits for replies fails at once. */
    @Override
    public void close() {
        try {
            sockets.close();
        } catch (IOException e) {
            LOG.debug("while closing the connection to {}", settings.address(), e);
        }
    }

    private JedisClientConfig clientConfig() throws IOException {
        RedisAddress address = settings.address();
        DefaultJedisClientConfig.Builder config =
                DefaultJedisClientConfig.builder()
                        .resp2()
                        .socketTimeoutMillis(settings.timeout())
                        .database(address.database())
                        // an ACL user may well have no right to CLIENT
                        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (address.user() != null) {
            config.user(address.user());
        }
        if (settings.password() != null) {
            config.password(settings.password().read());
        }
        return config.build();
    }

    /** Any command's name in Jedis' terms. */
    private record CommandName(String name) implements ProtocolCommand {
        @Override
        public byte[] getRaw() {
            return name.getBytes(UTF_8);
        }
    }
}
