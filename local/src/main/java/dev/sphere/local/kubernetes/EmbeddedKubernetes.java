package dev.sphere.local.kubernetes;

import dev.sphere.local.kafka.LoopbackPort;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import io.fabric8.mockwebserver.vertx.HttpServerRequestHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kubernetes API in this process, on 127.0.0.1 only: fabric8's CRUD server behind {@link
 * ApiDispatcher}. It stores and tells; what makes pods of deployments is the {@link Kubelet}.
 *
 * <p>fabric8's own {@code MockWebServer} is not used around it: that keeps every request it ever
 * got, logs each one, and knows no watches over plain HTTP.
 */
public final class EmbeddedKubernetes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKubernetes.class);
    private static final long PATIENCE_SECONDS = 60;

    private final Vertx vertx;
    private final int port;
    private final ApiDispatcher dispatcher = new ApiDispatcher();
    private final Map<WebSocket, WebSocketListener> watches = new ConcurrentHashMap<>();
    private final KubernetesClient client;
    private boolean closed;

    private EmbeddedKubernetes(int port) {
        this.port = LoopbackPort.freeOr(port);
        this.vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setEventLoopPoolSize(2)
                                .setWorkerPoolSize(1)
                                .setInternalBlockingPoolSize(1)
                                // Neither is needed, and both would write below /tmp.
                                .setFileSystemOptions(
                                        new FileSystemOptions()
                                                .setFileCachingEnabled(false)
                                                .setClassPathResolvingEnabled(false)));
        this.client = new KubernetesClientBuilder().withConfig(config()).build();
    }

    /**
     * Starts an API without any object in it.
     *
     * @param port the port, or 0 for a free one
     */
    public static EmbeddedKubernetes start(int port) {
        var kubernetes = new EmbeddedKubernetes(port);
        try {
            kubernetes.listen();
        } catch (RuntimeException e) {
            kubernetes.close();
            throw e;
        }
        LOG.info("Kubernetes API on {}", kubernetes.url());
        return kubernetes;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** A client of this API; it is closed with it. */
    public KubernetesClient client() {
        return client;
    }

    /** What a client of one's own is built with. */
    public Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withHttp2Disable(true)
                .withNamespace("default")
                .build();
    }

    /** Writes a file for {@code kubectl --kubeconfig} and other processes. */
    public void writeKubeconfig(Path file, String namespace) {
        var text =
                """
                apiVersion: v1
                kind: Config
                clusters:
                - name: sphere-local
                  cluster:
                    server: %s
                contexts:
                - name: sphere-local
                  context:
                    cluster: sphere-local
                    namespace: %s
                    user: sphere-local
                current-context: sphere-local
                users:
                - name: sphere-local
                  user: {}
                """
                        .formatted(url(), namespace);
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the kubeconfig " + file, e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        client.close();
        watches.keySet().forEach(watch -> watch.close(1000, "the API is going"));
        try {
            await(vertx.close(), "the end of the Kubernetes API");
        } catch (IllegalStateException e) {
            LOG.warn("The Kubernetes API did not end in order", e);
        }
        watches.forEach((watch, listener) -> listener.onClosed(watch, 1000, "the API is gone"));
    }

    private void listen() {
        var handler =
                new HttpServerRequestHandler(vertx) {
                    @Override
                    protected MockResponse onHttpRequest(RecordedRequest request) {
                        var answer = dispatcher.dispatch(request);
                        var listener = answer.getWebSocketListener();
                        return listener == null
                                ? answer
                                : answer.withWebSocketUpgrade(new Watch(listener));
                    }
                };
        HttpServer server =
                vertx.createHttpServer(
                                new HttpServerOptions()
                                        .setHost("127.0.0.1")
                                        .setPort(port)
                                        .setHttp2ClearTextEnabled(false)
                                        .setHandle100ContinueAutomatically(true))
                        .requestHandler(
                                request -> {
                                    if (isPlainWatch(request)) {
                                        if ("true".equals(request.getParam("sendInitialEvents"))) {
                                            refuseInitialEvents(request);
                                        } else {
                                            watchOverHttp(request);
                                        }
                                    } else {
                                        handler.handle(request);
                                    }
                                });
        await(server.listen(), "the start of the Kubernetes API on " + url());
    }

    private static boolean isPlainWatch(HttpServerRequest request) {
        var watch = request.getParam("watch");
        // Java's client offers to go on with HTTP/2 by the same header.
        return ("true".equals(watch) || "1".equals(watch))
                && !"websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    /** As an API server without that feature: clients then list first, and watch from there. */
    private static void refuseInitialEvents(HttpServerRequest request) {
        request.response()
                .setStatusCode(422)
                .putHeader("Content-Type", "application/json")
                .end(
                        Statuses.failureBody(
                                422,
                                "Invalid",
                                "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for"
                                        + " watch unless the WatchList feature gate is enabled"));
    }

    private void watchOverHttp(HttpServerRequest request) {
        // client-go says watch=1 or true, the CRUD server only knows the latter.
        var path = request.uri().replaceFirst("([?&])watch=1(&|$)", "$1watch=true$2");
        var recorded =
                new RecordedRequest(
                        "HTTP/1.1",
                        HttpMethod.GET,
                        path,
                        Headers.builder().addAll(request.headers()).build(),
                        null);
        var listener = dispatcher.handleWatch(path).getWebSocketListener();
        var response = request.response();
        response.setChunked(true).putHeader("Content-Type", "application/json");
        response.writeHead();
        var watch = new HttpWatch(recorded, response);
        var wrapped = new Watch(listener);
        response.closeHandler(gone -> wrapped.onClosed(watch, 1000, "closed"));
        response.endHandler(ended -> wrapped.onClosed(watch, 1000, "ended"));
        wrapped.onOpen(watch, null);
    }

    private static <T> T await(Future<T> future, String what) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    what + " took longer than " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }

    /**
     * One watch. fabric8's listener is told of its end only with the API's: it shuts its thread
     * down before it leaves the list of listeners, and a change that comes in between fails, with
     * no answer to who made it and no event for the other watches. What an ended watch is sent
     * until then goes nowhere.
     */
    private final class Watch extends WebSocketListener {
        private final WebSocketListener listener;

        Watch(WebSocketListener listener) {
            this.listener = listener;
        }

        @Override
        public void onOpen(WebSocket webSocket, Response response) {
            watches.put(webSocket, listener);
            listener.onOpen(webSocket, response);
        }

        @Override
        public void onMessage(WebSocket webSocket, String text) {
            listener.onMessage(webSocket, text);
        }

        @Override
        public void onClosing(WebSocket webSocket, int code, String reason) {
            listener.onClosing(webSocket, code, reason);
        }

        @Override
        public void onClosed(WebSocket webSocket, int code, String reason) {
            LOG.debug("A watch has ended: {} {}", code, reason);
        }

        @Override
        public void onFailure(WebSocket webSocket, Throwable error, Response response) {
            LOG.debug("A watch has failed", error);
        }
    }
}
