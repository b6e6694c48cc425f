package dev.sphere.local.bench.scale;

import dev.sphere.observe.Incoming;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.core.io.InputStatus;

/** Makes the scrapes of one lane; the task never waits in here, so that checkpoints pass. */
final class ScrapesSourceReader implements SourceReader<Incoming, NumberSequenceSplit> {
    private final Rounds rounds;
    private final GeneratedLoad load;
    private final DelayMeter meter;
    private final boolean paced;
    private final SourceReaderContext context;
    private final ScheduledExecutorService alarm =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        var thread = new Thread(task, "scrapes-due");
                        thread.setDaemon(true);
                        return thread;
                    });

    private CompletableFuture<Void> available = new CompletableFuture<>();
    private NumberSequenceSplit split;
    private int lane;
    private long next;
    private boolean isRead;

    ScrapesSourceReader(
            Rounds rounds,
            GeneratedLoad load,
            DelayMeter meter,
            boolean paced,
            SourceReaderContext context) {
        this.rounds = rounds;
        this.load = load;
        this.meter = meter;
        this.paced = paced;
        this.context = context;
    }

    @Override
    public void start() {
        context.sendSplitRequest();
    }

    @Override
    public void addSplits(List<NumberSequenceSplit> splits) {
        if (split != null || splits.size() != 1) {
            throw new IllegalStateException(
                    "a reader of generated scrapes takes one split: got " + splits);
        }
        split = splits.get(0);
        lane = (int) (split.from() / rounds.positions());
        next = split.from() % rounds.positions();
        meter.arrived();
        available.complete(null);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Incoming> output) {
        if (split == null) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        skipPlacesOfNobody();
        if (next == rounds.positions()) {
            return ended();
        }
        int service = rounds.service(lane, next);
        long round = rounds.round(next);
        if (paced && !isDue(round, service)) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        output.collect(new Incoming(load.scrape(service, rounds.at(round, service)), null));
        next++;
        return InputStatus.MORE_AVAILABLE;
    }

    private void skipPlacesOfNobody() {
        while (next < rounds.positions() && !rounds.exists(rounds.service(lane, next))) {
            next++;
        }
    }

    private InputStatus ended() {
        if (!isRead) {
            isRead = true;
            meter.read();
        }
        available = new CompletableFuture<>();
        return InputStatus.NOTHING_AVAILABLE;
    }

    private boolean isDue(long round, int service) {
        if (!meter.begun().isDone()) {
            available = meter.begun();
            return false;
        }
        long wait = meter.due(round, service) - System.nanoTime();
        if (wait <= 0) {
            return true;
        }
        var due = new CompletableFuture<Void>();
        available = due;
        alarm.schedule(() -> due.complete(null), wait, TimeUnit.NANOSECONDS);
        return false;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    @Override
    public List<NumberSequenceSplit> snapshotState(long checkpointId) {
        return split == null || next == rounds.positions()
                ? List.of()
                : List.of(
                        new NumberSequenceSplit(
                                split.splitId(), lane * rounds.positions() + next, split.to()));
    }

    @Override
    public void notifyNoMoreSplits() {
        // There is one for each reader, and none after it.
    }

    @Override
    public void close() {
        alarm.shutdownNow();
    }
}
