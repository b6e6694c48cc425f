package dev.sphere.local.load;

/**
 * A shop's day: a steep morning up to the peak, a weaker evening, a quiet night.
 *
 * <p>The peaks are unequal bell curves (steep up, slower down) on a broad daytime hump. From day to
 * day their heights differ by up to 6 % and their times by up to 0.6 % of the day (9 minutes of 24
 * hours).
 *
 * @param seed for the differences from day to day
 */
public record TwoPeakDay(long seed) implements LoadShape {
    private static final double TROUGH = 0.16;
    private static final double HEIGHT_VARIATION = 0.06;
    private static final double TIME_VARIATION = 0.006;

    @Override
    public double at(long day, double dayFraction) {
        double share = TROUGH;
        // What is left of yesterday's evening and what begins of tomorrow's morning count too, so
        // that midnight is no jump.
        for (int other = -1; other <= 1; other++) {
            double time = dayFraction - other;
            share += peak(day + other, 0, time, 0.735, 0.44, 0.06, 0.085);
            share += peak(day + other, 1, time, 0.645, 0.82, 0.055, 0.06);
            share += bell(time - 0.63, 0.31, 0.12, 0.12);
        }
        return Math.min(1, share);
    }

    private double peak(
            long day,
            int which,
            double time,
            double height,
            double center,
            double rise,
            double fall) {
        double smaller = HEIGHT_VARIATION * Seeded.unit(seed, day, 2 * which);
        double later = TIME_VARIATION * (2 * Seeded.unit(seed, day, 2 * which + 1) - 1);
        return bell(time - center - later, height * (1 - smaller), rise, fall);
    }

    private static double bell(double distance, double height, double rise, double fall) {
        double widths = distance / (distance < 0 ? rise : fall);
        return height * Math.exp(-0.5 * widths * widths);
    }

    @Override
    public double start() {
        return 0.16;
    }

    @Override
    public String name() {
        return "two-peak-day";
    }
}
