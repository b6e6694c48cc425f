package dev.sphere.sockshop;

import java.util.random.RandomGenerator;

/** A lognormal time: many requests take a little less than the mean, a few take much more. */
public record ServiceTime(double meanNanos, double variation) {

    public ServiceTime {
        if (!(meanNanos > 0) || !(variation >= 0)) {
            throw new IllegalArgumentException(
                    "service time: mean %s ns, variation %s, expected mean > 0 and variation >= 0"
                            .formatted(meanNanos, variation));
        }
    }

    /** A time with this mean and this coefficient of variation. */
    public static ServiceTime ofMillis(double mean, double variation) {
        return new ServiceTime(mean * 1e6, variation);
    }

    /** The next time in nanoseconds. */
    public long draw(RandomGenerator random) {
        double variance = Math.log1p(variation * variation);
        double location = Math.log(meanNanos) - variance / 2;
        return (long) Math.exp(location + Math.sqrt(variance) * random.nextGaussian());
    }
}
