package dev.sphere.connector.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One command for Redis: its name, the key that it is about, and the arguments that follow the key.
 */
public final class RedisCommand {
    private final String name;
    private final String key;
    private final List<byte[]> arguments;

    private RedisCommand(String name, String key, List<byte[]> arguments) {
        this.name = name;
        this.key = key;
        this.arguments = arguments;
    }

    public static RedisCommand set(String key, String value) {
        return set(key, value.getBytes(UTF_8));
    }

    public static RedisCommand set(String key, byte[] value) {
        return withKey("SET", key, value);
    }

    /** {@code SET key value PX ttl}: value and expiry in one step. */
    public static RedisCommand set(String key, String value, Duration ttl) {
        return set(key, value.getBytes(UTF_8), ttl);
    }

    /** {@code SET key value PX ttl}: value and expiry in one step. */
    public static RedisCommand set(String key, byte[] value, Duration ttl) {
        return withKey("SET", key, value, bytes("PX"), millis("SET", key, ttl));
    }

    public static RedisCommand hset(String key, Map<String, String> fields) {
        return new RedisCommand("HSET", key, pairs("HSET", key, fields));
    }

    /** {@code PEXPIRE}, which is {@code EXPIRE} in milliseconds. */
    public static RedisCommand expire(String key, Duration ttl) {
        return withKey("PEXPIRE", key, millis("PEXPIRE", key, ttl));
    }

    public static RedisCommand del(String key) {
        return withKey("DEL", key);
    }

    public static RedisCommand sadd(String key, String... members) {
        if (members.length == 0) {
            throw new IllegalArgumentException("SADD " + key + ": no members, expected at least 1");
        }
        return new RedisCommand("SADD", key, bytes(Arrays.asList(members)));
    }

    public static RedisCommand zadd(String key, double score, String member) {
        return withKey("ZADD", key, bytes(Double.toString(score)), bytes(member));
    }

    /** The channel takes the place of the key, the prefix included. */
    public static RedisCommand publish(String channel, String message) {
        return withKey("PUBLISH", channel, bytes(message));
    }

    /** Appends to a stream and trims it to about that many entries. */
    public static RedisCommand xadd(String key, long maxLength, Map<String, String> fields) {
        if (maxLength < 1) {
            throw new IllegalArgumentException(
                    "XADD " + key + ": maximum length " + maxLength + ", expected at least 1");
        }
        List<byte[]> arguments =
                new ArrayList<>(bytes(List.of("MAXLEN", "~", Long.toString(maxLength), "*")));
        arguments.addAll(pairs("XADD", key, fields));
        return new RedisCommand("XADD", key, arguments);
    }

    /**
     * Any other command.
     *
     * @param arguments the first is taken for the key: it gets the prefix, and in {@link
     *     DeliveryMode#NEWEST} it says what a newer command takes the place of
     */
    public static RedisCommand of(String command, String... arguments) {
        if (arguments.length == 0) {
            return new RedisCommand(checked(command), null, List.of());
        }
        List<String> all = Arrays.asList(arguments);
        return new RedisCommand(
                checked(command), all.get(0), bytes(all.subList(1, arguments.length)));
    }

    /** Any other command on a key, with arguments that need not be text. */
    public static RedisCommand withKey(String command, String key, byte[]... arguments) {
        if (key == null) {
            throw new IllegalArgumentException(command + ": no key");
        }
        return new RedisCommand(checked(command), key, List.of(arguments));
    }

    /** Upper-case, e.g. {@code SET}. */
    public String name() {
        return name;
    }

    /** Empty for a command without arguments. */
    public String key() {
        return key == null ? "" : key;
    }

    /** All that goes over the wire after the name: the key, then the rest. */
    public List<byte[]> arguments() {
        if (key == null) {
            return Collections.emptyList();
        }
        List<byte[]> all = new ArrayList<>(arguments.size() + 1);
        all.add(bytes(key));
        all.addAll(arguments);
        return all;
    }

    /** About the bytes that it takes on the wire. */
    long wireLength() {
        long length = name.length() + 3L * key().length() + 16;
        for (byte[] argument : arguments) {
            length += argument.length + 16;
        }
        return length;
    }

    RedisCommand prefixed(String prefix) {
        return prefix.isEmpty() || key == null
                ? this
                : new RedisCommand(name, prefix + key, arguments);
    }

    /** Name and key; values may be secrets, or long. */
    @Override
    public String toString() {
        return key == null ? name : name + " " + key;
    }

    private static String checked(String command) {
        if (command == null || command.isBlank() || command.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "Redis command \"" + command + "\", expected one word, e.g. SET");
        }
        return command.toUpperCase(Locale.ROOT);
    }

    private static byte[] millis(String command, String key, Duration ttl) {
        if (ttl.toMillis() < 1) {
            throw new IllegalArgumentException(
                    command + " " + key + ": time to live " + ttl + ", expected at least 1 ms");
        }
        return bytes(Long.toString(ttl.toMillis()));
    }

    private static List<byte[]> pairs(String command, String key, Map<String, String> fields) {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException(
                    command + " " + key + ": no fields, expected at least 1");
        }
        List<byte[]> pairs = new ArrayList<>(2 * fields.size());
        fields.forEach(
                (field, value) -> {
                    pairs.add(bytes(field));
                    pairs.add(bytes(value));
                });
        return pairs;
    }

    private static List<byte[]> bytes(List<String> texts) {
        List<byte[]> all = new ArrayList<>(texts.size());
        texts.forEach(text -> all.add(bytes(text)));
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
