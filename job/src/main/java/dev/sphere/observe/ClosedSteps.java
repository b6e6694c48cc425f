package dev.sphere.observe;

import dev.sphere.observe.ServiceState.Series;
import dev.sphere.observe.ServiceState.Signal;
import dev.sphere.observe.SignalTotals.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The rules by which late data amend steps that are closed already, as far back as {@link
 * ObserveSettings#amendFor()}.
 *
 * <ul>
 *   <li>Late data make of a closed step what it would have been, had they come in order.
 *   <li>Beyond that an increment is spread over the time it took however long that was, so that a
 *       counter has reported in all closed steps that its increments cover to the end.
 *   <li>A gauge only fills steps in which it has not reported; what it said there stays. That is
 *       all that a sample older than the newest of its series can do.
 *   <li>A series that begins or comes back late is expected from then on also in closed steps; one
 *       that ended late is not, and so a partial step may be whole without it.
 *   <li>A series that begins is not believed about times before the newest sample of the series
 *       that were forgotten, as it may be one of them and have reported already.
 *   <li>Only what is whole is told, as an {@link Amendment} when the next step closes, and only if
 *       it is something else than was said last.
 * </ul>
 *
 * Kept are, in rings, 24 bytes for each signal and step; for a series one number, and a bit for
 * each step only while there is one in which it is expected and has not reported.
 */
final class ClosedSteps {

    private static final long[] NO_STEPS = new long[0];

    /** More series than can report: nothing is whole. */
    private static final int UNKNOWN = Integer.MAX_VALUE / 2;

    private final long length;
    private final long grace;
    private final int capacity;

    ClosedSteps(ObserveSettings settings) {
        this.length = settings.step();
        this.grace = settings.grace();
        this.capacity = settings.amendableSteps();
    }

    /** Goes over to another number of steps that are kept, which a restarted job may have. */
    void adaptToCapacity(ServiceState state) {
        if (state.closedCapacity != capacity) {
            forget(state);
        }
    }

    void forget(ServiceState state) {
        state.closedCapacity = capacity;
        state.closed = 0;
        state.isAmended = false;
        for (Series series : state.series) {
            series.owed = NO_STEPS;
        }
        for (Signal signal : state.signals) {
            makeRoom(signal);
        }
    }

    /** Forgets what is known of one signal, which means something else from now on. */
    void forget(Signal signal) {
        makeRoom(signal);
        Arrays.fill(signal.expected, UNKNOWN);
    }

    void makeRoom(Signal signal) {
        signal.totals = new double[capacity];
        signal.said = new double[capacity];
        signal.reported = new int[capacity];
        signal.expected = new int[capacity];
        Arrays.fill(signal.said, Double.NaN);
    }

    /** Remembers whether a series owes something in the step that closes. */
    void remember(Series series, long start, Standing standing) {
        if (series.owed.length > 0 || standing == Standing.OWING) {
            owe(series, start, standing == Standing.OWING);
        }
    }

    /** Remembers what was said of a signal in the step that closes. */
    void remember(Signal signal, long start, SignalTotals totals, Observation observation) {
        if (capacity == 0) {
            return;
        }
        int place = place(start);
        signal.totals[place] = totals.total(signal);
        signal.reported[place] = observation.reported();
        signal.expected[place] = observation.expected();
        signal.said[place] = value(signal, place);
    }

    /** The oldest open step has closed. */
    void closed(ServiceState state) {
        state.closed = Math.min(capacity, state.closed + 1);
    }

    /** Start of the oldest step that can be amended. */
    long from(ServiceState state) {
        return state.open - state.closed * length;
    }

    /**
     * Takes in the increments of a counter since its newest sample, or since it began.
     *
     * @param covered from when on the series has been seen
     * @param since from when on the increment was made
     * @return whether that amends anything
     */
    boolean raise(
            ServiceState state,
            Series series,
            long covered,
            long since,
            long at,
            double increment) {
        double tail = series.tail;
        boolean amends = false;
        series.tail = 0;
        for (long start = first(state, covered); start < state.open; start += length) {
            boolean isOfNewest = start <= series.at;
            double before = isOfNewest ? tail : 0;
            double part = share(start, since, at, increment) * 1000 / length;
            Standing standing = Standing.ABSENT;
            if (owes(series, start)) {
                standing = Standing.OWING;
            } else if (isOfNewest && series.at > start && series.since <= start) {
                standing = Standing.REPORTED;
            }
            boolean reports = series.since <= start && at >= start + length;
            // A series that had ended before it was known for a whole step is not expected there.
            boolean isExpected = standing != Standing.ABSENT || reports || at < start + length;
            if (isExpected) {
                amend(state, series, start, standing, reports, before, part);
            } else {
                addToSum(state, series, start, part);
            }
            amends |= part != 0 || (reports && standing != Standing.REPORTED);
            if (start == startOf(at)) {
                series.tail = before + part;
            }
        }
        return amends;
    }

    /** Adds what is known of a series that is not expected in a step. */
    private void addToSum(ServiceState state, Series series, long start, double part) {
        Signal signal = state.signals.get(series.signal);
        if (signal.aggregation == Sample.Aggregation.SUM) {
            signal.totals[place(start)] += part;
            state.isAmended = true;
        }
    }

    private double share(long start, long since, long at, double increment) {
        if (since == at) {
            return start == startOf(at) ? increment : 0;
        }
        long covered = Math.min(at, start + length) - Math.max(since, start);
        return covered <= 0 ? 0 : increment / (at - since) * covered;
    }

    /**
     * Takes in a sample of a gauge that is its newest, or its first.
     *
     * @param covered from when on the series has been seen
     * @return whether that amends anything
     */
    boolean fillUpTo(ServiceState state, Series series, long covered, long at, double value) {
        boolean amends = false;
        for (long start = first(state, covered); start < state.open; start += length) {
            boolean isOfNewest = start <= series.at;
            boolean isOwing = owes(series, start);
            boolean hasReported = isOfNewest && !isOwing && Double.isFinite(series.value);
            boolean isBefore = start + length <= at;
            boolean isHeld = !isOfNewest && waitsFor(at, start) && Double.isFinite(series.value);
            if (hasReported || (isBefore && !isHeld)) {
                continue;
            }
            double known = isBefore ? series.value : start <= at ? value : Double.NaN;
            amends |= fill(state, series, start, known);
        }
        return amends;
    }

    /**
     * Takes in a sample of a gauge that is older than its newest.
     *
     * @return whether that amends anything
     */
    boolean fillAt(ServiceState state, Series series, long at, double value) {
        long start = startOf(at);
        if (!Double.isFinite(value) || start < from(state) || start >= state.open) {
            return false;
        }
        if (owes(series, start)) {
            return fill(state, series, start, value);
        }
        long from = series.from;
        if (start + length > from || at < state.forgotten) {
            return false;
        }
        fill(state, series, start, value);
        for (long next = start + length;
                next < state.open && next + length <= from;
                next += length) {
            fill(state, series, next, waitsFor(from, next) ? value : Double.NaN);
        }
        series.from = at;
        if (from >= state.open) {
            series.held = value;
        }
        return true;
    }

    private boolean fill(ServiceState state, Series series, long start, double value) {
        Standing standing = owes(series, start) ? Standing.OWING : Standing.ABSENT;
        boolean reports = Double.isFinite(value);
        amend(state, series, start, standing, reports, 0, reports ? value : 0);
        return reports;
    }

    /** Expects a series from a time on without believing what it says of closed steps. */
    void expect(ServiceState state, Series series, long covered) {
        for (long start = first(state, covered); start < state.open; start += length) {
            amend(state, series, start, Standing.ABSENT, false, 0, 0);
        }
    }

    /**
     * Takes in that a series has ended.
     *
     * @return whether that amends anything
     */
    boolean end(ServiceState state, Series series, long at) {
        boolean amends = false;
        for (long start = first(state, series.at); start < state.open; start += length) {
            if (!owes(series, start) || !waitsFor(at, start)) {
                continue;
            }
            if (series.counter && series.at > start && series.since <= start) {
                amend(state, series, start, Standing.OWING, true, series.tail, 0);
            } else {
                state.signals.get(series.signal).expected[place(start)]--;
                owe(series, start, false);
                state.isAmended = true;
            }
            amends = true;
        }
        return amends;
    }

    /** Takes in that a sample was dropped, so that its step is not whole. */
    void drop(ServiceState state, Signal signal, long at) {
        long start = startOf(at);
        if (start >= from(state) && start < state.open) {
            signal.expected[place(start)] = UNKNOWN;
        }
    }

    /** What has become of closed steps since this was asked last, in order of time. */
    List<Amendment> amendments(ServiceState state) {
        if (!state.isAmended) {
            return List.of();
        }
        state.isAmended = false;
        List<Amendment> amendments = new ArrayList<>();
        for (Signal signal : state.signals) {
            for (long start = from(state); start < state.open; start += length) {
                int place = place(start);
                double value = value(signal, place);
                double before = signal.said[place];
                if (!Double.isNaN(value) && value != before) {
                    amendments.add(new Amendment(signal.name, start + length, before, value));
                    signal.said[place] = value;
                }
            }
        }
        amendments.sort(Comparator.comparingLong(Amendment::end).thenComparing(Amendment::signal));
        return amendments;
    }

    /** The value of a closed step, NaN if it is not whole. */
    private static double value(Signal signal, int place) {
        int reported = signal.reported[place];
        if (reported == 0 || reported < signal.expected[place]) {
            return Double.NaN;
        }
        double total = signal.totals[place];
        return signal.aggregation == Sample.Aggregation.MEAN ? total / reported : total;
    }

    /**
     * Adds to what a series has in a closed step.
     *
     * @param before what it had there, whether or not it had reported
     * @param part what is added to that
     */
    private void amend(
            ServiceState state,
            Series series,
            long start,
            Standing standing,
            boolean reports,
            double before,
            double part) {
        Signal signal = state.signals.get(series.signal);
        int place = place(start);
        boolean isFirst = reports && standing != Standing.REPORTED;
        boolean isReported = reports || standing == Standing.REPORTED;
        double total = signal.totals[place];
        signal.totals[place] =
                switch (signal.aggregation) {
                    case SUM -> total + part;
                    case MEAN ->
                            isFirst ? total + before + part : isReported ? total + part : total;
                    case MAX ->
                            !isReported
                                    ? total
                                    : signal.reported[place] == 0
                                            ? before + part
                                            : Math.max(total, before + part);
                };
        signal.reported[place] += isFirst ? 1 : 0;
        signal.expected[place] += standing == Standing.ABSENT ? 1 : 0;
        owe(series, start, !isReported);
        state.isAmended = true;
    }

    /** Whether a step still waited for a sample of this time, had all come in order. */
    private boolean waitsFor(long at, long start) {
        return start + length > startOf(at - grace);
    }

    private boolean owes(Series series, long start) {
        int place = place(start);
        return series.owed.length > 0 && (series.owed[place >> 6] & 1L << place) != 0;
    }

    private void owe(Series series, long start, boolean isOwed) {
        if (capacity == 0 || (!isOwed && series.owed.length == 0)) {
            return;
        }
        if (series.owed.length == 0) {
            series.owed = new long[(capacity + 63) / 64];
        }
        int place = place(start);
        if (isOwed) {
            series.owed[place >> 6] |= 1L << place;
        } else {
            series.owed[place >> 6] &= ~(1L << place);
            if (isNothing(series.owed)) {
                series.owed = NO_STEPS;
            }
        }
    }

    private static boolean isNothing(long[] bits) {
        for (long each : bits) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    private long first(ServiceState state, long at) {
        return Math.max(from(state), startOf(at));
    }

    private long startOf(long at) {
        return Math.floorDiv(at, length) * length;
    }

    private int place(long start) {
        return capacity == 0 ? 0 : (int) Math.floorMod(start / length, (long) capacity);
    }
}
