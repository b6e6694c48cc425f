package dev.sphere.observe;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Sends what could be read on, and what could not be read to the side. */
public final class SplitRejectedFunction extends ProcessFunction<Incoming, Scrape> {

    public static final OutputTag<Rejected> REJECTED =
            new OutputTag<>("rejected", TypeInformation.of(Rejected.class));

    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Incoming incoming, Context context, Collector<Scrape> out) {
        if (incoming.rejected() != null) {
            context.output(REJECTED, incoming.rejected());
        }
        if (incoming.scrape() != null) {
            out.collect(incoming.scrape());
        }
    }
}
