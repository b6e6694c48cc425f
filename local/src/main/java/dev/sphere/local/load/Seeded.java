package dev.sphere.local.load;

/** Random numbers that belong to a day, whichever day is asked for first. */
final class Seeded {
    private Seeded() {}

    /** A number from 0 to 1 (exclusive), always the same for the same arguments. */
    static double unit(long seed, long day, int which) {
        long z = mix(mix(mix(seed) + day) + which);
        return (z >>> 11) * 0x1.0p-53;
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable PRNGs, OOPSLA 2014). */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
