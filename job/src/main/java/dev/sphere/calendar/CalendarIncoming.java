package dev.sphere.calendar;

import dev.sphere.observe.Rejected;

/**
 * What became of one record of the topic {@code calendar}: one of the two, or nothing.
 *
 * @param change what it says, null if it could not be read
 * @param rejected why not, null if it could
 */
public record CalendarIncoming(CalendarChange change, Rejected rejected) {
    public static final CalendarIncoming NOTHING = new CalendarIncoming(null, null);
}
