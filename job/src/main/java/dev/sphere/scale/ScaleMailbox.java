package dev.sphere.scale;

import dev.sphere.recommend.Decision;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place to wait for each target: at most one request of a target is in flight, and of those
 * that come meanwhile only the newest is kept.
 *
 * <p>A target has at most one task with the threads, so what waits is bounded by the targets.
 */
public final class ScaleMailbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScaleMailbox.class);

    private final Scaler scaler;
    private final Clock clock;
    private final ExecutorService threads;
    private final Map<String, Box> boxes = new HashMap<>();
    private boolean closed;

    /** What is under way for one target: a task always, a letter while one waits. */
    private static final class Box {
        private Letter waiting;
    }

    private record Letter(Decision decision, CompletableFuture<ScaleResult> answer) {}

    /**
     * @param scaler closed with the mailbox
     * @param threads most requests in flight, over all targets
     */
    public ScaleMailbox(Scaler scaler, int threads, Clock clock) {
        this.scaler = scaler;
        this.clock = clock;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                Executors.newFixedThreadPool(
                        threads,
                        task -> {
                            Thread thread = new Thread(task, "scale-" + number.getAndIncrement());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** Carries out a decision as soon as its target is free; never blocks. */
    public CompletableFuture<ScaleResult> put(Decision decision) {
        Letter letter = new Letter(decision, new CompletableFuture<>());
        Letter replaced = null;
        synchronized (boxes) {
            if (closed) {
                return CompletableFuture.completedFuture(
                        result(decision, ScaleOutcome.POSTPONED, "the job is stopping"));
            }
            Box box = boxes.get(decision.service());
            if (box == null) {
                box = new Box();
                boxes.put(decision.service(), box);
                threads.execute(() -> open(decision.service()));
            } else {
                replaced = box.waiting;
            }
            box.waiting = letter;
        }
        if (replaced != null) {
            replaced.answer.complete(
                    result(replaced.decision, ScaleOutcome.SUPERSEDED, "by " + decision.id()));
        }
        return letter.answer;
    }

    /** Takes back a decision that is still waiting; one that is in flight stays so. */
    public void withdraw(Decision decision) {
        synchronized (boxes) {
            Box box = boxes.get(decision.service());
            if (box != null
                    && box.waiting != null
                    && box.waiting.decision.id().equals(decision.id())) {
                box.waiting = null;
            }
        }
    }

    private void open(String service) {
        Letter letter;
        synchronized (boxes) {
            letter = boxes.get(service).waiting;
            boxes.get(service).waiting = null;
        }
        if (letter != null) {
            try {
                letter.answer.complete(scale(letter.decision));
            } catch (Error e) { // such as out of memory: whoever waits has to know, and to fail
                letter.answer.completeExceptionally(e);
                throw e;
            } finally {
                next(service);
            }
        } else {
            next(service);
        }
    }

    private void next(String service) {
        synchronized (boxes) {
            if (boxes.get(service).waiting == null || closed) {
                boxes.remove(service);
            } else {
                // at the end of the line, so that a busy target does not keep the others waiting
                threads.execute(() -> open(service));
            }
        }
    }

    private ScaleResult scale(Decision decision) {
        try {
            return scaler.scale(decision);
        } catch (RuntimeException e) {
            // a fault of ours; one target's must not stop the scaling of all others
            LOG.error("{}: the decision could not be carried out", decision.id(), e);
            return result(decision, ScaleOutcome.POSTPONED, "unexpected: " + e);
        }
    }

    private ScaleResult result(Decision decision, ScaleOutcome outcome, String detail) {
        return ScaleResult.of(decision, clock.millis(), outcome, detail);
    }

    /** Starts nothing any more; what waits is postponed. */
    @Override
    public void close() {
        List<Letter> left = new ArrayList<>();
        synchronized (boxes) {
            closed = true;
            for (Box box : boxes.values()) {
                if (box.waiting != null) {
                    left.add(box.waiting);
                    box.waiting = null;
                }
            }
        }
        threads.shutdownNow();
        for (Letter letter : left) {
            letter.answer.complete(
                    result(letter.decision, ScaleOutcome.POSTPONED, "the job is stopping"));
        }
        scaler.close();
    }
}
