package dev.sphere.observe;

import dev.sphere.observe.Sample.Aggregation;
import dev.sphere.observe.Sample.Kind;
import java.util.List;

/** Samples and scrapes for tests. */
final class Samples {

    static final String SERVICE = "sock-shop/front-end";

    /** A multiple of all step lengths used in tests. */
    static final long T0 = 1_763_683_200_000L;

    private Samples() {}

    static Scrape scrape(long at, Sample... samples) {
        return new Scrape(SERVICE, at, "test", List.of(samples));
    }

    /** A counter that does not say when it began. */
    static Sample requests(String pod, double value) {
        return requests(pod, value, 0);
    }

    static Sample requests(String pod, double value, long created) {
        return new Sample(
                "requests", Kind.COUNTER, Aggregation.SUM, labels(pod), pod, value, false, created);
    }

    static Sample noRequests(String pod) {
        return new Sample(
                "requests", Kind.COUNTER, Aggregation.SUM, labels(pod), pod, Double.NaN, true, 0);
    }

    static Sample gauge(String signal, Aggregation aggregation, String pod, double value) {
        return new Sample(signal, Kind.GAUGE, aggregation, labels(pod), pod, value, false, 0);
    }

    static Sample noGauge(String signal, Aggregation aggregation, String pod) {
        return new Sample(signal, Kind.GAUGE, aggregation, labels(pod), pod, Double.NaN, true, 0);
    }

    private static String labels(String pod) {
        return "pod=\"" + pod + "\"";
    }
}
