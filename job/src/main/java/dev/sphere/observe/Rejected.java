package dev.sphere.observe;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

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
        byte[] payload) {

    private static final int KEPT_BYTES = 4096;
    private static final byte[] NOTHING = new byte[0];

    /**
     * A record that was rejected.
     *
     * @param value the whole payload, null if there was none
     */
    public static Rejected of(
            String topic, int partition, long offset, String reason, byte[] value) {
        byte[] payload = value == null ? NOTHING : value;
        return new Rejected(
                topic,
                partition,
                offset,
                reason,
                sha256(payload),
                payload.length,
                Arrays.copyOf(payload, Math.min(payload.length, KEPT_BYTES)));
    }

    private static String sha256(byte[] payload) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
