package dev.sphere.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is remembered of one service between its scrapes; kept for long, so fields are only added.
 */
public final class ServiceState {

    /** No step is open, as no sample was accepted yet. */
    static final long NONE = Long.MIN_VALUE;

    public int version = 1;

    /** Length of the steps that {@link #open} and the open values are counted in. */
    public long step;

    /** Records of the topic {@code metrics} read so far, whatever became of them. */
    public long records;

    /** Start of the oldest open step; all before it are closed. */
    public long open = NONE;

    /** Time of the newest sample. */
    public long newest;

    /** Series that have not ended. */
    public int live;

    /** Live series that have a sample at or after the end of the oldest open step. */
    public int past;

    /** Wall-clock time at which the last record of use came; 0 for never. */
    public long arrival;

    /** Times that silence has closed steps since the last arrival. */
    public long silences;

    /** When the timer will fire; 0 if none is registered. */
    public long timer;

    /** Closed steps that can be amended, the newest of which ends where {@link #open} begins. */
    public int closed;

    /** Most closed steps that are kept, which their places in the rings are counted by. */
    public int closedCapacity;

    /** Whether something closed was changed since the last step closed. */
    public boolean isAmended;

    /** Time of the newest sample of all series that were forgotten. */
    public long forgotten;

    // Lists and not maps: sums must not depend on the order that a hash map has after a restore.
    public List<Signal> signals = new ArrayList<>();
    public List<Series> series = new ArrayList<>();

    private transient Map<String, Map<String, Series>> index;

    /** What is remembered of one signal. */
    public static final class Signal {
        public String name;
        public Sample.Aggregation aggregation;

        /** Time of its newest sample. */
        public long at;

        /** Time of the newest sample that was dropped because there are too many series. */
        public long droppedAt = NONE;

        /**
         * Rings of the closed steps: what later values can be added to, see {@link SignalTotals}.
         */
        public double[] totals = new double[0];

        /** What was said last of the step, NaN if that was nothing or partial. */
        public double[] said = new double[0];

        /** Series that have reported in the step. */
        public int[] reported = new int[0];

        /** Series that should have reported in the step. */
        public int[] expected = new int[0];
    }

    /** What is remembered of one series. */
    public static final class Series {
        /** Position in {@link ServiceState#signals}. */
        public int signal;

        public String labels;
        public String pod;
        public boolean counter;

        /** Time and value of the newest sample. */
        public long at;

        public double value;

        /** From when on it is expected. */
        public long from;

        /** From when on its increments are known. */
        public long since;

        public boolean ended;
        public long endedAt;

        /** For gauges: the value at the end of the last closed step, NaN if unknown. */
        public double held = Double.NaN;

        /**
         * One value for each open step, as far as there are any: increments of a counter; newest
         * value of a gauge, NaN for no sample, infinite for a sample without a finite value.
         */
        public double[] steps = new double[0];

        /** For counters: rate known of the step of the newest sample, if that step is closed. */
        public double tail;

        /**
         * The closed steps in which it is expected and has not reported: a ring of bits, or none.
         */
        public long[] owed = new long[0];
    }

    Series find(String signal, String labels) {
        if (index == null) {
            index = new HashMap<>();
            for (Series each : series) {
                put(each);
            }
        }
        Map<String, Series> ofSignal = index.get(signal);
        return ofSignal == null ? null : ofSignal.get(labels);
    }

    void add(Series added) {
        series.add(added);
        if (index != null) {
            put(added);
        }
    }

    /** To be called when series or signals were taken out of their lists. */
    void removed() {
        index = null;
    }

    private void put(Series each) {
        index.computeIfAbsent(signals.get(each.signal).name, name -> new HashMap<>())
                .put(each.labels, each);
    }
}
