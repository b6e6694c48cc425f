package dev.sphere.forecast;

import dev.sphere.observe.Observation;
import dev.sphere.observe.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Forecasts every signal of a service, one model each. State: one {@link SignalModel} per signal;
 * it goes when the service has been silent for {@link ForecastSettings#forgetAfter}.
 */
public final class ForecastFunction extends KeyedProcessFunction<String, Step, Outlook> {
    private static final long serialVersionUID = 1L;

    private final ForecastSettings settings;
    private final Forecaster forecaster;

    private transient MapState<String, SignalModel> models;
    private transient Counter forecasts;
    private transient Counter skilled;

    public ForecastFunction(ForecastSettings settings) {
        this.settings = settings;
        this.forecaster = new Forecaster(settings);
    }

    @Override
    public void open(OpenContext context) {
        var descriptor = new MapStateDescriptor<>("models", String.class, SignalModel.class);
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(Duration.ofMillis(settings.forgetAfter())).build());
        models = getRuntimeContext().getMapState(descriptor);
        forecasts = getRuntimeContext().getMetricGroup().counter("forecasts");
        skilled = getRuntimeContext().getMetricGroup().counter("skilledForecasts");
    }

    @Override
    public void processElement(Step step, Context context, Collector<Outlook> out)
            throws Exception {
        List<Forecast> made = new ArrayList<>(step.observations().size());
        for (Observation observation : step.observations()) {
            var model = forecaster.startOrContinue(models.get(observation.signal()));
            var forecast = forecaster.next(model, observation, step.end());
            models.put(observation.signal(), model);
            made.add(forecast);
            forecasts.inc();
            if (forecast.health() == Forecast.Health.SKILLED) {
                skilled.inc();
            }
        }
        out.collect(new Outlook(step.service(), step.end(), step.length(), step.records(), made));
    }
}
