package dev.sphere.forecast;

import dev.sphere.calendar.CalendarChange;
import dev.sphere.calendar.CalendarEntries;
import dev.sphere.calendar.CalendarEntry;
import dev.sphere.calendar.CalendarPosition;
import dev.sphere.observe.Amendment;
import dev.sphere.observe.Observation;
import dev.sphere.observe.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * Forecasts every signal of a service, one model each, by a calendar that all subtasks have.
 *
 * <p>State: one {@link SignalModel} per signal; it goes with the signal, of which {@code observe}
 * then says nothing any more. Not by a time to live: Flink copies a model for each look at that.
 * And the entries of the calendar, as broadcast state; one goes when it is withdrawn, or when there
 * are too many.
 */
public final class ForecastFunction
        extends KeyedBroadcastProcessFunction<String, Step, CalendarChange, Outlook>
        implements CheckpointedFunction {
    public static final MapStateDescriptor<String, CalendarEntry> CALENDAR_ENTRIES =
            new MapStateDescriptor<>("calendar-entries", String.class, CalendarEntry.class);
    public static final MapStateDescriptor<String, CalendarPosition> CALENDAR_POSITION =
            new MapStateDescriptor<>("calendar-position", String.class, CalendarPosition.class);

    private static final long serialVersionUID = 1L;

    /** The one key of the position. */
    private static final String READ = "read";

    private final SerializableSupplier<List<CalendarChange>> calendarAtStart;
    private final Forecaster forecaster;

    private transient BroadcastState<String, CalendarEntry> calendarEntries;
    private transient BroadcastState<String, CalendarPosition> calendarPosition;
    private transient CalendarEntries entries;
    private transient ValueState<ServiceModels> service;
    private transient Counter forecasts;
    private transient Counter skilled;
    private transient Counter refits;

    /** Without a calendar. */
    public ForecastFunction(ForecastSettings settings) {
        this(settings, null);
    }

    /**
     * With a calendar.
     *
     * @param calendarAtStart what the topic says when a job starts without state; it is asked
     *     before the first step, so that no date is learned from that was known to teach nothing
     */
    public ForecastFunction(
            ForecastSettings settings, SerializableSupplier<List<CalendarChange>> calendarAtStart) {
        this.calendarAtStart = calendarAtStart;
        this.forecaster = new Forecaster(settings);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        calendarEntries = context.getOperatorStateStore().getBroadcastState(CALENDAR_ENTRIES);
        calendarPosition = context.getOperatorStateStore().getBroadcastState(CALENDAR_POSITION);
        var position = calendarPosition.get(READ);
        if (calendarAtStart == null) {
            // What a job before this one knew of a calendar holds no longer.
            calendarEntries.clear();
            calendarPosition.clear();
            entries = CalendarEntries.atStart(List.of());
        } else if (position == null) {
            entries = CalendarEntries.atStart(calendarAtStart.get());
            saveCalendar();
        } else {
            List<CalendarEntry> restored = new ArrayList<>();
            for (Map.Entry<String, CalendarEntry> entry : calendarEntries.immutableEntries()) {
                restored.add(entry.getValue());
            }
            entries = CalendarEntries.restored(restored, position);
        }
    }

    @Override
    public void open(OpenContext context) {
        service =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "service-models", TypeInformation.of(ServiceModels.class)));
        var metrics = getRuntimeContext().getMetricGroup();
        forecasts = metrics.counter("forecasts");
        skilled = metrics.counter("skilledForecasts");
        refits = metrics.counter("refits");
        metrics.gauge("calendarEntries", () -> entries.all().size());
    }

    @Override
    public void processElement(Step step, ReadOnlyContext context, Collector<Outlook> out)
            throws Exception {
        var models = service.value();
        if (models == null) {
            models = new ServiceModels();
        }
        models.keepOnly(step.observations());
        var calendar = entries.calendar();
        for (Amendment amendment : step.amendments()) {
            var model = models.of(amendment.signal());
            if (model != null) {
                forecaster.amend(model, amendment, calendar, step.service());
            }
        }
        List<Forecast> made = new ArrayList<>(step.observations().size());
        for (Observation observation : step.observations()) {
            String signal = observation.signal();
            var model =
                    forecaster.startOrContinue(models.of(signal), step.service() + "/" + signal);
            long refittedAt = model.refittedAt;
            var forecast =
                    forecaster.next(model, observation, step.end(), calendar, step.service());
            models.put(signal, model);
            made.add(forecast);
            forecasts.inc();
            if (refittedAt != SignalModel.NEVER && refittedAt != model.refittedAt) {
                refits.inc();
            }
            if (forecast.health() == Forecast.Health.SKILLED) {
                skilled.inc();
            }
        }
        if (made.isEmpty()) {
            service.clear();
        } else {
            service.update(models);
        }
        out.collect(new Outlook(step.service(), step.end(), step.length(), step.records(), made));
    }

    @Override
    public void processBroadcastElement(
            CalendarChange change, Context context, Collector<Outlook> out) {
        entries.take(change);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (calendarAtStart != null && !entries.position().equals(calendarPosition.get(READ))) {
            saveCalendar();
        }
    }

    private void saveCalendar() throws Exception {
        calendarEntries.clear();
        for (CalendarEntry entry : entries.all()) {
            calendarEntries.put(entry.id(), entry);
        }
        calendarPosition.put(READ, entries.position());
    }
}
