package dev.sphere.scale;

import dev.sphere.recommend.Decision;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Applies everything, one decision for each permit, and remembers what it was asked. */
final class RecordingScaler implements Scaler {
    final List<Decision> asked = new CopyOnWriteArrayList<>();
    final Semaphore permits = new Semaphore(0);
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger mostInFlight = new AtomicInteger();
    final AtomicBoolean crossed = new AtomicBoolean();
    final AtomicBoolean closed = new AtomicBoolean();
    volatile RuntimeException fault;

    private final ConcurrentHashMap<String, String> busy = new ConcurrentHashMap<>();

    @Override
    public ScaleResult scale(Decision decision) {
        asked.add(decision);
        if (busy.putIfAbsent(decision.service(), decision.id()) != null) {
            crossed.set(true);
        }
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            permits.acquire();
            if (fault != null) {
                throw fault;
            }
            return result(decision, ScaleOutcome.APPLIED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return result(decision, ScaleOutcome.POSTPONED);
        } finally {
            inFlight.decrementAndGet();
            busy.remove(decision.service());
        }
    }

    private static ScaleResult result(Decision decision, ScaleOutcome outcome) {
        return new ScaleResult(
                decision.id(), decision.service(), 0, outcome, decision.desired(), "");
    }

    @Override
    public void close() {
        closed.set(true);
    }
}
