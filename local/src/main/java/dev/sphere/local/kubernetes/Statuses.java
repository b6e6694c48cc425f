package dev.sphere.local.kubernetes;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.MockResponse;

/** Answers of the API server: JSON, and the {@code Status} that tells of a failure. */
final class Statuses {
    private Statuses() {}

    static MockResponse json(int code, String body) {
        return new MockResponse()
                .setResponseCode(code)
                .setHeader("Content-Type", "application/json")
                .setBody(body);
    }

    static MockResponse failure(int code, String reason, String message) {
        return json(code, failureBody(code, reason, message));
    }

    static String failureBody(int code, String reason, String message) {
        return Serialization.asJson(
                new StatusBuilder()
                        .withStatus("Failure")
                        .withReason(reason)
                        .withMessage(message)
                        .withCode(code)
                        .build());
    }
}
