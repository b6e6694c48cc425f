package dev.sphere.publish;

import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Quantiles;
import dev.sphere.observe.Observation;
import java.util.Arrays;

/** Writes messages of the topic {@code predictions}. */
public final class PredictionJson {
    /** {@code p05}, {@code p50}, … */
    private static final String[] QUANTILES =
            Arrays.stream(Quantiles.LEVELS)
                    .mapToObj(level -> String.format("p%02d", Math.round(100 * level)))
                    .toArray(String[]::new);

    private PredictionJson() {}

    public static byte[] bytes(Prediction prediction) {
        Forecast forecast = prediction.forecast();
        Observation observed = forecast.observed();
        JsonMessage json =
                new JsonMessage()
                        .text("service", prediction.service())
                        .text("signal", forecast.signal())
                        .whole("issuedAt", prediction.at())
                        .whole("step", prediction.step());
        json.object("observed")
                .number("value", observed.value())
                .whole("reported", observed.reported())
                .whole("expected", observed.expected())
                .whole("pods", observed.pods())
                .whole("records", prediction.records())
                .endObject();
        json.array("horizon");
        for (Forecast.Point point : forecast.curve()) {
            json.object().whole("at", point.at());
            distribution(json, point.mean(), point.quantiles()).endObject();
        }
        json.endArray();
        json.object("peak").whole("within", forecast.peak().horizon());
        distribution(json, forecast.peak().mean(), forecast.peak().quantiles()).endObject();
        Forecast.Model model = forecast.model();
        json.object("model")
                .text("kind", model.kind())
                .number("alpha", model.alpha())
                .number("beta", model.beta())
                .number("gamma", model.gamma())
                .number("phi", model.phi())
                .whole("shiftedAt", model.shiftedAt());
        json.array("seasons");
        for (Forecast.Seasonality season : model.seasons()) {
            json.object()
                    .whole("length", season.length())
                    .number("evidence", season.evidence())
                    .endObject();
        }
        json.endArray().endObject();
        Forecast.Accuracy accuracy = forecast.accuracy();
        json.object("accuracy")
                .number("mase", accuracy.mase())
                .number("coverage", accuracy.coverage())
                .number("interval", accuracy.interval())
                .whole("errors", accuracy.errors())
                .endObject();
        return json.word("health", forecast.health()).bytes();
    }

    private static JsonMessage distribution(JsonMessage json, double mean, double[] quantiles) {
        json.number("mean", mean);
        for (int i = 0; i < QUANTILES.length; i++) {
            json.number(QUANTILES[i], quantiles[i]);
        }
        return json;
    }
}
