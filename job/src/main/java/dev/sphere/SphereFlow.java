package dev.sphere;

import dev.sphere.calendar.CalendarChange;
import dev.sphere.calendar.CalendarIncoming;
import dev.sphere.calendar.SplitCalendarFunction;
import dev.sphere.cluster.ClusterEvent;
import dev.sphere.forecast.ForecastFunction;
import dev.sphere.forecast.Outlook;
import dev.sphere.observe.Incoming;
import dev.sphere.observe.ObserveFunction;
import dev.sphere.observe.ObserveSettings;
import dev.sphere.observe.Rejected;
import dev.sphere.observe.Scrape;
import dev.sphere.observe.SplitRejectedFunction;
import dev.sphere.observe.Step;
import dev.sphere.recommend.Decision;
import dev.sphere.recommend.RecommendFunction;
import dev.sphere.scale.ScaleFunction;
import dev.sphere.scale.ScaleResult;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The flow, as it is written once:
 *
 * <pre>
 *   metrics ──► read ──► observe ─────────► forecast ──┬──► predictions, redis
 *                │                             ▲       │
 *                │     calendar ──► entries ───┘       ▼
 *                │                     │   cluster ─► recommend ──┬──► decisions
 *                ▼                     │                          ▼        ▲
 *             rejected ◄───────────────┘                        scale ─────┘
 * </pre>
 *
 * The one shuffle of the data is before {@code observe}, by service; from there to {@code scale} a
 * service stays with its subtask. The calendar is told to all of them.
 */
public record SphereFlow(
        DataStream<Rejected> rejected,
        DataStream<Outlook> outlooks,
        DataStream<Decision> decisions,
        DataStream<ScaleResult> results) {

    /** Requests in flight for each subtask; each target has at most one. */
    private static final int SCALE_CAPACITY = 1_000;

    static SphereFlow of(
            DataStream<Incoming> metrics,
            DataStream<CalendarIncoming> calendar,
            DataStream<ClusterEvent> cluster,
            ObserveSettings observe,
            ForecastFunction forecast,
            RecommendFunction recommend,
            ScaleFunction scale,
            Duration scaleTimeout) {
        SingleOutputStreamOperator<Scrape> scrapes =
                metrics.process(new SplitRejectedFunction()).uid("read").name("read");

        SingleOutputStreamOperator<Step> steps =
                scrapes.keyBy(Scrape::service)
                        .process(new ObserveFunction(observe))
                        .uid("observe")
                        .name("observe");

        SingleOutputStreamOperator<CalendarChange> entries =
                calendar.process(new SplitCalendarFunction())
                        .uid("entries")
                        .name("entries")
                        .setParallelism(1); // all subtasks must hear of them in the same order

        // Observe keeps the key, so what follows needs no shuffle.
        SingleOutputStreamOperator<Outlook> outlooks =
                DataStreamUtils.reinterpretAsKeyedStream(steps, Step::service)
                        .connect(
                                entries.broadcast(
                                        ForecastFunction.CALENDAR_ENTRIES,
                                        ForecastFunction.CALENDAR_POSITION))
                        .process(forecast)
                        .uid("forecast")
                        .name("forecast");

        SingleOutputStreamOperator<Decision> decisions =
                DataStreamUtils.reinterpretAsKeyedStream(outlooks, Outlook::service)
                        .connect(cluster.keyBy(ClusterEvent::service))
                        .process(recommend)
                        .uid("recommend")
                        .name("recommend");

        SingleOutputStreamOperator<ScaleResult> results =
                AsyncDataStream.unorderedWait(
                                decisions.filter(Decision::apply).uid("to-apply").name("to-apply"),
                                scale,
                                scaleTimeout.toMillis(),
                                TimeUnit.MILLISECONDS,
                                SCALE_CAPACITY)
                        .uid("scale")
                        .name("scale");

        return new SphereFlow(
                scrapes.getSideOutput(SplitRejectedFunction.REJECTED)
                        .union(entries.getSideOutput(SplitRejectedFunction.REJECTED)),
                outlooks,
                decisions,
                results);
    }
}
