package dev.sphere.local.load;

import java.util.random.RandomGenerator;

/**
 * When requests are due: a Poisson process with the load's intensity, drawn by thinning one with
 * the peak's (Lewis, Shedler 1979).
 */
final class Arrivals {
    private final Load load;
    private final long startMillis;
    private final RandomGenerator random;
    private double nanos;

    /**
     * @param startMillis time of the load at which the process starts, in epoch milliseconds
     */
    Arrivals(Load load, long startMillis, RandomGenerator random) {
        this.load = load;
        this.startMillis = startMillis;
        this.random = random;
    }

    /** When the next request is due, in nanoseconds since the start. */
    long next() {
        double peak = load.peakRequestsPerSecond();
        double rate;
        do {
            nanos += random.nextExponential() * 1e9 / peak;
            rate = load.rateAt(startMillis + (long) (nanos / 1e6));
        } while (random.nextDouble() * peak >= rate);
        return (long) nanos;
    }
}
