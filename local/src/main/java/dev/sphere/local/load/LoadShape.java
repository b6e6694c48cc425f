package dev.sphere.local.load;

import java.nio.file.Path;

/**
 * How the load runs through the days, as a share of its peak.
 *
 * <p>A shape is a function of the day, the time of day and its seed, so that the history, the live
 * load and the evaluation see the same intensity. Day 0 is the day on which the run starts; the
 * days of the history are negative.
 */
public interface LoadShape {

    /**
     * The load as a share of the peak.
     *
     * @param day number of the day
     * @param dayFraction from 0 (start of the day) to 1 (exclusive)
     * @return from 0 to 1
     */
    double at(long day, double dayFraction);

    /** The load on day 0. */
    default double at(double dayFraction) {
        return at(0, dayFraction);
    }

    /** The time of day, as a fraction, at which a run starts: the night's trough. */
    double start();

    /** What the shape was asked for by. */
    String name();

    /**
     * The shape that a name or a file stands for.
     *
     * @param name {@code two-peak-day}, {@code flash-crowd}, {@code steady} or a {@code .csv} file
     * @param seed for the differences from day to day
     * @param historyDays days before day 0 that will be asked for; a file's first days
     * @throws IllegalArgumentException if there is no such shape or the file cannot be used
     */
    static LoadShape of(String name, long seed, int historyDays) {
        return switch (name) {
            case "two-peak-day" -> new TwoPeakDay(seed);
            case "flash-crowd" -> new FlashCrowd(seed);
            case "steady" -> new SteadyLoad();
            default -> {
                if (name.endsWith(".csv")) {
                    yield RecordedLoad.read(Path.of(name), historyDays);
                }
                throw new IllegalArgumentException(
                        "load \""
                                + name
                                + "\": expected two-peak-day, flash-crowd, steady or a file whose"
                                + " name ends in .csv");
            }
        };
    }
}
