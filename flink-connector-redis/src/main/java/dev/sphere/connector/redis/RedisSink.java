package dev.sphere.connector.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Writes a stream to Redis, in pipelines, with one of two promises: {@link DeliveryMode}.
 *
 * <pre>{@code
 * RedisSink.<Price>builder()
 *         .uri("redis://prices@redis:6379/0")
 *         .passwordFile("/run/secrets/redis")
 *         .commands(price -> List.of(RedisCommand.set(price.symbol(), price.json(), ttl)))
 *         .mode(DeliveryMode.AT_LEAST_ONCE)
 *         .build();
 * }</pre>
 *
 * @param <T> type of the elements
 */
public final class RedisSink<T> implements Sink<T> {
    private static final long serialVersionUID = 1L;

    private final RedisSettings settings;
    private final RedisCommands<T> commands;

    private RedisSink(RedisSettings settings, RedisCommands<T> commands) {
        this.settings = settings;
        this.commands = commands;
    }

    public static <T> Builder<T> builder() {
        return new Builder<>();
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        if (settings.password() != null) {
            // a secret that is not mounted is a mistake in the deployment: say so at the start
            settings.password().read();
        }
        return switch (settings.mode()) {
            case AT_LEAST_ONCE ->
                    new AtLeastOnceWriter<>(
                            settings,
                            commands,
                            context.getProcessingTimeService(),
                            context.metricGroup());
            case NEWEST ->
                    new NewestWriter<>(
                            settings,
                            commands,
                            context.getTaskInfo().getTaskNameWithSubtasks(),
                            context.metricGroup());
        };
    }

    /** The effective settings; the password is not among them, only where it is read. */
    @Override
    public String toString() {
        return "RedisSink"
                + settings.toString().substring(RedisSettings.class.getSimpleName().length());
    }

    /**
     * Collects the settings of a {@link RedisSink}; all but URI, commands and mode have defaults.
     *
     * @param <T> type of the elements
     */
    public static final class Builder<T> {
        private String uri;
        private String passwordFile;
        private String passwordVariable;
        private String certificateAuthorities;
        private String keyPrefix = "";
        private RedisCommands<T> commands;
        private DeliveryMode mode;
        private int batchSize = 500;
        private Duration flushInterval = Duration.ofMillis(100);
        private Duration connectTimeout = Duration.ofSeconds(2);
        private Duration timeout = Duration.ofSeconds(2);
        private int attempts = 10;
        private Duration firstBackoff = Duration.ofMillis(100);
        private Duration mostBackoff = Duration.ofSeconds(5);
        private int maxPending = 10_000;

        private Builder() {}

        /** {@code redis://[user@]host[:port][/database]}, or {@code rediss://} for TLS. */
        public Builder<T> uri(String uri) {
            this.uri = uri;
            return this;
        }

        /** File on the task managers that holds the password; read for each connection. */
        public Builder<T> passwordFile(String path) {
            this.passwordFile = path;
            return this;
        }

        /** Environment variable of the task managers that holds the password. */
        public Builder<T> passwordVariable(String name) {
            this.passwordVariable = name;
            return this;
        }

        /** PEM file of the authorities to trust with {@code rediss://}; default: the JVM's. */
        public Builder<T> certificateAuthorities(String pemFile) {
            this.certificateAuthorities = pemFile;
            return this;
        }

        /** Comes before each key and channel. */
        public Builder<T> keyPrefix(String prefix) {
            this.keyPrefix = prefix;
            return this;
        }

        public Builder<T> commands(RedisCommands<T> commands) {
            this.commands = commands;
            return this;
        }

        public Builder<T> mode(DeliveryMode mode) {
            this.mode = mode;
            return this;
        }

        /** Most commands (NEWEST: keys) in one pipeline; default 500. */
        public Builder<T> batchSize(int commands) {
            this.batchSize = commands;
            return this;
        }

        /** How long a command may wait for company; default 100 ms. */
        public Builder<T> flushInterval(Duration interval) {
            this.flushInterval = interval;
            return this;
        }

        /** Default 2 s. */
        public Builder<T> connectTimeout(Duration timeout) {
            this.connectTimeout = timeout;
            return this;
        }

        /** How long Redis may take for a reply; default 2 s. */
        public Builder<T> timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        /** Attempts to send a batch before the job fails; default 10. NEWEST never gives up. */
        public Builder<T> attempts(int attempts) {
            this.attempts = attempts;
            return this;
        }

        /**
         * Pause after a failed attempt, doubling from the first to the most; default 100 ms, 5 s.
         */
        public Builder<T> backoff(Duration first, Duration most) {
            this.firstBackoff = first;
            this.mostBackoff = most;
            return this;
        }

        /** Most keys that wait for Redis in NEWEST; default 10,000. */
        public Builder<T> maxPending(int keys) {
            this.maxPending = keys;
            return this;
        }

        /**
         * @throws IllegalArgumentException that names all settings that are missing or wrong
         */
        public RedisSink<T> build() {
            List<String> wrong = new ArrayList<>();
            RedisAddress address = null;
            if (uri == null) {
                wrong.add("uri is missing");
            } else {
                try {
                    address = RedisAddress.parse(uri);
                } catch (IllegalArgumentException e) {
                    wrong.add(e.getMessage());
                }
            }
            if (address != null && address.user() != null && !hasPassword()) {
                wrong.add("the uri names a user, but there is no password file or variable");
            }
            check(wrong, commands != null, "commands is missing");
            check(wrong, mode != null, "mode is missing, expected AT_LEAST_ONCE or NEWEST");
            check(wrong, keyPrefix != null, "keyPrefix is null");
            check(
                    wrong,
                    passwordFile == null || passwordVariable == null,
                    "both passwordFile and passwordVariable are given, expected one");
            atLeastOne(wrong, "batchSize", batchSize);
            atLeastOne(wrong, "attempts", attempts);
            atLeastOne(wrong, "maxPending", maxPending);
            millis(wrong, "flushInterval", flushInterval);
            millis(wrong, "connectTimeout", connectTimeout);
            millis(wrong, "timeout", timeout);
            millis(wrong, "first backoff", firstBackoff);
            millis(wrong, "most backoff", mostBackoff);
            check(
                    wrong,
                    firstBackoff.compareTo(mostBackoff) <= 0,
                    "first backoff " + firstBackoff + " is longer than the most " + mostBackoff);
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException("Redis sink: " + String.join("; ", wrong));
            }
            PasswordSource password =
                    hasPassword() ? new PasswordSource(passwordFile, passwordVariable) : null;
            return new RedisSink<>(
                    new RedisSettings(
                            address,
                            password,
                            certificateAuthorities,
                            keyPrefix,
                            mode,
                            (int) connectTimeout.toMillis(),
                            (int) timeout.toMillis(),
                            batchSize,
                            flushInterval.toMillis(),
                            attempts,
                            new Backoff(firstBackoff.toMillis(), mostBackoff.toMillis()),
                            maxPending),
                    commands);
        }

        private boolean hasPassword() {
            return passwordFile != null || passwordVariable != null;
        }

        private static void check(List<String> wrong, boolean holds, String otherwise) {
            if (!holds) {
                wrong.add(otherwise);
            }
        }

        private static void atLeastOne(List<String> wrong, String setting, int value) {
            check(wrong, value >= 1, setting + " is " + value + ", expected at least 1");
        }

        private static void millis(List<String> wrong, String setting, Duration value) {
            check(
                    wrong,
                    value.toMillis() >= 1 && value.toMillis() <= Integer.MAX_VALUE,
                    setting + " is " + value + ", expected 1 ms to 24 days");
        }
    }
}
