package dev.sphere.local.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;

/**
 * A TCP port on 127.0.0.1, given or free, that stays ours while the server behind it is stopped.
 *
 * <p>A held port refuses connections as a closed one does, but nobody can take it: without that, a
 * client that keeps trying to reconnect to a stopped server may be given this very port as its own
 * end of the connection, connect to itself, and the server could not come back.
 */
public final class LoopbackPort implements AutoCloseable {
    private final int number;
    private Socket holder;

    private LoopbackPort(int number, Socket holder) {
        this.number = number;
        this.holder = holder;
    }

    /**
     * Takes hold of a port until {@link #release()}.
     *
     * @param port the port, or 0 for a free one
     * @throws UncheckedIOException if the port is in use
     */
    public static LoopbackPort hold(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "port: " + port + " is not between 0 (any free port) and 65535");
        }
        var holder = bind(port);
        return new LoopbackPort(holder.getLocalPort(), holder);
    }

    /** A port that nobody listens on at this moment, or {@code port} itself if it is not 0. */
    public static int freeOr(int port) {
        try (var held = hold(port)) {
            return held.number();
        }
    }

    public int number() {
        return number;
    }

    public String address() {
        return "127.0.0.1:" + number;
    }

    /** Lets go of the port; the server must bind it now. */
    public synchronized void release() {
        if (holder != null) {
            closeQuietly(holder);
            holder = null;
        }
    }

    /** Takes hold of the port again, after its server has stopped. */
    public synchronized void holdAgain() {
        if (holder == null) {
            holder = bind(number);
        }
    }

    @Override
    public void close() {
        release();
    }

    /** 127.0.0.1, without asking a name service. */
    public static InetAddress loopback() {
        try {
            return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("127.0.0.1 has four bytes", e);
        }
    }

    // Bound but not listening: a connection is refused, and the kernel gives the port to nobody.
    private static Socket bind(int port) {
        var socket = new Socket();
        try {
            // Connections of the stopped server may still be in TIME_WAIT.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(loopback(), port));
            return socket;
        } catch (BindException e) {
            closeQuietly(socket);
            throw new UncheckedIOException(
                    "port "
                            + port
                            + " on 127.0.0.1 is not available ("
                            + e.getMessage()
                            + "); give another one, or 0 for any free port",
                    e);
        } catch (IOException e) {
            closeQuietly(socket);
            throw new UncheckedIOException("cannot bind port " + port + " on 127.0.0.1", e);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // A bound socket without a connection has nothing to flush, so nothing is lost.
            throw new UncheckedIOException("cannot let go of a port", e);
        }
    }
}
