package dev.sphere.local.bench.scale;

import dev.sphere.observe.Sample;
import dev.sphere.observe.Scrape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The load of generated services: requests counted by two pods each, with a day, a week, an hour
 * and scatter. It is a function of seed, service and time, so that nothing has to be remembered of
 * it.
 *
 * @param step at least this many milliseconds are between two scrapes of a service
 */
record GeneratedLoad(long seed, long step) implements Serializable {
    static final int PODS = 2;
    static final String SIGNAL = "requests";

    private static final String NAME = "scale/service-";
    private static final double[] PERIODS = {86_400, 43_200, 604_800, 3_600};
    private static final double[] AMPLITUDES = {0.5, 0.12, 0.1, 0.08};

    /** What is left of the mean rate at the least, times a step, is more than two of it. */
    private static final double SCATTER = 0.09;

    static String name(int service) {
        return NAME + service;
    }

    static int index(String name) {
        return Integer.parseInt(name, NAME.length(), name.length(), 10);
    }

    Scrape scrape(int service, long at) {
        List<Sample> samples = new ArrayList<>(PODS);
        for (int pod = 0; pod < PODS; pod++) {
            String podName = "pod-" + pod;
            samples.add(
                    new Sample(
                            SIGNAL,
                            Sample.Kind.COUNTER,
                            Sample.Aggregation.SUM,
                            "pod=" + podName,
                            podName,
                            total(service, pod, at),
                            false,
                            0));
        }
        return new Scrape(name(service), at, "scale", samples);
    }

    /** Requests that a pod has answered by then. */
    double total(int service, int pod, long at) {
        double seconds = at / 1e3;
        double mean = 5 + 95 * share(service, pod, -1);
        double shift = share(service, 0, -2) - 0.5;
        double periods = seconds;
        for (int i = 0; i < PERIODS.length; i++) {
            double angle = 2 * Math.PI / PERIODS[i];
            periods += AMPLITUDES[i] / angle * Math.sin(angle * (seconds % PERIODS[i]) + shift);
        }
        double scatter = 2 * share(service, pod, Math.floorDiv(at, step)) - 1;
        return mean * (periods + SCATTER * step / 1e3 * scatter);
    }

    /** A number from 0 to 1 that looks random: SplitMix64's last steps. */
    private double share(int service, int pod, long number) {
        long z = seed + (((long) service * PODS + pod) * 0x9E3779B97F4A7C15L) + number;
        z = mix(mix(z) + number);
        return (z >>> 11) * 0x1.0p-53;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
