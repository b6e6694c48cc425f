package dev.sphere.connector.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Keeps a view in Redis: the task's thread only puts commands down, and a thread of its own brings
 * the newest ones to Redis, as long as that takes.
 *
 * @param <T> type of the elements
 */
final class NewestWriter<T> implements SinkWriter<T> {
    private static final Logger LOG = LoggerFactory.getLogger(NewestWriter.class);

    private final RedisSettings settings;
    private final RedisCommands<T> commands;
    private final RedisConnection connection;
    private final WriterMetrics metrics;
    private final NewestByKey pending;
    private final Thread thread;

    NewestWriter(
            RedisSettings settings,
            RedisCommands<T> commands,
            String name,
            SinkWriterMetricGroup group) {
        this.settings = settings;
        this.commands = commands;
        this.pending =
                new NewestByKey(
                        settings.maxPending(),
                        settings.batchSize(),
                        settings.flushInterval(),
                        this::onConflated,
                        this::onOverflow);
        this.metrics = new WriterMetrics(group, pending::size);
        this.connection = new RedisConnection(settings, metrics::reconnected);
        this.thread = new Thread(this::bring, "redis-view " + name);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    @Override
    public void write(T element, Context context) {
        Map<String, List<RedisCommand>> byKey = new LinkedHashMap<>();
        for (RedisCommand command : commands.commands(element)) {
            RedisCommand prefixed = command.prefixed(settings.keyPrefix());
            byKey.computeIfAbsent(prefixed.key(), key -> new ArrayList<>()).add(prefixed);
        }
        byKey.forEach(pending::put);
    }

    /** A checkpoint does not wait for a view; the end of the input does, for a moment. */
    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
        if (endOfInput && !pending.awaitEmpty(settings.connectTimeout() + settings.timeout())) {
            LOG.warn(
                    "the input has ended, {} keys have not reached Redis at {}",
                    pending.size(),
                    settings.address());
        }
    }

    @Override
    public void close() {
        pending.close();
        connection.close();
        try {
            // only the look-up of a name cannot be broken off
            thread.join(settings.connectTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void bring() {
        int failed = 0;
        try {
            while (true) {
                Map<String, List<RedisCommand>> batch = pending.take();
                if (batch.isEmpty()) {
                    return;
                }
                Map<String, List<RedisCommand>> unsent = new LinkedHashMap<>();
                Throwable failure = send(batch, unsent);
                pending.settle(unsent);
                if (pending.isClosed()) {
                    return;
                }
                if (failure == null) {
                    if (failed > 0) {
                        LOG.info(
                                "Redis at {} is back after {} attempts",
                                settings.address(),
                                failed);
                    }
                    failed = 0;
                    continue;
                }
                failed++;
                report(failed, failure);
                metrics.retried();
                connection.reset();
                pending.pause(settings.backoff().delay(failed));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connection.close();
        }
    }

    private void report(int failed, Throwable failure) {
        // the first time, and whenever the number has doubled
        if (Integer.bitCount(failed) != 1) {
            return;
        }
        if (RedisFailure.of(failure) == RedisFailure.RETRYABLE) {
            LOG.warn(
                    "Redis at {} takes no commands, the newest of {} keys wait, attempt {}: {}",
                    settings.address(),
                    pending.size(),
                    failed,
                    RedisFailure.reason(failure));
        } else {
            LOG.error(
                    "{}; the newest of {} keys wait, attempt {}",
                    RedisFailure.refusal(settings.address(), "this sink", failure),
                    pending.size(),
                    failed,
                    failure);
        }
    }

    /**
     * @param unsent takes what has to be sent again
     * @return why, or null
     */
    private Throwable send(
            Map<String, List<RedisCommand>> batch, Map<String, List<RedisCommand>> unsent) {
        List<RedisCommand> all = new ArrayList<>();
        batch.values().forEach(all::addAll);
        List<Object> replies;
        long start = System.nanoTime();
        try {
            replies = connection.send(all);
        } catch (RuntimeException | IOException e) {
            // Whatever it is, a view must neither fail the job nor end for good: count and go on.
            unsent.putAll(batch);
            return e;
        }
        metrics.took(System.nanoTime() - start);
        JedisDataException retryable = null;
        int next = 0;
        for (Map.Entry<String, List<RedisCommand>> entry : batch.entrySet()) {
            for (RedisCommand command : entry.getValue()) {
                if (replies.get(next++) instanceof JedisDataException error) {
                    RedisFailure failure = RedisFailure.of(error);
                    if (failure == RedisFailure.RETRYABLE) {
                        retryable = error;
                        unsent.put(entry.getKey(), entry.getValue());
                    } else if (metrics.dropped(failure)) {
                        LOG.warn(
                                "{}, dropped",
                                RedisFailure.refusal(settings.address(), command, error));
                    }
                } else {
                    metrics.sent(command);
                }
            }
        }
        return retryable;
    }

    private void onConflated() {
        metrics.conflated();
    }

    private void onOverflow() {
        metrics.overflowed();
    }
}
