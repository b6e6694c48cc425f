package dev.sphere.local.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures from the topic {@code predictions} how good the forecasts of one signal are at the lead
 * time, against the seasonal-naive forecast (MASE; Hyndman, Koehler 2006, on the same targets).
 *
 * <p>Of each forecast the point nearest to the lead time is kept until its time is observed, and of
 * the observations one season: no more than the run's season and lead take.
 */
public final class ForecastAccuracy {
    private static final int MOST_PER_SERVICE = 100_000;

    private final String signal;
    private final long leadMillis;
    private final long seasonMillis;
    private final long since;
    private final Map<String, Course> courses = new TreeMap<>();

    /**
     * The accuracy for one service since the start.
     *
     * @param observations steps that were observed, not missing
     * @param forecasts steps for which a forecast was issued
     * @param errors forecasts that could be compared, with the seasonal-naive one too
     * @param mase mean absolute error over that of the seasonal-naive forecast; NaN if unknown
     */
    public record Result(
            long observations,
            long forecasts,
            long errors,
            double mase,
            double meanAbsoluteError,
            double meanAbsoluteNaiveError) {}

    private static final class Course {
        final TreeMap<Long, Double> observed = new TreeMap<>();
        final TreeMap<Long, Double> expected = new TreeMap<>();
        long lastIssued = Long.MIN_VALUE;
        long step;
        long observations;
        long forecasts;
        long errors;
        double error;
        double naiveError;
    }

    /**
     * @param signal whose forecasts are measured
     * @param leadMillis how far ahead
     * @param seasonMillis what the seasonal-naive forecast looks back
     * @param since forecasts issued earlier do not count, in epoch milliseconds
     */
    public ForecastAccuracy(String signal, long leadMillis, long seasonMillis, long since) {
        if (leadMillis < 1 || seasonMillis < 1) {
            throw new IllegalArgumentException(
                    "lead " + leadMillis + " ms, season " + seasonMillis + " ms: expected above 0");
        }
        this.signal = signal;
        this.leadMillis = leadMillis;
        this.seasonMillis = seasonMillis;
        this.since = since;
    }

    /** Takes a message of the topic {@code predictions}, in the order of a service's times. */
    public synchronized void prediction(JsonNode message) {
        if (!message.path("signal").asText().equals(signal)) {
            return;
        }
        Course course =
                courses.computeIfAbsent(message.path("service").asText(), service -> new Course());
        long issuedAt = message.path("issuedAt").asLong();
        if (issuedAt <= course.lastIssued) {
            // The topic is at-least-once: a restarted job says the last ones again.
            return;
        }
        course.lastIssued = issuedAt;
        course.step = message.path("step").asLong();
        JsonNode value = message.path("observed").path("value");
        if (value.isNumber()) {
            observe(course, issuedAt, value.doubleValue());
        }
        if (issuedAt >= since) {
            expect(course, issuedAt, message.path("horizon"));
        }
        forget(course, issuedAt);
    }

    private void observe(Course course, long at, double value) {
        course.observed.put(at, value);
        if (at >= since) {
            course.observations++;
        }
        Double expected = course.expected.remove(at);
        Double seasonAgo = nearest(course.observed, at - seasonMillis, course.step / 2);
        if (expected != null && seasonAgo != null) {
            course.errors++;
            course.error += Math.abs(value - expected);
            course.naiveError += Math.abs(value - seasonAgo);
        }
    }

    private void expect(Course course, long issuedAt, JsonNode horizon) {
        JsonNode nearest = null;
        long distance = Long.MAX_VALUE;
        for (JsonNode point : horizon) {
            long off = Math.abs(point.path("at").asLong() - issuedAt - leadMillis);
            if (off < distance && point.path("mean").isNumber()) {
                distance = off;
                nearest = point;
            }
        }
        if (nearest != null) {
            course.forecasts++;
            course.expected.put(nearest.path("at").asLong(), nearest.path("mean").doubleValue());
        }
    }

    private static Double nearest(TreeMap<Long, Double> values, long at, long within) {
        var before = values.floorEntry(at);
        var after = values.ceilingEntry(at);
        long toBefore = before == null ? Long.MAX_VALUE : at - before.getKey();
        long toAfter = after == null ? Long.MAX_VALUE : after.getKey() - at;
        if (Math.min(toBefore, toAfter) > within) {
            return null;
        }
        return toBefore <= toAfter ? before.getValue() : after.getValue();
    }

    private void forget(Course course, long now) {
        course.observed.headMap(now - seasonMillis - course.step).clear();
        course.expected.headMap(now).clear();
        while (course.observed.size() > MOST_PER_SERVICE) {
            course.observed.pollFirstEntry();
        }
        while (course.expected.size() > MOST_PER_SERVICE) {
            course.expected.pollLastEntry();
        }
    }

    /** The accuracy for each service of which a forecast was seen. */
    public synchronized Map<String, Result> results() {
        Map<String, Result> results = new TreeMap<>();
        courses.forEach(
                (service, course) ->
                        results.put(
                                service,
                                new Result(
                                        course.observations,
                                        course.forecasts,
                                        course.errors,
                                        course.naiveError > 0
                                                ? course.error / course.naiveError
                                                : Double.NaN,
                                        course.error / course.errors,
                                        course.naiveError / course.errors)));
        return results;
    }
}
