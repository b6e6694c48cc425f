package dev.sphere.bridge;

import java.io.IOException;

/** Ends a scrape whose answer cannot be used. */
final class ScrapeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final ScrapeFailure failure;

    ScrapeException(ScrapeFailure failure, String message) {
        super(message);
        this.failure = failure;
    }

    ScrapeFailure failure() {
        return failure;
    }
}
