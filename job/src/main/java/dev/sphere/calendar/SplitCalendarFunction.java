package dev.sphere.calendar;

import dev.sphere.observe.SplitRejectedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Sends what could be read of the calendar on, and what could not be read to the side. */
public final class SplitCalendarFunction extends ProcessFunction<CalendarIncoming, CalendarChange> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(
            CalendarIncoming incoming, Context context, Collector<CalendarChange> out) {
        if (incoming.rejected() != null) {
            context.output(SplitRejectedFunction.REJECTED, incoming.rejected());
        }
        if (incoming.change() != null) {
            out.collect(incoming.change());
        }
    }
}
