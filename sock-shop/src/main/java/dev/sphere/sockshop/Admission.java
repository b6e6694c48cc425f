package dev.sphere.sockshop;

/** What became of a request at the queue of a replica. */
enum Admission {
    SERVED(200),
    QUEUE_FULL(503),
    WAITED_TOO_LONG(504);

    private final int status;

    Admission(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }
}
