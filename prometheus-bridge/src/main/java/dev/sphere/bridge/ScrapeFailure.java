package dev.sphere.bridge;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.zip.ZipException;

/** Why nothing of a scrape was used. */
enum ScrapeFailure {
    /** Nobody listens there. */
    CONNECTION,
    TIMEOUT,
    /** The answer is not 200. */
    STATUS,
    /** The answer is no exposition. */
    CONTENT_TYPE,
    /** Packed in a way that was not asked for, or badly. */
    ENCODING,
    BODY_TOO_LARGE,
    /** The end of an OpenMetrics exposition is missing. */
    INCOMPLETE,
    /** Not a single sample: no way to tell from an answer that was cut. */
    EMPTY,
    /** More series than a target may have: the sum of some would look whole. */
    SERIES_LIMIT,
    /** The connection broke. */
    IO,
    /** A fault of the bridge's own. */
    INTERNAL;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ScrapeFailure of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ScrapeException scrape) {
            return scrape.failure();
        }
        if (cause instanceof CancellationException || cause instanceof HttpTimeoutException) {
            return cause instanceof HttpConnectTimeoutException ? CONNECTION : TIMEOUT;
        }
        if (cause instanceof ConnectException) {
            return CONNECTION;
        }
        if (cause instanceof ZipException) {
            return ENCODING;
        }
        return cause instanceof java.io.IOException ? IO : INTERNAL;
    }
}
