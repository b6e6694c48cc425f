package dev.sphere.sockshop;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * The way to the services: chooses a ready pod, and keeps its connections. Used by pods for each
 * other and by whoever plays the users.
 */
public final class ShopClient {

    /** The status of a request that nobody answered. */
    public static final int NO_ANSWER = Replica.NO_ANSWER;

    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;
    // A pod that left while its address was on the way, or a machine that is late.
    private static final int CONNECTION_TRIES = 3;
    // The deadline that the real orders service gives the services behind it.
    private static final int ANSWER_TIMEOUT_MILLIS = 5_000;
    private static final int USER_PATIENCE_MILLIS = 10_000;
    // More than a replica has places to work and wait in, so that it is the pod that refuses.
    private static final int CONNECTIONS_PER_POD = 160;
    private static final int WAITING_PER_POD = 1_000;

    private final Context context;
    private final HttpClient http;
    private final Endpoints endpoints;
    private final ShopStatistics statistics;

    ShopClient(Vertx vertx, Endpoints endpoints, ShopStatistics statistics) {
        this.context = vertx.getOrCreateContext();
        this.endpoints = endpoints;
        this.statistics = statistics;
        this.http =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                                .setKeepAlive(true),
                        new PoolOptions()
                                .setHttp1MaxSize(CONNECTIONS_PER_POD)
                                .setMaxWaitQueueSize(WAITING_PER_POD));
    }

    /**
     * Sends a user's request to front-end, from any thread. Answers the status, or {@link
     * #NO_ANSWER}; it never fails.
     */
    public CompletionStage<Integer> send(RouteRequest request) {
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        HttpMethod method = HttpMethod.valueOf(request.method());
        context.runOnContext(
                ignored ->
                        call(
                                        ShopService.FRONT_END,
                                        method,
                                        request.path(),
                                        request.body(),
                                        USER_PATIENCE_MILLIS)
                                .onSuccess(answer::complete));
        return answer;
    }

    /** Calls a service from the event loop of the caller; the future never fails. */
    Future<Integer> call(ShopService service, HttpMethod method, String path, String body) {
        return call(service, method, path, body, ANSWER_TIMEOUT_MILLIS);
    }

    private Future<Integer> call(
            ShopService service, HttpMethod method, String path, String body, int timeoutMillis) {
        RequestOptions options =
                new RequestOptions().setMethod(method).setURI(path).setIdleTimeout(timeoutMillis);
        return call(service, options, body, CONNECTION_TRIES);
    }

    /** Nobody has seen a request whose connection fails: it may go to another pod. */
    private Future<Integer> call(
            ShopService service, RequestOptions options, String body, int tries) {
        Optional<Endpoints.Endpoint> chosen = endpoints.choose(service);
        if (chosen.isEmpty() || tries == 0) {
            return Future.succeededFuture(unanswered(service));
        }
        options.setHost(chosen.get().host()).setPort(chosen.get().port());
        return http.request(options)
                .transform(
                        connected ->
                                connected.succeeded()
                                        ? send(service, connected.result(), body)
                                        : call(service, options, body, tries - 1));
    }

    private Future<Integer> send(ShopService service, HttpClientRequest request, String body) {
        return (body.isEmpty()
                        ? request.send()
                        : request.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                                .send(Buffer.buffer(body)))
                .compose(response -> response.end().map(end -> response.statusCode()))
                // A pod that is only late has the request and counts it.
                .otherwise(
                        failure ->
                                failure instanceof TimeoutException
                                        ? NO_ANSWER
                                        : unanswered(service));
    }

    private int unanswered(ShopService service) {
        statistics.unanswered(service);
        return NO_ANSWER;
    }
}
