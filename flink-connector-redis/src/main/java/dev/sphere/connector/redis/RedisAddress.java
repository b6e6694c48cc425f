package dev.sphere.connector.redis;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Which Redis, as whom.
 *
 * @param user of the server's ACL; null for the default user
 */
record RedisAddress(boolean tls, String user, String host, int port, int database)
        implements Serializable {

    private static final int DEFAULT_PORT = 6379;
    private static final String EXPECTED =
            "expected redis://[user@]host[:port][/database] or rediss://…";

    /**
     * @throws IllegalArgumentException if it is not a Redis URI, or if it carries a password
     */
    static RedisAddress parse(String uri) {
        URI parsed;
        try {
            parsed = new URI(uri);
        } catch (URISyntaxException e) {
            // not the cause: its message repeats the input, which may hold a password
            throw invalid(uri, "is not a URI (" + e.getReason() + ")");
        }
        boolean tls = "rediss".equalsIgnoreCase(parsed.getScheme());
        if (!tls && !"redis".equalsIgnoreCase(parsed.getScheme())) {
            throw invalid(uri, "has the scheme " + parsed.getScheme());
        }
        if (parsed.getHost() == null) {
            throw invalid(uri, "has no host");
        }
        String user = parsed.getUserInfo();
        if (user != null && user.contains(":")) {
            throw invalid(
                    uri,
                    "carries a password; give it as a file or an environment variable instead");
        }
        return new RedisAddress(
                tls,
                user == null || user.isEmpty() ? null : user,
                parsed.getHost(),
                parsed.getPort() == -1 ? DEFAULT_PORT : parsed.getPort(),
                database(uri, parsed.getPath()));
    }

    private static int database(String uri, String path) {
        String number = path == null || path.isEmpty() ? "" : path.substring(1);
        if (number.isEmpty()) {
            return 0;
        }
        if (!number.matches("\\d{1,5}")) {
            throw invalid(uri, "names the database \"" + number + "\", which is not a number");
        }
        return Integer.parseInt(number);
    }

    private static IllegalArgumentException invalid(String uri, String what) {
        String shown = uri.replaceFirst("//.*@", "//***@");
        return new IllegalArgumentException("Redis URI " + shown + " " + what + "; " + EXPECTED);
    }

    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://")
                + (user == null ? "" : user + "@")
                + host
                + ":"
                + port
                + "/"
                + database;
    }
}
