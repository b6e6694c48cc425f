package dev.sphere.local.load;

/**
 * One request of a user.
 *
 * @param method such as {@code GET}
 * @param path with query, such as {@code /catalogue?size=5}
 * @param body JSON; empty for none
 */
public record Request(String method, String path, String body) {

    /** A request without a body. */
    public Request(String method, String path) {
        this(method, path, "");
    }
}
