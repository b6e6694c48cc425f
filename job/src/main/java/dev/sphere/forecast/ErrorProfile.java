package dev.sphere.forecast;

/**
 * How large errors are in each part of the main season, over their usual size; and whether that is
 * worth knowing. Durable state: add fields, never remove.
 */
public final class ErrorProfile {
    /** An hour of a day. */
    private static final int PARTS = 24;

    private static final int LEAST = 20;
    private static final int MANY = 30_000;
    private static final double FOLLOWS = 0.003;

    /** An error counts as at most so many usual ones. */
    private static final double MOST = 5;

    /** Log-likelihood that the profile has to gain for each error; less is chance. */
    private static final double LEAST_GAIN = 0.05;

    private static final double GAIN_FOLLOWS = 0.001;
    private static final double MOST_GAIN = 2;

    /** Parts with smaller errors are taken for parts with such ones when one is divided by. */
    private static final double LEAST_SIZE = 0.3;

    public float[] sizes = new float[PARTS];
    public short[] errors = new short[PARTS];

    /** Log-likelihood that the profile gains, of errors as Laplace's distribution has them. */
    public double gain;

    /** The part that a time is in; 0 where there is no season. */
    static int part(Season season, long at) {
        return season.exists() ? (int) (season.since(at) * PARTS / season.length()) : 0;
    }

    /**
     * Learns an error.
     *
     * @param size of the error
     * @param recent size of errors before
     * @param usual size of errors in the long run
     * @param made the part of the season that it was made in
     * @param from the part that it was forecast in
     */
    void add(double size, double recent, double usual, int made, int from) {
        if (!(usual > 0)) {
            return;
        }
        if (size > 0 && errors[made] >= LEAST) {
            double with = size(recent, usual, made, from);
            double without = (recent + usual) / 2;
            double gained = Math.log(without) + size / without - Math.log(with) - size / with;
            gain += GAIN_FOLLOWS * (Math.max(-MOST_GAIN, Math.min(MOST_GAIN, gained)) - gain);
        }
        errors[made] = (short) Math.min(MANY, errors[made] + 1);
        double share = Math.max(FOLLOWS, 1.0 / errors[made]);
        sizes[made] += (float) (share * (Math.min(MOST, size / usual) - sizes[made]));
    }

    /** Whether it is worth knowing. */
    boolean helps() {
        return gain >= LEAST_GAIN;
    }

    /** The size to expect of an error that will be made in one part, forecast in another. */
    double size(double recent, double usual, int made, int from) {
        return (recent * of(made) / of(from) + usual * of(made)) / 2;
    }

    private double of(int part) {
        return errors[part] < LEAST ? 1 : Math.max(LEAST_SIZE, sizes[part]);
    }
}
