package dev.sphere.connector.redis;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/** What a writer counts; each counter is written by one thread, or under one lock. */
final class WriterMetrics {
    private final Counter sent;
    private final Counter sentBytes;
    private final Counter errors;
    private final Counter retries;
    private final Counter reconnects;
    private final Counter conflated;
    private final Counter poison;
    private final Counter fatal;
    private final Counter overflow;
    private volatile long sendTime;

    WriterMetrics(SinkWriterMetricGroup group, LongSupplier buffered) {
        sent = group.getNumRecordsSendCounter();
        sentBytes = group.getNumBytesSendCounter();
        errors = group.getNumRecordsSendErrorsCounter();
        retries = group.counter("redisRetries");
        conflated = group.counter("redisConflated");
        poison = dropped(group, "poison");
        fatal = dropped(group, "fatal");
        overflow = dropped(group, "overflow");
        reconnects = group.counter("redisReconnects");
        group.gauge("redisBuffered", buffered::getAsLong);
        group.setCurrentSendTimeGauge(() -> sendTime);
    }

    private static Counter dropped(SinkWriterMetricGroup group, String reason) {
        return group.addGroup("reason", reason).counter("redisDropped");
    }

    void sent(RedisCommand command) {
        sent.inc();
        sentBytes.inc(command.wireLength());
    }

    void took(long nanos) {
        sendTime = nanos / 1_000_000;
    }

    /** A batch is to be sent again. */
    void retried() {
        retries.inc();
    }

    /** A connection was made that is not the first. */
    void reconnected() {
        reconnects.inc();
    }

    void conflated() {
        conflated.inc();
    }

    /** An entry went for want of room. */
    void overflowed() {
        overflow.inc();
    }

    /**
     * A command was refused and is not sent again.
     *
     * @return whether that is worth a line in the log: the first time, and whenever the number has
     *     doubled
     */
    boolean dropped(RedisFailure failure) {
        Counter reason = failure == RedisFailure.FATAL ? fatal : poison;
        reason.inc();
        errors.inc();
        return Long.bitCount(reason.getCount()) == 1;
    }
}
