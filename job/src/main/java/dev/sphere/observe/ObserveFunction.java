package dev.sphere.observe;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns the scrapes of each service into closed steps. The state of a service goes when it has been
 * silent for {@link ObserveSettings#forgetServiceAfter()}; its count of records then begins again.
 */
public final class ObserveFunction extends KeyedProcessFunction<String, Scrape, Step> {

    private static final long serialVersionUID = 1L;

    private final ObserveSettings settings;

    private transient ServiceSteps steps;
    private transient ValueState<ServiceState> service;
    private transient Counter scrapes;
    private transient Map<Irregularity, Counter> counters;

    /** When this attempt saw the first record or timer; 0 before. */
    private transient long opened;

    public ObserveFunction(ObserveSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        steps = new ServiceSteps(settings);
        service =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "service", TypeInformation.of(ServiceState.class)));
        var metrics = getRuntimeContext().getMetricGroup();
        scrapes = metrics.counter("scrapes");
        counters = new EnumMap<>(Irregularity.class);
        for (Irregularity each : Irregularity.values()) {
            counters.put(each, metrics.counter(each.metric()));
        }
    }

    @Override
    public void processElement(Scrape scrape, Context context, Collector<Step> out)
            throws Exception {
        scrapes.inc();
        long now = now(context.timerService());
        ServiceState state = service.value();
        if (state == null) {
            state = new ServiceState();
        }
        steps.take(state, scrape, now, to(out));
        if (state.timer == 0) {
            arm(state, now + settings.patience(), context.timerService());
        }
        service.update(state);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Step> out)
            throws Exception {
        ServiceState state = service.value();
        if (state == null || state.timer != timestamp) {
            return;
        }
        long now = now(context.timerService());
        // What came while this job was down is still in Kafka: that was no silence of the service.
        long quietSince = state.arrival >= opened ? state.arrival : opened + settings.startUp();
        if (now - quietSince >= settings.forgetServiceAfter()) {
            service.clear();
            if (state.open != ServiceState.NONE) {
                // Nothing is observed any more: whoever remembers the service may forget it.
                out.collect(last(context.getCurrentKey(), state));
            }
            return;
        }
        // A timer that is late says that this process was held up, and so were the records.
        boolean isHeldUp = now - timestamp >= settings.step();
        if (now < quietSince + settings.patience()) {
            arm(state, quietSince + settings.patience(), context.timerService());
        } else {
            if (!isHeldUp) {
                steps.silent(state, context.getCurrentKey(), to(out));
            }
            arm(state, now + settings.step(), context.timerService());
        }
        service.update(state);
    }

    private static Step last(String service, ServiceState state) {
        return new Step(service, state.open, state.step, state.records, List.of(), List.of());
    }

    private long now(TimerService timers) {
        long now = timers.currentProcessingTime();
        if (opened == 0) {
            opened = now;
        }
        return now;
    }

    private void arm(ServiceState state, long at, TimerService timers) {
        state.timer = at;
        timers.registerProcessingTimeTimer(at);
    }

    private StepListener to(Collector<Step> out) {
        return new StepListener() {
            @Override
            public void closed(Step step) {
                out.collect(step);
            }

            @Override
            public void counted(Irregularity irregularity, long times) {
                counters.get(irregularity).inc(times);
            }
        };
    }
}
