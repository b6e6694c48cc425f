package dev.sphere.local.bench.scale;

import dev.sphere.forecast.Outlook;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Tells the {@link DelayMeter} of each outlook that leaves the forecast operator. */
final class DelaySink implements Sink<Outlook> {
    private static final long serialVersionUID = 1L;

    private final String run;

    DelaySink(String run) {
        this.run = run;
    }

    @Override
    public SinkWriter<Outlook> createWriter(WriterInitContext context) {
        var meter = DelayMeter.of(run);
        return new SinkWriter<>() {
            @Override
            public void write(Outlook outlook, Context context) {
                meter.left(outlook, System.nanoTime());
            }

            @Override
            public void flush(boolean endOfInput) {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
    }
}
