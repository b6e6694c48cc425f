package dev.sphere.forecast;

/**
 * What is remembered for one point of the curve: how the candidates are combined there, the errors
 * made, and the forecasts that wait to come true. Durable state: add fields, never remove.
 */
public final class HorizonModel {
    /** How fast the sizes of recent and of usual errors follow, and those that are compared. */
    private static final double RECENT = 0.05;

    private static final double USUAL = 0.002;
    private static final double COMPARED = 0.01;

    /** The combination may be so much worse than the naive forecasts before it gives way. */
    private static final double WORSE = 1.05;

    /** How far beyond all candidates the combination may be, in usual errors. */
    private static final double BEYOND = 6;

    private static final double LEAST_SCALE = 1e-9;

    public Combination combination = new Combination();

    /** Errors over their scale. */
    public ErrorWindow errors = new ErrorWindow();

    /** Mean size of recent errors, and of errors in the long run. */
    public double recent;

    public double usual;

    /** Mean size of the errors that the combination and the naive forecasts have made. */
    public double ofCombination;

    public double ofLastValue;
    public double ofLastCycle;

    /** By slot: the forecast, its scale, and how far the naive one was from the newest value. */
    public float[] forecasts = {};

    public float[] scales = {};
    public float[] naive = {};

    /** By slot, then by candidate that horizons do not share. */
    public float[] candidates = {};

    public HorizonModel() {}

    /**
     * @param waiting forecasts that may wait to come true
     * @param shared candidates that all horizons share
     * @param own candidates of this one
     * @param window errors remembered
     */
    HorizonModel(int waiting, int shared, int own, int window) {
        combination = new Combination(shared + own);
        errors = new ErrorWindow(window);
        forecasts = new float[waiting];
        scales = new float[waiting];
        naive = new float[waiting];
        candidates = new float[waiting * own];
    }

    /** Whether an error has been made yet. */
    boolean isMeasured() {
        return combination.learned > 0;
    }

    /** How large errors are, recently and as a rule. */
    double size() {
        return (recent + usual) / 2;
    }

    /**
     * The difference from the newest value to expect: the combined one, or where that has been
     * worse than a naive forecast for some time, what the better of these says.
     *
     * @param naive how far the last cycle is from the newest value
     */
    double difference(float[] x, double naive) {
        if (ofCombination > WORSE * Math.min(ofLastValue, ofLastCycle)) {
            return ofLastValue <= ofLastCycle ? 0 : naive;
        }
        double combined = combination.of(x);
        return isAmong(x, combined) ? combined : bounded(x, combined, BEYOND * usual);
    }

    /** Whether it lies between no difference and a candidate: all that it nearly always takes. */
    private static boolean isAmong(float[] x, double combined) {
        double sign = combined < 0 ? -1 : 1;
        for (float candidate : x) {
            if (sign * candidate >= sign * combined) {
                return true;
            }
        }
        return combined == 0;
    }

    /**
     * Held near the range of the candidates: a sum of large weights of either sign may be far from
     * all of them where none has been before, as after a spike.
     *
     * @param beyond how far it may be beyond all of them
     */
    private static double bounded(float[] x, double combined, double beyond) {
        double least = 0;
        double most = 0;
        for (float candidate : x) {
            least = Math.min(least, candidate);
            most = Math.max(most, candidate);
        }
        double margin = Math.min((most - least) / 2, beyond);
        return Math.max(least - margin, Math.min(most + margin, combined));
    }

    /** Keeps a forecast until it comes true. */
    void keep(long origin, float[] x, double forecast, double scale, double naive) {
        int slot = slot(origin);
        int own = candidates.length / forecasts.length;
        forecasts[slot] = (float) forecast;
        scales[slot] = (float) scale;
        this.naive[slot] = (float) naive;
        System.arraycopy(x, x.length - own, candidates, slot * own, own);
    }

    /** How large the errors were expected to be of the forecast that was kept. */
    double scale(long origin) {
        return scales[slot(origin)];
    }

    /**
     * Learns what a forecast has come true as.
     *
     * @param value that came true
     * @param from the newest value when it was made
     * @param x the candidates that horizons share, as they were then; the others are written here
     * @param keep the share of what was learned that is kept
     * @return the size of the error
     */
    double learn(
            long origin, double value, double from, float[] x, double keep, LeastSquares least) {
        int slot = slot(origin);
        int own = candidates.length / forecasts.length;
        System.arraycopy(candidates, slot * own, x, x.length - own, own);
        long made = combination.learned + 1;
        double error = value - forecasts[slot];
        double size = Math.abs(error);
        double difference = value - from;
        errors.add(relative(error, scales[slot], made));
        recent += share(RECENT, made) * (size - recent);
        usual += share(USUAL, made) * (size - usual);
        double share = share(COMPARED, made);
        ofCombination += share * (Math.abs(difference - combination.of(x)) - ofCombination);
        ofLastValue += share * (Math.abs(difference) - ofLastValue);
        ofLastCycle += share * (Math.abs(difference - naive[slot]) - ofLastCycle);
        combination.learn(x, difference, keep, Math.max(Math.abs(value), Math.abs(from)), least);
        return size;
    }

    /**
     * An error over the size that errors had. It is held to what it would be if that size had known
     * of it: after errors of nearly nothing any other would be beyond all measure, and stay so in
     * the window.
     *
     * @param made errors at that horizon so far, with this one
     */
    static double relative(double error, double scale, long made) {
        double most = 2 / (share(RECENT, made) + share(USUAL, made));
        return Math.max(-most, Math.min(most, error / scale));
    }

    /** What an error counts for in a mean that follows; the first ones are averaged. */
    private static double share(double follows, long made) {
        return Math.max(follows, 1.0 / Math.max(1, made));
    }

    /** Never nothing, as it is divided by. */
    static double scale(double size) {
        return size + LEAST_SCALE;
    }

    private int slot(long origin) {
        return (int) Math.floorMod(origin, (long) forecasts.length);
    }
}
