package dev.sphere.local.kubernetes;

import java.time.Duration;
import org.apache.commons.math3.distribution.LogNormalDistribution;
import org.apache.commons.math3.random.Well19937c;

/** How long pods take from being scheduled to being ready: draws of a lognormal distribution. */
public final class StartUpTimes {
    private final double medianMillis;
    private final LogNormalDistribution distribution;

    /**
     * Start-up times that are the same in each run with the same seed.
     *
     * @param median half of the pods are ready sooner
     * @param sigma standard deviation of the logarithm; 0 for the median always
     */
    public StartUpTimes(Duration median, double sigma, long seed) {
        if (median.isNegative()) {
            throw new IllegalArgumentException("median: " + median + " is negative");
        }
        if (!(sigma >= 0 && sigma <= 3)) {
            throw new IllegalArgumentException("sigma: " + sigma + " is not between 0 and 3");
        }
        this.medianMillis = median.toNanos() / 1e6;
        this.distribution =
                sigma == 0 || median.isZero()
                        ? null
                        : new LogNormalDistribution(
                                new Well19937c(seed), Math.log(medianMillis), sigma);
    }

    /** The start-up time of the next pod. */
    public synchronized Duration next() {
        double millis = distribution == null ? medianMillis : distribution.sample();
        return Duration.ofNanos(Math.round(millis * 1e6));
    }
}
