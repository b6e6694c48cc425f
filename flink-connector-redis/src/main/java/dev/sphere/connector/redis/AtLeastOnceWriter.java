package dev.sphere.connector.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes in the task's thread, in order: what a checkpoint covers is acknowledged by Redis before
 * the checkpoint completes, so this writer needs no state.
 *
 * @param <T> type of the elements
 */
final class AtLeastOnceWriter<T> implements SinkWriter<T> {
    private static final Logger LOG = LoggerFactory.getLogger(AtLeastOnceWriter.class);

    private final RedisSettings settings;
    private final RedisCommands<T> commands;
    private final ProcessingTimeService time;
    private final RedisConnection connection;
    private final WriterMetrics metrics;
    private final List<RedisCommand> buffer = new ArrayList<>();
    private boolean timerIsSet;
    private boolean closed;

    AtLeastOnceWriter(
            RedisSettings settings,
            RedisCommands<T> commands,
            ProcessingTimeService time,
            SinkWriterMetricGroup group)
            throws IOException {
        this.settings = settings;
        this.commands = commands;
        this.time = time;
        this.metrics = new WriterMetrics(group, buffer::size);
        this.connection = new RedisConnection(settings, metrics::reconnected);
        connectUnlessAway();
    }

    /** A wrong password shows now, not with the first element; a Redis that is away may come. */
    private void connectUnlessAway() throws IOException {
        try {
            connection.open();
        } catch (JedisException e) {
            connection.reset();
            if (RedisFailure.of(e) != RedisFailure.RETRYABLE) {
                throw new IOException(RedisFailure.refusal(settings.address(), "this sink", e), e);
            }
            LOG.warn(
                    "Redis at {} is not there yet: {}", settings.address(), RedisFailure.reason(e));
        }
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
        for (RedisCommand command : commands.commands(element)) {
            buffer.add(command.prefixed(settings.keyPrefix()));
        }
        if (buffer.size() >= settings.batchSize()) {
            deliver();
        } else if (!buffer.isEmpty() && !timerIsSet) {
            timerIsSet = true;
            time.registerTimer(
                    time.getCurrentProcessingTime() + settings.flushInterval(), this::onTimer);
        }
    }

    private void onTimer(long at) throws IOException, InterruptedException {
        timerIsSet = false;
        if (!closed) {
            deliver();
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        deliver();
    }

    @Override
    public void close() {
        closed = true;
        connection.close();
    }

    /** Returns when nothing is left to send. */
    private void deliver() throws IOException, InterruptedException {
        int failed = 0;
        while (!buffer.isEmpty()) {
            Throwable failure = sendBatch();
            if (failure == null) {
                if (failed > 0) {
                    LOG.info("Redis at {} is back, attempt {}", settings.address(), failed + 1);
                }
                failed = 0;
                continue;
            }
            failed++;
            connection.reset();
            if (failed >= settings.attempts()) {
                throw new IOException(
                        "Redis at "
                                + settings.address()
                                + " took no commands in "
                                + failed
                                + " attempts, "
                                + buffer.size()
                                + " wait: "
                                + RedisFailure.reason(failure),
                        failure);
            }
            if (failed == 1) {
                LOG.warn(
                        "Redis at {} takes no commands, {} wait: {}",
                        settings.address(),
                        buffer.size(),
                        RedisFailure.reason(failure));
            }
            metrics.retried();
            Thread.sleep(settings.backoff().delay(failed));
        }
    }

    /**
     * Sends the oldest commands and forgets those that are done with.
     *
     * @return why the rest has to be sent again, or null
     */
    private Throwable sendBatch() throws IOException {
        List<RedisCommand> batch = buffer.subList(0, Math.min(settings.batchSize(), buffer.size()));
        List<Object> replies;
        long start = System.nanoTime();
        try {
            replies = connection.send(batch);
        } catch (JedisException | IOException e) {
            if (RedisFailure.of(e) != RedisFailure.RETRYABLE) {
                throw new IOException(RedisFailure.refusal(settings.address(), "this sink", e), e);
            }
            return e;
        }
        metrics.took(System.nanoTime() - start);
        int done = 0;
        JedisDataException retryable = null;
        while (done < batch.size() && retryable == null) {
            RedisCommand command = batch.get(done);
            if (replies.get(done) instanceof JedisDataException error) {
                switch (RedisFailure.of(error)) {
                    case FATAL ->
                            throw new IOException(
                                    RedisFailure.refusal(settings.address(), command, error),
                                    error);
                    case POISON -> {
                        if (metrics.dropped(RedisFailure.POISON)) {
                            LOG.warn("dropped {}: {}", command, RedisFailure.reason(error));
                        }
                        done++;
                    }
                    // Those behind it are sent again too, done or not: if only this one were, it
                    // could undo a newer one of the same key.
                    case RETRYABLE -> retryable = error;
                }
            } else {
                metrics.sent(command);
                done++;
            }
        }
        batch.subList(0, done).clear();
        return retryable;
    }
}
