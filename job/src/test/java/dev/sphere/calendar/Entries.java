package dev.sphere.calendar;

import dev.sphere.calendar.CalendarEntry.Kind;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/** Entries and changes, briefly. */
final class Entries {
    private Entries() {}

    static CalendarEntry ignore(String id, long from, long to, String... services) {
        return new CalendarEntry(
                id, Kind.IGNORE, from, to, List.of(services), null, "UTC", "outage", 0);
    }

    static CalendarEntry special(
            String id, long from, long to, DayOfWeek like, String zone, String... services) {
        return new CalendarEntry(id, Kind.SPECIAL, from, to, List.of(services), like, zone, "", 0);
    }

    static CalendarChange told(long offset, CalendarEntry entry) {
        return new CalendarChange(entry.id(), entry, offset);
    }

    static CalendarChange withdrawn(long offset, String id) {
        return new CalendarChange(id, null, offset);
    }

    /** A calendar of entries that were told in this order. */
    static Calendar calendar(CalendarEntry... entries) {
        var all = new CalendarEntries();
        for (int i = 0; i < entries.length; i++) {
            all.take(told(i, entries[i]));
        }
        return all.calendar();
    }

    /** As in {@code 2026-11-27T10:00+01:00}. */
    static long at(String time) {
        return OffsetDateTime.parse(time).toInstant().toEpochMilli();
    }

    static String time(long at) {
        return Instant.ofEpochMilli(at).toString();
    }
}
