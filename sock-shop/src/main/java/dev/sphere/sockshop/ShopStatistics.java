package dev.sphere.sockshop;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * How well each service answers: totals, and the same for a recent window. Pods count what they
 * answer, callers what nobody answered. Any thread may use it.
 */
public final class ShopStatistics {

    private static final int SLICES = 10;
    private static final long HIGHEST_MICROS = 120_000_000;

    /**
     * Requests to a service. Offered are those that arrived and those that found nobody; a failed
     * one is also over the SLO. Percentiles are of the completed ones, NaN when there are none.
     */
    public record Figures(
            long offered,
            long completed,
            long errors,
            long overSlo,
            double p50Millis,
            double p95Millis,
            double p99Millis) {

        /** Share of the answered requests that failed or took longer than the SLO; 0 for none. */
        public double overSloShare() {
            long answered = completed + errors;
            return answered == 0 ? 0 : overSlo / (double) answered;
        }
    }

    /** The figures of one service at one time. */
    public record Snapshot(ShopService service, Figures total, Figures recent) {}

    private static final class Tally {
        private final Histogram micros = new Histogram(HIGHEST_MICROS, 2);
        private long offered;
        private long completed;
        private long errors;
        private long overSlo;

        void add(Tally other) {
            micros.add(other.micros);
            offered += other.offered;
            completed += other.completed;
            errors += other.errors;
            overSlo += other.overSlo;
        }

        void reset() {
            micros.reset();
            offered = 0;
            completed = 0;
            errors = 0;
            overSlo = 0;
        }

        Figures figures() {
            return new Figures(
                    offered,
                    completed,
                    errors,
                    overSlo,
                    percentile(50),
                    percentile(95),
                    percentile(99));
        }

        private double percentile(double percent) {
            return completed == 0 ? Double.NaN : micros.getValueAtPercentile(percent) / 1e3;
        }
    }

    private static final class OfService {
        private final Tally total = new Tally();
        private final Tally[] slices = new Tally[SLICES];
        private long newest;

        OfService(long newest) {
            this.newest = newest;
            for (int i = 0; i < SLICES; i++) {
                slices[i] = new Tally();
            }
        }

        Tally slice(long number) {
            for (long i = Math.max(newest + 1, number - SLICES + 1); i <= number; i++) {
                slices[(int) (i % SLICES)].reset();
            }
            newest = Math.max(newest, number);
            return slices[(int) (newest % SLICES)];
        }
    }

    private final long origin;
    private final long sliceNanos;
    private final LongSupplier nanoClock;
    private final Map<ShopService, OfService> services = new EnumMap<>(ShopService.class);

    /** Statistics with this recent window, on the clock of the machine. */
    public ShopStatistics(Duration window) {
        this(window, System::nanoTime);
    }

    ShopStatistics(Duration window, LongSupplier nanoClock) {
        if (window.toNanos() < SLICES) {
            throw new IllegalArgumentException("window: %s, expected > 0".formatted(window));
        }
        this.sliceNanos = window.toNanos() / SLICES;
        this.nanoClock = nanoClock;
        this.origin = nanoClock.getAsLong();
        for (ShopService service : ShopService.values()) {
            services.put(service, new OfService(0));
        }
    }

    /** A request has arrived at a pod of the service, or a shipment in its queue. */
    public void arrived(ShopService service) {
        OfService of = services.get(service);
        synchronized (of) {
            of.total.offered++;
            of.slice(number()).offered++;
        }
    }

    /** A request that had arrived was answered well after this time. */
    public void completed(ShopService service, long nanos) {
        long micros = Math.min(HIGHEST_MICROS, Math.max(0, nanos / 1_000));
        boolean over = nanos > service.sloMillis() * 1_000_000L;
        OfService of = services.get(service);
        synchronized (of) {
            complete(of.total, micros, over);
            complete(of.slice(number()), micros, over);
        }
    }

    /** A request that had arrived was answered with a failure. */
    public void failed(ShopService service) {
        OfService of = services.get(service);
        synchronized (of) {
            fail(of.total);
            fail(of.slice(number()));
        }
    }

    /**
     * Nobody answered a request: no pod was ready, or its connection failed. Said by the caller.
     */
    public void unanswered(ShopService service) {
        OfService of = services.get(service);
        synchronized (of) {
            of.total.offered++;
            fail(of.total);
            Tally slice = of.slice(number());
            slice.offered++;
            fail(slice);
        }
    }

    /** The figures of a service now. */
    public Snapshot snapshot(ShopService service) {
        OfService of = services.get(service);
        synchronized (of) {
            of.slice(number());
            Tally recent = new Tally();
            for (Tally slice : of.slices) {
                recent.add(slice);
            }
            return new Snapshot(service, of.total.figures(), recent.figures());
        }
    }

    private long number() {
        return (nanoClock.getAsLong() - origin) / sliceNanos;
    }

    private static void complete(Tally tally, long micros, boolean over) {
        tally.completed++;
        tally.overSlo += over ? 1 : 0;
        tally.micros.recordValue(micros);
    }

    private static void fail(Tally tally) {
        tally.errors++;
        tally.overSlo++;
    }
}
