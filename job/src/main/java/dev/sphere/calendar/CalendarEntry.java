package dev.sphere.calendar;

import java.time.DayOfWeek;
import java.util.List;

/**
 * One period of the calendar that is unlike others.
 *
 * @param from its first millisecond
 * @param to the millisecond after its last
 * @param services {@code namespace/name} or {@code namespace/*}; none means all
 * @param like the weekday whose shape the period has, null if none
 * @param zone the time zone that days begin and end in; matters where {@link #like} is given
 * @param reason why, for people
 * @param version of the calendar that it came with, greater is newer; 0 before it is in one
 */
public record CalendarEntry(
        String id,
        Kind kind,
        long from,
        long to,
        List<String> services,
        DayOfWeek like,
        String zone,
        String reason,
        long version) {

    public enum Kind {
        /** A date that is not like its weekday: it teaches nothing, and may be like another. */
        SPECIAL,
        /** A period that teaches nothing, such as an incident. */
        IGNORE
    }

    CalendarEntry withVersion(long newer) {
        return new CalendarEntry(id, kind, from, to, services, like, zone, reason, newer);
    }
}
