package dev.sphere.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sphere.forecast.Forecast;
import dev.sphere.observe.Observation;
import dev.sphere.observe.Rejected;
import dev.sphere.recommend.Decision;
import dev.sphere.scale.ScaleOutcome;
import dev.sphere.scale.ScaleResult;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The records that the golden messages were written from, and the messages. */
final class Examples {
    static final String SERVICE = "sock-shop/front-end";
    static final long AT = 1763683200000L;

    private Examples() {}

    /** The lines of a golden file. */
    static List<String> golden(String name) throws IOException {
        try (InputStream file = Examples.class.getResourceAsStream("/messages/" + name)) {
            return new String(file.readAllBytes(), UTF_8).lines().toList();
        }
    }

    static Forecast forecast() {
        return new Forecast(
                new Observation("requests", 271.5, 36, 36, 4),
                List.of(
                        new Forecast.Point(
                                AT + 2000,
                                273.1,
                                new double[] {250.2, 272.9, 284.0, 290.7, 297.3, 310.0})),
                new Forecast.Peak(
                        20000, 300.4, new double[] {280.1, 299.8, 306.4, 312.0, 318.5, 330.0}),
                new Forecast.Model(
                        "season",
                        List.of(new Forecast.Seasonality(480_000, 0.62)),
                        0.3,
                        0.02,
                        0.1,
                        0.9,
                        1763680000000L),
                new Forecast.Accuracy(0.81, 0.92, 0.89, 240),
                Forecast.Health.SKILLED);
    }

    /** What is known of a signal after its first, missing, observation. */
    static Forecast coldForecast() {
        return new Forecast(
                Observation.missing("queue", 1),
                List.of(),
                new Forecast.Peak(20000, Double.NaN, nothingKnown()),
                new Forecast.Model(
                        "level", List.of(), Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0),
                new Forecast.Accuracy(Double.NaN, Double.NaN, Double.NaN, 0),
                Forecast.Health.COLD);
    }

    private static double[] nothingKnown() {
        return new double[] {
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY
        };
    }

    static Prediction prediction(Forecast forecast) {
        return new Prediction(SERVICE, AT, 2000, 5021, forecast);
    }

    static Decision decision() {
        return new Decision(
                SERVICE + "@" + AT,
                SERVICE,
                AT,
                AT + 41,
                4,
                4,
                7,
                7,
                Decision.Basis.FORECAST,
                Decision.Limit.NONE,
                "requests",
                271.5,
                312.0,
                0.9,
                20000,
                50.0,
                "4711",
                true,
                "312 requests/s expected within 20 s (p90), 50 per replica");
    }

    static Decision blindDecision() {
        return new Decision(
                SERVICE + "@" + AT,
                SERVICE,
                AT,
                AT + 41,
                4,
                3,
                4,
                4,
                Decision.Basis.NONE,
                Decision.Limit.MISSING_DATA,
                "",
                Double.NaN,
                Double.NaN,
                Double.NaN,
                0,
                Double.NaN,
                "4711",
                false,
                "no data");
    }

    static ScaleResult result(ScaleOutcome outcome) {
        return new ScaleResult(SERVICE + "@" + AT, SERVICE, AT + 55, outcome, 7, "");
    }

    static Rejected rejected(byte[] payload) {
        return new Rejected(
                "metrics",
                3,
                12,
                "not JSON: Unexpected end-of-input",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                payload.length,
                payload);
    }
}
