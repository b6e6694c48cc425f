package dev.sphere.local.bench.scale;

import dev.sphere.SphereConfig;
import dev.sphere.calendar.CalendarIncoming;
import dev.sphere.calendar.SplitCalendarFunction;
import dev.sphere.forecast.ForecastFunction;
import dev.sphere.observe.Incoming;
import dev.sphere.observe.ObserveFunction;
import dev.sphere.observe.Scrape;
import dev.sphere.observe.SplitRejectedFunction;
import dev.sphere.observe.Step;
import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job's operators from reading to forecasting, as {@link dev.sphere.SphereFlow} connects them,
 * between a generated source and a meter.
 */
final class ScaleFlow {
    /** How the tasks are called; threads are named after them. */
    static final String SOURCE_TASK = "Source: ";

    static final Set<String> FORECAST_TASKS = Set.of("observe", "forecast");

    private ScaleFlow() {}

    /**
     * Defines the job.
     *
     * @param part names the source: what it has read is not for the next part to go on with
     */
    static void define(
            StreamExecutionEnvironment environment,
            SphereConfig config,
            ScrapesSource source,
            String part,
            DelaySink sink) {
        var steps =
                environment
                        .fromSource(
                                source,
                                WatermarkStrategy.noWatermarks(),
                                part,
                                TypeInformation.of(Incoming.class))
                        .uid(part)
                        .process(new SplitRejectedFunction())
                        .uid("read")
                        .name("read")
                        .keyBy(Scrape::service)
                        .process(new ObserveFunction(config.observe()))
                        .uid("observe")
                        .name("observe");
        var noCalendar =
                environment
                        .fromData(CalendarIncoming.NOTHING)
                        .uid("no-calendar")
                        .setParallelism(1)
                        .process(new SplitCalendarFunction())
                        .uid("entries")
                        .name("entries")
                        .setParallelism(1)
                        .broadcast(
                                ForecastFunction.CALENDAR_ENTRIES,
                                ForecastFunction.CALENDAR_POSITION);
        DataStreamUtils.reinterpretAsKeyedStream(steps, Step::service)
                .connect(noCalendar)
                .process(new ForecastFunction(config.forecast()))
                .uid("forecast")
                .name("forecast")
                .sinkTo(sink)
                .uid("delays")
                .name("delays");
    }
}
