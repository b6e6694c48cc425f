package dev.sphere.observe;

import dev.sphere.observe.ServiceState.Series;
import dev.sphere.observe.ServiceState.Signal;
import java.util.HashSet;
import java.util.Set;

/** What the series of one signal add up to in the step that closes. */
final class SignalTotals {

    /** What a series has to do with a step. */
    enum Standing {
        /** it is not expected and did not report */
        ABSENT,
        /** it is expected and did not report */
        OWING,
        REPORTED
    }

    private final Set<String> pods = new HashSet<>();
    private int reported;
    private int expected;
    private double known;
    private double sum;
    private double max = Double.NEGATIVE_INFINITY;

    Standing add(Series series, long start, long length) {
        long end = start + length;
        double value = series.steps.length == 0 ? ServiceSteps.NO_SAMPLE : series.steps[0];
        boolean isReported;
        if (series.counter) {
            value = Double.isNaN(value) ? 0 : value * 1000 / length;
            known += value;
            isReported =
                    series.from < end
                            && series.since <= start
                            && (series.at >= end || (series.ended && series.at > start));
        } else {
            if (Double.isNaN(value) && series.at >= end) {
                value = series.held;
            }
            isReported = Double.isFinite(value);
            known += isReported ? value : 0;
        }
        if (isReported) {
            reported++;
            expected++;
            sum += value;
            max = Math.max(max, value);
            if (!series.pod.isEmpty()) {
                pods.add(series.pod);
            }
            return Standing.REPORTED;
        }
        if (!series.ended && series.from < end) {
            expected++;
            return Standing.OWING;
        }
        return Standing.ABSENT;
    }

    Observation observation(Signal signal, long start) {
        int all = signal.droppedAt >= start ? expected + 1 : expected;
        if (reported == 0) {
            return Observation.missing(signal.name, all);
        }
        double value =
                switch (signal.aggregation) {
                    case SUM -> known;
                    case MEAN -> sum / reported;
                    case MAX -> max;
                };
        return new Observation(signal.name, value, reported, all, pods.size());
    }

    /** What can be added to later: the sum of a mean, and of a sum also what is only a part. */
    double total(Signal signal) {
        return switch (signal.aggregation) {
            case SUM -> known;
            case MEAN -> sum;
            case MAX -> max;
        };
    }
}
