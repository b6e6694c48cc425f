package dev.sphere.local.bench.scale;

import dev.sphere.forecast.Outlook;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * When the scrapes of a job are due, and how much later their outlooks leave the forecast operator.
 * A scrape that has to wait counts from when it was due: the source waits for nobody. Source and
 * sink find it by its name, as they run in this process.
 */
final class DelayMeter implements AutoCloseable {
    private static final Map<String, DelayMeter> BY_NAME = new ConcurrentHashMap<>();
    private static final long HIGHEST = TimeUnit.HOURS.toMicros(1);
    private static final int DIGITS = 3;

    private static final int FORECAST = 1;
    private static final int SEASONAL = 2;

    private final String name;
    private final Rounds rounds;
    private final long pace;
    private final long settle;
    private final long duration;
    private final CountDownLatch arriving;
    private final CountDownLatch reading;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final LongAdder outlooks = new LongAdder();
    private final Histogram delays = new ConcurrentHistogram(HIGHEST, DIGITS);
    private final AtomicIntegerArray known;
    private volatile long begin;

    private DelayMeter(String name, Rounds rounds, ScalePlan plan) {
        this.name = name;
        this.rounds = rounds;
        this.pace = TimeUnit.MILLISECONDS.toNanos(plan.pace());
        this.settle = TimeUnit.MILLISECONDS.toNanos(plan.settle());
        this.duration = TimeUnit.MILLISECONDS.toNanos(plan.duration());
        this.arriving = new CountDownLatch(rounds.lanes());
        this.reading = new CountDownLatch(rounds.lanes());
        this.known = new AtomicIntegerArray(rounds.services());
    }

    /** Makes the meter of a job. */
    static DelayMeter open(String name, Rounds rounds, ScalePlan plan) {
        var meter = new DelayMeter(name, rounds, plan);
        if (BY_NAME.putIfAbsent(name, meter) != null) {
            throw new IllegalStateException("there is a run " + name + " already");
        }
        return meter;
    }

    static DelayMeter of(String name) {
        var meter = BY_NAME.get(name);
        if (meter == null) {
            throw new IllegalStateException("there is no run " + name + " in this process");
        }
        return meter;
    }

    // --- the source ---

    /** A reader is ready; the last one begins the first round. */
    void arrived() {
        synchronized (arriving) {
            arriving.countDown();
            if (arriving.getCount() == 0 && !begun.isDone()) {
                begin = System.nanoTime();
                begun.complete(null);
            }
        }
    }

    /** Is done once all readers are ready. */
    CompletableFuture<Void> begun() {
        return begun;
    }

    /** When a scrape is due, as {@link System#nanoTime} has it. */
    long due(long round, int service) {
        return begin + after(round, service);
    }

    /** A reader has made all of its scrapes. */
    void read() {
        reading.countDown();
    }

    // --- the sink ---

    void left(Outlook outlook, long now) {
        outlooks.increment();
        int service = GeneratedLoad.index(outlook.service());
        known.accumulateAndGet(service, isKnown(outlook), (before, more) -> before | more);
        if (begun.isDone()) {
            long after = after(rounds.closing(outlook.at()), service);
            if (isMeasured(after)) {
                long micros = TimeUnit.NANOSECONDS.toMicros(now - begin - after);
                delays.recordValue(Math.max(0, Math.min(HIGHEST, micros)));
            }
        }
    }

    private static int isKnown(Outlook outlook) {
        int known = 0;
        for (var forecast : outlook.forecasts()) {
            if (!forecast.curve().isEmpty()
                    && forecast.curve().stream().allMatch(point -> Double.isFinite(point.mean()))) {
                known |= FORECAST | (forecast.model().seasons().isEmpty() ? 0 : SEASONAL);
            }
        }
        return known;
    }

    // --- the measurement ---

    boolean awaitRead(Duration patience) throws InterruptedException {
        return reading.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Time until what is measured begins, in nanoseconds. */
    long untilMeasured() {
        return begin + settle - System.nanoTime();
    }

    /** Time until what is measured is over, in nanoseconds. */
    long untilEnd() {
        return untilMeasured() + duration;
    }

    /** Outlooks of all times. */
    long outlooks() {
        return outlooks.sum();
    }

    /** How many scrapes are due while it is measured. */
    long due() {
        long due = 0;
        for (int service = 0; service < rounds.services(); service++) {
            for (long round = 0; round < rounds.count(); round++) {
                due += isMeasured(after(round, service)) ? 1 : 0;
            }
        }
        return due;
    }

    /** How many of them have come out of the forecast operator. */
    long measured() {
        return delays.getTotalCount();
    }

    Delays delays() {
        return new Delays(
                delays.getTotalCount(),
                delays.getValueAtPercentile(50) / 1e3,
                delays.getValueAtPercentile(99) / 1e3,
                delays.getValueAtPercentile(99.9) / 1e3,
                delays.getMaxValue() / 1e3);
    }

    /** Services that a finite forecast came of. */
    int servicesForecast() {
        return services(FORECAST);
    }

    /** Services that a forecast came of that knows the main season. */
    int servicesWithSeason() {
        return services(SEASONAL);
    }

    private int services(int what) {
        int services = 0;
        for (int service = 0; service < known.length(); service++) {
            services += (known.get(service) & what) == what ? 1 : 0;
        }
        return services;
    }

    /** When a scrape is due after the begin, in nanoseconds. */
    private long after(long round, int service) {
        return round * pace + rounds.offset(service, pace);
    }

    private boolean isMeasured(long after) {
        return after >= settle && after < settle + duration;
    }

    @Override
    public void close() {
        BY_NAME.remove(name, this);
    }
}
