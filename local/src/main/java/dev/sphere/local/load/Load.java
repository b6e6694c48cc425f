package dev.sphere.local.load;

import java.time.Duration;

/**
 * The requests per second that the front end is to get at any time, past or future.
 *
 * @param peakRequestsPerSecond what the shape's 1 stands for
 * @param dayMillis how long a day of the shape takes
 * @param startMillis when the run starts, in epoch milliseconds; the shape's quietest time of day
 */
public record Load(
        LoadShape shape, double peakRequestsPerSecond, long dayMillis, long startMillis) {
    private static final int MOMENTS = 4;

    public Load {
        if (!(peakRequestsPerSecond > 0 && peakRequestsPerSecond <= 1e6)) {
            throw new IllegalArgumentException(
                    "peak rate "
                            + peakRequestsPerSecond
                            + ": expected requests per second above 0, at most 1000000");
        }
        if (dayMillis < 1000) {
            throw new IllegalArgumentException(
                    "day of " + dayMillis + " ms: expected at least one second");
        }
    }

    public static Load of(
            LoadShape shape, double peakRequestsPerSecond, Duration day, long startMillis) {
        return new Load(shape, peakRequestsPerSecond, day.toMillis(), startMillis);
    }

    /** Requests per second at a time, in epoch milliseconds. */
    public double rateAt(long epochMillis) {
        double days = daysAt(epochMillis);
        double day = Math.floor(days);
        return peakRequestsPerSecond * shape.at((long) day, days - day);
    }

    /** Mean of the requests per second between two times. */
    public double meanRate(long fromMillis, long toMillis) {
        double sum = 0;
        for (int i = 0; i < MOMENTS; i++) {
            sum += rateAt(fromMillis + Math.round((toMillis - fromMillis) * (i + 0.5) / MOMENTS));
        }
        return sum / MOMENTS;
    }

    /** The time of day of the shape, from 0 to 1 (exclusive). */
    public double dayFraction(long epochMillis) {
        double days = daysAt(epochMillis);
        return days - Math.floor(days);
    }

    /** The shape's number of the day: 0 when the run starts, negative in the history. */
    public long day(long epochMillis) {
        return (long) Math.floor(daysAt(epochMillis));
    }

    private double daysAt(long epochMillis) {
        return shape.start() + (double) (epochMillis - startMillis) / dayMillis;
    }

    /** Rates at evenly spaced times, in the middle of each of the given number of parts. */
    public double[] curve(long fromMillis, long toMillis, int parts) {
        double[] curve = new double[parts];
        for (int i = 0; i < parts; i++) {
            curve[i] = rateAt(fromMillis + Math.round((toMillis - fromMillis) * (i + 0.5) / parts));
        }
        return curve;
    }
}
