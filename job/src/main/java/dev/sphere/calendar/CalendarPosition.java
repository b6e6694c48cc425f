package dev.sphere.calendar;

/**
 * How far the topic {@code calendar} has been taken in.
 *
 * @param version of the calendar
 * @param known the offset before which everything is known since the start; 0 when the stream has
 *     come past it
 */
public record CalendarPosition(long version, long known) {}
