package dev.sphere.bridge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** Tells over HTTP how the bridge is: {@code /metrics}, {@code /-/healthy} and {@code /-/ready}. */
final class BridgeEndpoint implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(
                    2,
                    task -> {
                        var thread = new Thread(task, "bridge-http");
                        thread.setDaemon(true);
                        return thread;
                    });

    BridgeEndpoint(
            BridgeConfig.Http config,
            PrometheusRegistry registry,
            BooleanSupplier healthy,
            BooleanSupplier ready)
            throws IOException {
        try {
            server = HttpServer.create(new InetSocketAddress(config.host(), config.port()), 0);
        } catch (IOException e) {
            throw new IOException(
                    "http.host, http.port: cannot listen on %s:%d: %s"
                            .formatted(config.host(), config.port(), e.getMessage()),
                    e);
        }
        var formats = ExpositionFormats.init();
        server.createContext("/", exchange -> answer(exchange, 404, "not found\n"));
        server.createContext("/metrics", exchange -> metrics(exchange, registry, formats));
        server.createContext(
                "/-/healthy", exchange -> state(exchange, healthy, "healthy", "no ticks"));
        server.createContext("/-/ready", exchange -> state(exchange, ready, "ready", "not ready"));
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static void metrics(
            HttpExchange exchange, PrometheusRegistry registry, ExpositionFormats formats)
            throws IOException {
        var writer = formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
        var body = new ByteArrayOutputStream();
        writer.write(body, registry.scrape());
        exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
        answer(exchange, 200, body.toByteArray());
    }

    private static void state(HttpExchange exchange, BooleanSupplier claim, String yes, String no)
            throws IOException {
        boolean is = claim.getAsBoolean();
        answer(exchange, is ? 200 : 503, (is ? yes : no) + "\n");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        answer(exchange, status, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
