package dev.sphere.local.cluster;

import java.io.IOException;

/** An answer of Flink's REST API that is an error. */
public final class FlinkRestException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    FlinkRestException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** The HTTP status; 404 also for a job that Flink does not know yet. */
    public int status() {
        return status;
    }
}
