package dev.sphere.bridge;

/** Says that an output did not store samples, and why. */
final class DroppedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Drop reason;

    DroppedException(Drop reason, Throwable cause) {
        super(reason.label(), cause);
        this.reason = reason;
    }

    Drop reason() {
        return reason;
    }
}
