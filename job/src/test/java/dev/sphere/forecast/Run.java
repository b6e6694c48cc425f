package dev.sphere.forecast;

import dev.sphere.calendar.Calendar;
import dev.sphere.calendar.CalendarEntry;
import dev.sphere.observe.Amendment;
import dev.sphere.observe.Observation;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;

/** One signal that is forecast step by step, as in the job; steps are counted from a Monday. */
final class Run {
    static final String SERVICE = "sock-shop/front-end";
    static final long MONDAY = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();

    final Forecaster forecaster;
    final SignalModel state;
    Calendar calendar = Calendar.EMPTY;
    private final long step;
    private int steps;

    Run(ForecastSettings settings) {
        forecaster = new Forecaster(settings);
        state = forecaster.startOrContinue(null, SERVICE + "/requests");
        step = settings.step();
    }

    /** The next step; {@code NaN} for one of which nothing was observed. */
    Forecast next(double y) {
        steps++;
        return forecaster.next(state, observation(y), end(steps - 1), calendar, SERVICE);
    }

    /** Amends a step that was taken before. */
    void amend(int t, double before, double value) {
        forecaster.amend(
                state, new Amendment("requests", end(t), before, value), calendar, SERVICE);
    }

    long end(int t) {
        return begin(t + 1);
    }

    long begin(int t) {
        return begin(t, step);
    }

    static long begin(int t, long step) {
        return MONDAY + t * step;
    }

    static Observation observation(double y) {
        return Double.isNaN(y)
                ? Observation.missing("requests", 1)
                : new Observation("requests", y, 1, 1, 1);
    }

    /** A period to be ignored, in a calendar of its own. */
    static Calendar ignoring(long from, long to) {
        return new Calendar(List.of(ignore("incident", from, to, 1)), 1);
    }

    static CalendarEntry ignore(String id, long from, long to, long version) {
        return new CalendarEntry(
                id,
                CalendarEntry.Kind.IGNORE,
                from,
                to,
                List.of(SERVICE),
                null,
                "UTC",
                "outage",
                version);
    }

    static CalendarEntry special(String id, long from, long to, DayOfWeek like, long version) {
        return new CalendarEntry(
                id,
                CalendarEntry.Kind.SPECIAL,
                from,
                to,
                List.of(SERVICE),
                like,
                "UTC",
                "holiday",
                version);
    }
}
