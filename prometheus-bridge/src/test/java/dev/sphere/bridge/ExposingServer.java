package dev.sphere.bridge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** A real HTTP server that exposes what the test says. */
final class ExposingServer implements AutoCloseable {
    volatile String body = "request_duration_seconds_count{route=\"/\"} 1\n";
    volatile String contentType = "text/plain; version=0.0.4; charset=utf-8";
    volatile int status = 200;
    volatile boolean gzip;

    /** Requests wait for it, if there is one, after their headers are sent. */
    volatile CountDownLatch hold;

    /** Requests that came to wait. */
    final AtomicInteger held = new AtomicInteger();

    final Map<String, String> lastHeaders = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    ExposingServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port() + "/metrics");
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestHeaders()
                .forEach((name, values) -> lastHeaders.put(name, values.get(0)));
        var bytes = new ByteArrayOutputStream();
        if (gzip) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            try (var packed = new GZIPOutputStream(bytes)) {
                packed.write(body.getBytes(StandardCharsets.UTF_8));
            }
        } else {
            bytes.write(body.getBytes(StandardCharsets.UTF_8));
        }
        if (contentType != null) {
            exchange.getResponseHeaders().set("Content-Type", contentType);
        }
        try (exchange) {
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().flush();
            if (hold != null) {
                held.incrementAndGet();
                hold.await();
            }
            exchange.getResponseBody().write(bytes.toByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (hold != null) {
            hold.countDown();
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
