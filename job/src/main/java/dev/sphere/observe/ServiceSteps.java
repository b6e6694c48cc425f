package dev.sphere.observe;

import dev.sphere.observe.Sample.Kind;
import dev.sphere.observe.ServiceState.Series;
import dev.sphere.observe.ServiceState.Signal;
import dev.sphere.observe.SignalTotals.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The rules by which the scrapes of a service become closed steps.
 *
 * <ul>
 *   <li>A step closes when all live series have a sample at or after its end (if there are none:
 *       when the service's time is at its end), or when the service's time is past its end by the
 *       grace. The service's time is that of its newest sample; in silence the wall clock moves it
 *       on by one step per step.
 *   <li>A counter's increment is spread evenly over the time since the sample before. After a reset
 *       the value itself is the increment, since {@code created} if that is newer. The first sample
 *       of a series counts since {@code created}, or is only a base if that is unknown.
 *   <li>A counter has reported in a step that its increments cover to the end; a gauge when it has
 *       a sample in the step, or one before and one after it. NaN and infinite gauges do not
 *       report.
 *   <li>Expected are the live series, and of those that ended in the step the ones that reported.
 *   <li>A sum takes in what is known of the series that did not report in full, so that it is the
 *       nearest lower bound; mean and maximum take only those that did.
 *   <li>Increments and values for closed steps are late: they amend them as {@link ClosedSteps}
 *       says, or are lost and counted. What a new series' increments say of older steps than can be
 *       amended is lost but not counted, as nobody could have known.
 * </ul>
 */
public final class ServiceSteps {

    static final double NO_SAMPLE = Double.NaN;
    private static final double NO_VALUE = Double.POSITIVE_INFINITY;

    private final ObserveSettings settings;
    private final long length;
    private final ClosedSteps closed;

    public ServiceSteps(ObserveSettings settings) {
        this.settings = settings;
        this.length = settings.step();
        this.closed = new ClosedSteps(settings);
    }

    /**
     * Takes in a scrape and closes the steps that it completes.
     *
     * @param now the wall clock, in epoch milliseconds
     */
    public void take(ServiceState state, Scrape scrape, long now, StepListener listener) {
        state.records++;
        if (state.arrival == 0) {
            state.arrival = now;
        }
        long at = scrape.at();
        if (at > now + settings.maxFuture()) {
            listener.counted(Irregularity.FUTURE, 1);
            return;
        }
        adaptToLength(state);
        if (state.open == ServiceState.NONE) {
            state.open = startOf(at);
            state.newest = at;
        }
        if (at < state.open - settings.forgetSeriesAfter()) {
            listener.counted(Irregularity.LATE, scrape.samples().size());
            return;
        }
        state.arrival = now;
        state.silences = 0;
        // Before the samples count, so that records of the same time may come in any order.
        closeUntil(state, scrape.service(), at, listener);
        state.newest = Math.max(state.newest, at);
        for (Sample sample : scrape.samples()) {
            take(state, sample, at, listener);
        }
        while (isComplete(state)) {
            close(state, scrape.service(), listener);
        }
    }

    private boolean isComplete(ServiceState state) {
        return state.past == state.live && (state.live > 0 || state.open + length <= state.newest);
    }

    /** Lets a step of silence pass. */
    public void silent(ServiceState state, String service, StepListener listener) {
        if (state.open == ServiceState.NONE) {
            return;
        }
        adaptToLength(state);
        state.silences++;
        long time = state.newest + settings.grace() + state.silences * length;
        closeUntil(state, service, time, listener);
    }

    private void take(ServiceState state, Sample sample, long at, StepListener listener) {
        Series series = state.find(sample.signal(), sample.series());
        if (series == null) {
            if (!sample.stale()) {
                begin(state, sample, at, listener);
            }
        } else if (at < series.at || (series.ended && at < series.endedAt)) {
            boolean isGauge = !sample.stale() && sample.kind() == Kind.GAUGE && !series.counter;
            boolean amends = isGauge && closed.fillAt(state, series, at, sample.value());
            listener.counted(amends ? Irregularity.AMENDED : Irregularity.OUT_OF_ORDER, 1);
        } else if (sample.stale()) {
            if (series.ended) {
                listener.counted(Irregularity.DUPLICATE, 1);
            } else {
                end(state, series, at, listener);
            }
        } else if (at == series.at || (series.ended && at == series.endedAt)) {
            listener.counted(Irregularity.DUPLICATE, 1);
        } else {
            next(state, series, sample, at, listener);
        }
    }

    private void begin(ServiceState state, Sample sample, long at, StepListener listener) {
        int signal = signalOf(state, sample.signal());
        if (state.series.size() >= settings.maxSeries()) {
            forgetEnded(state);
        }
        boolean isKnown = signal < state.signals.size();
        if (state.series.size() >= settings.maxSeries()
                || (!isKnown && signal >= settings.maxSignals())) {
            if (isKnown) {
                Signal partial = state.signals.get(signal);
                partial.droppedAt = Math.max(partial.droppedAt, at);
                closed.drop(state, partial, at);
            }
            listener.counted(Irregularity.DROPPED_SERIES, 1);
            return;
        }
        if (!isKnown) {
            Signal added = new Signal();
            added.name = sample.signal();
            added.aggregation = sample.aggregation();
            closed.makeRoom(added);
            state.signals.add(added);
        }
        Series series = new Series();
        series.signal = signal;
        series.labels = sample.series();
        state.add(series);
        state.live++;
        start(state, series, sample, at);
        if (series.from < state.open) {
            beginLate(state, series, sample, at, listener);
        }
        touch(state, series, sample, at);
        if (at >= state.open + length) {
            state.past++;
        }
    }

    private void beginLate(
            ServiceState state, Series series, Sample sample, long at, StepListener listener) {
        boolean amends = false;
        if (series.from < state.forgotten) {
            closed.expect(state, series, series.from);
        } else if (series.counter) {
            boolean isBase = series.since != ServiceState.NONE;
            double increment = isBase ? 0 : sample.value();
            amends = closed.raise(state, series, series.from, series.from, at, increment);
        } else {
            amends = closed.fillUpTo(state, series, series.from, at, sample.value());
        }
        if (amends) {
            listener.counted(Irregularity.AMENDED, 1);
        } else if (!series.counter) {
            listener.counted(Irregularity.LATE, 1);
        }
    }

    /** The first sample of a series, or the first of another kind. */
    private void start(ServiceState state, Series series, Sample sample, long at) {
        series.counter = sample.kind() == Kind.COUNTER;
        series.steps = new double[0];
        series.held = NO_SAMPLE;
        series.tail = 0;
        if (series.counter && sample.created() > 0 && sample.created() <= at) {
            series.from = sample.created();
            series.since = ServiceState.NONE;
            spread(state, series, sample.created(), at, sample.value());
        } else {
            series.from = at;
            series.since = at;
            if (!series.counter) {
                set(state, series, at, sample.value());
            }
        }
    }

    private void next(
            ServiceState state, Series series, Sample sample, long at, StepListener listener) {
        long end = state.open + length;
        boolean wasPast = !series.ended && series.at >= end;
        if (series.ended) {
            series.ended = false;
            state.live++;
        }
        if (series.counter != (sample.kind() == Kind.COUNTER)) {
            start(state, series, sample, at);
            if (at < state.open) {
                // What a series of the other kind did in a closed step is not made up for.
                series.since = at;
                listener.counted(Irregularity.LATE, 1);
            }
        } else if (series.counter) {
            boolean isRestarted = sample.created() > series.at && sample.created() <= at;
            boolean isReset = isRestarted || sample.value() < series.value;
            long since = isRestarted ? sample.created() : series.at;
            double increment = sample.value() - (isReset ? 0 : series.value);
            spread(state, series, since, at, increment);
            if (isReset) {
                listener.counted(Irregularity.RESET, 1);
            }
            if (series.at < state.open) {
                if (closed.raise(state, series, series.at, since, at, increment)) {
                    listener.counted(Irregularity.AMENDED, 1);
                }
                if (series.at < closed.from(state)) {
                    listener.counted(Irregularity.LATE, 1);
                }
            }
        } else {
            set(state, series, at, sample.value());
            if (series.at < state.open
                    && closed.fillUpTo(state, series, series.at, at, sample.value())) {
                listener.counted(Irregularity.AMENDED, 1);
            } else if (at < state.open) {
                listener.counted(Irregularity.LATE, 1);
            }
        }
        touch(state, series, sample, at);
        if (!wasPast && at >= end) {
            state.past++;
        }
    }

    private void touch(ServiceState state, Series series, Sample sample, long at) {
        series.at = at;
        series.value = sample.value();
        series.pod = sample.pod();
        Signal signal = state.signals.get(series.signal);
        signal.at = Math.max(signal.at, at);
        if (signal.aggregation != sample.aggregation()) {
            signal.aggregation = sample.aggregation();
            closed.forget(signal);
        }
    }

    private void end(ServiceState state, Series series, long at, StepListener listener) {
        if (series.at < state.open && closed.end(state, series, at)) {
            listener.counted(Irregularity.AMENDED, 1);
        }
        series.ended = true;
        series.endedAt = at;
        state.live--;
        if (series.at >= state.open + length) {
            state.past--;
        }
    }

    /** Spreads an increment evenly over the time it took, as far as that is still open. */
    private void spread(ServiceState state, Series series, long since, long at, double increment) {
        if (at < state.open) {
            return;
        }
        int last = reach(state, series, at);
        if (since == at) {
            series.steps[last] += increment;
            return;
        }
        double perMillisecond = increment / (at - since);
        for (int i = since < state.open ? 0 : index(state, since); i <= last; i++) {
            long start = state.open + i * length;
            long covered = Math.min(at, start + length) - Math.max(since, start);
            series.steps[i] += perMillisecond * covered;
        }
    }

    private void set(ServiceState state, Series series, long at, double value) {
        double known = Double.isFinite(value) ? value : NO_VALUE;
        if (at < state.open) {
            series.held = known == NO_VALUE ? NO_SAMPLE : known;
        } else {
            int place = reach(state, series, at);
            series.steps[place] = known;
        }
    }

    /** Makes room for the step of this time, and returns its place. */
    private int reach(ServiceState state, Series series, long at) {
        int place = index(state, at);
        int before = series.steps.length;
        if (place >= before) {
            series.steps = Arrays.copyOf(series.steps, place + 1);
            Arrays.fill(series.steps, before, place + 1, series.counter ? 0 : NO_SAMPLE);
        }
        return place;
    }

    private int index(ServiceState state, long at) {
        return (int) ((at - state.open) / length);
    }

    private long startOf(long at) {
        return Math.floorDiv(at, length) * length;
    }

    /** Position of the signal, or the number of signals if it is not known. */
    private static int signalOf(ServiceState state, String name) {
        int i = 0;
        while (i < state.signals.size() && !state.signals.get(i).name.equals(name)) {
            i++;
        }
        return i;
    }

    /** Closes all steps that the service's time is past by the grace. */
    private void closeUntil(ServiceState state, String service, long time, StepListener listener) {
        long due = startOf(time - settings.grace());
        while (state.open < due) {
            long gap = (due - state.open) / length;
            if (state.open > state.newest && gap > settings.maxGapSteps()) {
                listener.counted(Irregularity.SKIPPED_STEP, gap);
                state.open = due;
                forgetOpenValues(state);
            } else {
                close(state, service, listener);
            }
        }
    }

    private void close(ServiceState state, String service, StepListener listener) {
        long start = state.open;
        long end = start + length;
        List<Amendment> amendments = closed.amendments(state);
        forgetOld(state, end);

        SignalTotals[] totals = new SignalTotals[state.signals.size()];
        Arrays.setAll(totals, i -> new SignalTotals());
        boolean isMissing = true;
        for (Series series : state.series) {
            Standing standing = totals[series.signal].add(series, start, length);
            closed.remember(series, start, standing);
            isMissing &= standing != Standing.REPORTED;
        }
        List<Observation> observations = new ArrayList<>(totals.length);
        boolean isPartial = false;
        for (int i = 0; i < totals.length; i++) {
            Signal signal = state.signals.get(i);
            Observation observation = totals[i].observation(signal, start);
            closed.remember(signal, start, totals[i], observation);
            observations.add(observation);
            isPartial |= observation.isPartial();
        }
        observations.sort(Comparator.comparing(Observation::signal));

        for (Series series : state.series) {
            shift(series, start);
        }
        state.open = end;
        closed.closed(state);
        count(state);
        if (isMissing) {
            listener.counted(Irregularity.MISSING_STEP, 1);
        } else if (isPartial) {
            listener.counted(Irregularity.PARTIAL_STEP, 1);
        }
        listener.closed(new Step(service, end, length, state.records, observations, amendments));
    }

    private void shift(Series series, long start) {
        boolean isOfNewest = start <= series.at && series.at < start + length;
        if (series.steps.length == 0) {
            series.tail = isOfNewest ? 0 : series.tail;
            return;
        }
        if (series.counter) {
            series.tail = isOfNewest ? series.steps[0] * 1000 / length : series.tail;
        } else if (!Double.isNaN(series.steps[0])) {
            series.held = series.steps[0] == NO_VALUE ? NO_SAMPLE : series.steps[0];
        }
        series.steps = Arrays.copyOfRange(series.steps, 1, series.steps.length);
    }

    private void count(ServiceState state) {
        long end = state.open + length;
        state.live = 0;
        state.past = 0;
        for (Series series : state.series) {
            if (!series.ended) {
                state.live++;
                if (series.at >= end) {
                    state.past++;
                }
            }
        }
    }

    private void forgetOld(ServiceState state, long end) {
        long bound = end - settings.forgetSeriesAfter();
        forget(state, each -> (each.ended ? each.endedAt : each.at) <= bound);
        long signalBound = end - settings.forgetServiceAfter();
        for (int i = state.signals.size() - 1; i >= 0; i--) {
            int signal = i;
            if (state.signals.get(i).at <= signalBound
                    && state.series.stream().noneMatch(each -> each.signal == signal)) {
                state.signals.remove(i);
                state.series.forEach(each -> each.signal -= each.signal > signal ? 1 : 0);
                state.removed();
            }
        }
    }

    /** Makes room for new series at the cost of those that ended before the open steps. */
    private void forgetEnded(ServiceState state) {
        // Cheap when nothing can go, as then it is done for each sample that is dropped.
        if (state.live < state.series.size()) {
            forget(state, each -> each.ended && each.at < state.open);
        }
    }

    private static void forget(ServiceState state, Predicate<Series> isOver) {
        boolean isRemoved =
                state.series.removeIf(
                        each -> {
                            boolean isForgotten = isOver.test(each);
                            if (isForgotten) {
                                state.forgotten = Math.max(state.forgotten, each.at);
                            }
                            return isForgotten;
                        });
        if (isRemoved) {
            state.removed();
        }
    }

    private void forgetOpenValues(ServiceState state) {
        for (Series series : state.series) {
            series.steps = new double[0];
            series.held = NO_SAMPLE;
        }
        closed.forget(state);
        count(state);
    }

    /** Goes over to another length of steps, which a restarted job may have. */
    private void adaptToLength(ServiceState state) {
        if (state.step != length && state.open != ServiceState.NONE) {
            state.open = startOf(state.open + length - 1);
            for (Series series : state.series) {
                series.since = series.at;
            }
            forgetOpenValues(state);
        }
        state.step = length;
        closed.adaptToCapacity(state);
    }
}
