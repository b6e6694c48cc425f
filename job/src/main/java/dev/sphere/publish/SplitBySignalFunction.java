package dev.sphere.publish;

import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Outlook;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes one prediction of each forecast of an outlook. */
public final class SplitBySignalFunction implements FlatMapFunction<Outlook, Prediction> {
    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(Outlook outlook, Collector<Prediction> out) {
        for (Forecast forecast : outlook.forecasts()) {
            out.collect(
                    new Prediction(
                            outlook.service(),
                            outlook.at(),
                            outlook.step(),
                            outlook.records(),
                            forecast));
        }
    }
}
