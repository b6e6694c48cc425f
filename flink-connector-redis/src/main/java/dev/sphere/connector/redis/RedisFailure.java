package dev.sphere.connector.redis;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.stream.Stream;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisProtocolNotSupportedException;

/** What an error of Redis means for the command that met it. */
public enum RedisFailure {
    /** Redis is away, busy, full or failing over: the same command may work later. */
    RETRYABLE,
    /** No command of this sink can work before a person changes something. */
    FATAL,
    /** This command can never work; others can. */
    POISON;

    private static final List<String> RETRYABLE_REPLIES =
            List.of(
                    "LOADING",
                    "READONLY",
                    "CLUSTERDOWN",
                    "OOM",
                    "BUSY",
                    "TRYAGAIN",
                    "MASTERDOWN",
                    "NOREPLICAS",
                    "MISCONF",
                    "UNBLOCKED",
                    "ERR max number of clients",
                    "ERR Protocol error");

    private static final List<String> FATAL_REPLIES =
            List.of(
                    "WRONGPASS",
                    "NOAUTH",
                    "NOPERM",
                    "NOPROTO",
                    "DENIED",
                    // this sink talks to one server; these say that the server is part of a cluster
                    "MOVED",
                    "ASK",
                    "CROSSSLOT",
                    "ERR unknown command",
                    "ERR unknown subcommand",
                    "ERR AUTH",
                    "ERR Client sent AUTH",
                    "ERR invalid password",
                    "ERR operation not permitted",
                    "ERR DB index is out of range",
                    "ERR invalid DB index",
                    "ERR SELECT is not allowed");

    /** What an error reply means; any that is not known speaks of its own command only. */
    public static RedisFailure ofReply(String error) {
        String reply = error == null ? "" : error;
        if (RETRYABLE_REPLIES.stream().anyMatch(known -> begins(reply, known))) {
            return RETRYABLE;
        }
        if (FATAL_REPLIES.stream().anyMatch(known -> begins(reply, known))) {
            return FATAL;
        }
        return POISON;
    }

    /** What a failure to connect, to send or to read means. */
    public static RedisFailure of(Throwable failure) {
        if (failure instanceof JedisDataException) {
            return ofReply(failure.getMessage());
        }
        if (failure instanceof JedisProtocolNotSupportedException || isUntrusted(failure)) {
            return FATAL;
        }
        if (failure instanceof JedisConnectionException || failure instanceof IOException) {
            return RETRYABLE;
        }
        return FATAL;
    }

    /** For people: why Redis refuses a command or the whole sink, and where to look. */
    static String refusal(RedisAddress address, Object refused, Throwable failure) {
        String reason = reason(failure);
        String hint = "";
        if (Stream.of("WRONGPASS", "NOAUTH", "ERR AUTH", "ERR Client sent AUTH", "ERR invalid pass")
                .anyMatch(reason::startsWith)) {
            hint = " (check the user in the uri and the password file or variable)";
        } else if (reason.startsWith("NOPERM")) {
            hint = " (check what the ACL allows the user)";
        } else if (Stream.of("MOVED", "ASK", "CROSSSLOT").anyMatch(reason::startsWith)) {
            hint = " (the server is part of a cluster; this sink talks to a single server)";
        }
        return "Redis at " + address + " refuses " + refused + ": " + reason + hint;
    }

    /** For people: the message of the innermost cause, as the outer ones say little. */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private static boolean begins(String reply, String known) {
        return reply.regionMatches(true, 0, known, 0, known.length())
                && (reply.length() == known.length()
                        || !Character.isLetterOrDigit(reply.charAt(known.length())));
    }

    /** A server that only went away in the middle of a handshake is not an untrusted one. */
    private static boolean isUntrusted(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }
}
