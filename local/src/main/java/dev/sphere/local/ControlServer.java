package dev.sphere.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The control address of a run: {@code GET /status} for what the screen shows, {@code POST
 * /outage/kafka?for=30s} to stop a part for a while.
 */
final class ControlServer implements AutoCloseable {
    private final HttpServer server;
    private final Outages outages;
    private final Supplier<String> status;

    private ControlServer(HttpServer server, Outages outages, Supplier<String> status) {
        this.server = server;
        this.outages = outages;
        this.status = status;
    }

    static ControlServer start(int port, Outages outages, Supplier<String> status)
            throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        var control = new ControlServer(server, outages, status);
        server.createContext("/", control::answer);
        server.start();
        return control;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean post = exchange.getRequestMethod().equals("POST");
        if (path.equals("/status") && !post) {
            send(exchange, 200, status.get());
        } else if (path.startsWith("/outage/") && post) {
            outage(exchange, path.substring("/outage/".length()));
        } else {
            send(exchange, 404, "expected GET /status or POST /outage/{kafka|redis}?for=30s");
        }
    }

    private void outage(HttpExchange exchange, String part) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        try {
            var length =
                    query != null && query.startsWith("for=")
                            ? Times.parse(query.substring("for=".length()))
                            : Outages.USUAL;
            send(exchange, 202, outages.begin(part, length));
        } catch (IllegalArgumentException e) {
            send(exchange, 400, e.getMessage());
        } catch (IllegalStateException e) {
            send(exchange, 409, e.getMessage());
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
