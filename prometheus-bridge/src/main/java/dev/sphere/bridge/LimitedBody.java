package dev.sphere.bridge;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Collects a body without a thread waiting for it, and ends the scrape when it is too large. */
final class LimitedBody implements BodySubscriber<InputStream> {
    private final int limit;
    private final CompletableFuture<InputStream> body = new CompletableFuture<>();
    private final List<InputStream> parts = new ArrayList<>();
    private Flow.Subscription subscription;
    private long received;

    LimitedBody(int limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (body.isDone()) {
            return;
        }
        for (ByteBuffer buffer : buffers) {
            received += buffer.remaining();
            if (received > limit) {
                subscription.cancel();
                body.completeExceptionally(tooLarge(limit));
                parts.clear();
                return;
            }
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            parts.add(new ByteArrayInputStream(bytes));
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(new SequenceInputStream(Collections.enumeration(parts)));
    }

    /** The stream up to the limit; more is a failure and not an end. */
    static InputStream limited(InputStream in, int limit) {
        return new FilterInputStream(in) {
            private long left = limit;

            @Override
            public int read() throws IOException {
                int read = super.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = super.read(bytes, offset, length);
                count(Math.max(read, 0));
                return read;
            }

            private void count(int read) throws IOException {
                left -= read;
                if (left < 0) {
                    throw tooLarge(limit);
                }
            }
        };
    }

    private static ScrapeException tooLarge(int limit) {
        return new ScrapeException(
                ScrapeFailure.BODY_TOO_LARGE, "body larger than " + limit + " bytes");
    }
}
