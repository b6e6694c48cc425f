package dev.sphere.observe;

/**
 * Input that could not be read, and why.
 *
 * @param sha256 hash of the whole payload, in hex
 * @param length bytes of the whole payload
 * @param payload the first 4 KiB of it
 */
public record Rejected(
        String topic,
        int partition,
        long offset,
        String reason,
        String sha256,
        int length,
        byte[] payload) {}
