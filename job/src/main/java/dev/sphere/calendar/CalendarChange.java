package dev.sphere.calendar;

/**
 * What one record of the topic {@code calendar} says.
 *
 * @param entry what holds for the id from now on, null if it is withdrawn
 * @param offset of the record
 */
public record CalendarChange(String id, CalendarEntry entry, long offset) {}
