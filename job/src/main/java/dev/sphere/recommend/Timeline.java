package dev.sphere.recommend;

/**
 * Numbers with their times, oldest first: the memory behind windows and rates, in a form that can
 * be stored. It has no limit of its own; who adds to it keeps it bounded.
 */
public final class Timeline {
    public long[] times = new long[0];
    public int[] values = new int[0];

    public Timeline() {}

    public int size() {
        return times.length;
    }

    void add(long at, int value) {
        long[] longerTimes = new long[times.length + 1];
        int[] longerValues = new int[values.length + 1];
        System.arraycopy(times, 0, longerTimes, 0, times.length);
        System.arraycopy(values, 0, longerValues, 0, values.length);
        longerTimes[times.length] = at;
        longerValues[values.length] = value;
        times = longerTimes;
        values = longerValues;
    }

    /** Removes one entry. */
    void remove(int index) {
        long[] fewerTimes = new long[times.length - 1];
        int[] fewerValues = new int[values.length - 1];
        System.arraycopy(times, 0, fewerTimes, 0, index);
        System.arraycopy(times, index + 1, fewerTimes, index, fewerTimes.length - index);
        System.arraycopy(values, 0, fewerValues, 0, index);
        System.arraycopy(values, index + 1, fewerValues, index, fewerValues.length - index);
        times = fewerTimes;
        values = fewerValues;
    }

    /** Keeps the entries with a time in (after, until]. */
    void keep(long after, long until) {
        for (int i = times.length - 1; i >= 0; i--) {
            if (times[i] <= after || times[i] > until) {
                remove(i);
            }
        }
    }
}
