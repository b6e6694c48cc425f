package dev.sphere.local.bench.scale;

import dev.sphere.observe.Incoming;
import java.util.Collection;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The generated scrapes of {@link Rounds}, as fast as they are taken or each when it is due, in one
 * split for each lane. It never ends by itself: the job is stopped when all of them are read.
 */
final class ScrapesSource
        implements Source<Incoming, NumberSequenceSplit, Collection<NumberSequenceSplit>> {
    private static final long serialVersionUID = 1L;

    private final Rounds rounds;
    private final GeneratedLoad load;
    private final String run;
    private final boolean paced;
    private final NumberSequenceSource positions;

    /**
     * @param run whose {@link DelayMeter} says when a scrape is due
     * @param paced whether to wait until it is
     */
    ScrapesSource(Rounds rounds, GeneratedLoad load, String run, boolean paced) {
        this.rounds = rounds;
        this.load = load;
        this.run = run;
        this.paced = paced;
        // Flink's own source cuts this into as many equal parts as it has readers: the lanes.
        this.positions = new NumberSequenceSource(0, rounds.lanes() * rounds.positions() - 1);
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<Incoming, NumberSequenceSplit> createReader(SourceReaderContext context) {
        return new ScrapesSourceReader(rounds, load, DelayMeter.of(run), paced, context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context) {
        return positions.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context,
            Collection<NumberSequenceSplit> unassigned) {
        return positions.restoreEnumerator(context, unassigned);
    }

    @Override
    public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
        return positions.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<NumberSequenceSplit>>
            getEnumeratorCheckpointSerializer() {
        return positions.getEnumeratorCheckpointSerializer();
    }
}
