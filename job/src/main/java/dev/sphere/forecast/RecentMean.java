package dev.sphere.forecast;

/**
 * The mean of the last values, about: whole blocks of them are forgotten at a time, so that it
 * needs few bytes, and no rounding outlives its block. Durable state: add fields, never remove.
 */
public final class RecentMean {
    private static final int BLOCKS = 20;

    /** How many are remembered at least. */
    public int size;

    /** By block, the one that is being filled among them. */
    public double[] sums = {};

    public int block;
    public int inBlock;

    /** Blocks that are full, and the sum of them. */
    public int full;

    public double older;

    public RecentMean() {}

    RecentMean(int size) {
        this.size = size;
        sums = new double[(size + perBlock() - 1) / perBlock() + 1];
    }

    /** Adds a value; {@code NaN} is none. */
    void add(double value) {
        if (Double.isNaN(value)) {
            return;
        }
        if (inBlock == perBlock()) {
            startBlock();
        }
        sums[block] += value;
        inBlock++;
    }

    private void startBlock() {
        full = Math.min(sums.length - 1, full + 1);
        block = (block + 1) % sums.length;
        sums[block] = 0;
        inBlock = 0;
        older = 0;
        for (double sum : sums) {
            older += sum;
        }
    }

    /** {@code NaN} while there are none. */
    double mean() {
        return (older + sums[block]) / (full * perBlock() + inBlock);
    }

    /** How many were added, at most {@link #size}. */
    int count() {
        return Math.min(size, full * perBlock() + inBlock);
    }

    private int perBlock() {
        return (size + BLOCKS - 1) / BLOCKS;
    }
}
