package dev.sphere.local.load;

/**
 * Ordinary days, and from day 0 on a crowd each afternoon that nobody could foresee: within 1 % of
 * a day the load triples, and then the crowd goes away slowly.
 *
 * <p>The crowd comes in the lull between the day's two peaks, at a time drawn for each day; the
 * days of the history know none.
 *
 * @param seed for the differences from day to day
 */
public record FlashCrowd(long seed) implements LoadShape {
    /** The highest of the ordinary day, so that the crowd's top is about the peak. */
    private static final double ORDINARY = 0.58;

    private static final double TIMES = 3;
    private static final double RISE = 0.01;
    private static final double DECAY = 0.05;
    private static final double EARLIEST = 0.62;
    private static final double LATEST = 0.68;

    @Override
    public double at(long day, double dayFraction) {
        double ordinary = ORDINARY * new TwoPeakDay(seed).at(day, dayFraction);
        if (day < 0) {
            return ordinary;
        }
        double crowd = TIMES - 1;
        return Math.min(1, ordinary * (1 + crowd * presence(dayFraction - crowdAt(day))));
    }

    /** When the crowd of a day begins to come, as a fraction of the day. */
    public double crowdAt(long day) {
        return EARLIEST + (LATEST - EARLIEST) * Seeded.unit(seed, day, 9);
    }

    private static double presence(double since) {
        if (since <= 0) {
            return 0;
        }
        if (since < RISE) {
            double x = since / RISE;
            return x * x * (3 - 2 * x);
        }
        return Math.exp(-(since - RISE) / DECAY);
    }

    @Override
    public double start() {
        return new TwoPeakDay(seed).start();
    }

    @Override
    public String name() {
        return "flash-crowd";
    }
}
