package dev.sphere.connector.redis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be sent, one entry per key: a newer one takes the place of an older one, and when
 * there are too many keys, the one that has waited longest goes.
 */
final class NewestByKey {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int bound;
    private final int batchSize;
    private final long lingerNanos;
    private final Runnable onConflated;
    private final Runnable onOverflow;
    private LinkedHashMap<String, List<RedisCommand>> waiting = new LinkedHashMap<>();
    private int taken;
    private boolean closed;

    /**
     * @param onConflated called under the lock for each entry that a newer one replaced
     * @param onOverflow called under the lock for each entry that went for want of room
     */
    NewestByKey(
            int bound,
            int batchSize,
            long lingerMillis,
            Runnable onConflated,
            Runnable onOverflow) {
        this.bound = bound;
        this.batchSize = batchSize;
        this.lingerNanos = TimeUnit.MILLISECONDS.toNanos(lingerMillis);
        this.onConflated = onConflated;
        this.onOverflow = onOverflow;
    }

    void put(String key, List<RedisCommand> commands) {
        lock.lock();
        try {
            // An entry keeps its place when it is renewed: a key that changes all the time must
            // not be overtaken for ever.
            if (waiting.put(key, commands) != null) {
                onConflated.run();
            }
            dropOverBound();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for entries, and a little longer for more of them.
     *
     * @return those that have waited longest; empty once this is closed
     */
    Map<String, List<RedisCommand>> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            long left = lingerNanos;
            while (waiting.size() < batchSize && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            Map<String, List<RedisCommand>> batch = new LinkedHashMap<>();
            if (closed) {
                return batch;
            }
            var oldest = waiting.entrySet().iterator();
            while (oldest.hasNext() && batch.size() < batchSize) {
                var entry = oldest.next();
                batch.put(entry.getKey(), entry.getValue());
                oldest.remove();
            }
            taken = batch.size();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends what {@link #take} began.
     *
     * @param unsent entries of it that have to be sent again, unless newer ones came meanwhile
     */
    void settle(Map<String, List<RedisCommand>> unsent) {
        lock.lock();
        try {
            taken = 0;
            if (!unsent.isEmpty()) {
                var merged = new LinkedHashMap<>(unsent);
                waiting.forEach(
                        (key, commands) -> {
                            if (merged.put(key, commands) != null) {
                                onConflated.run();
                            }
                        });
                waiting = merged;
                dropOverBound();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits while nothing is to be sent; returns early when this is closed. */
    void pause(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is sent, but no longer than that. */
    boolean awaitEmpty(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (waiting.size() + taken > 0 && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            return waiting.size() + taken == 0;
        } finally {
            lock.unlock();
        }
    }

    /** Entries not yet acknowledged. */
    int size() {
        lock.lock();
        try {
            return waiting.size() + taken;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void dropOverBound() {
        var oldest = waiting.keySet().iterator();
        while (waiting.size() > bound) {
            oldest.next();
            oldest.remove();
            onOverflow.run();
        }
    }
}
