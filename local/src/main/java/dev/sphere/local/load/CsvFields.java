package dev.sphere.local.load;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** How times and numbers are written in the CSV files that people bring. */
public final class CsvFields {
    private CsvFields() {}

    /**
     * A time, in seconds since the epoch.
     *
     * @param place file and line, for the message
     * @throws IllegalArgumentException naming place, value and what was expected
     */
    public static double seconds(String place, String text) {
        try {
            return number(text);
        } catch (NumberFormatException notEpochSeconds) {
            // then it is a date
        }
        String iso = text.indexOf(' ') == 10 ? text.replace(' ', 'T') : text;
        try {
            Instant at =
                    iso.matches(".*T.*([Zz]|[+-]\\d\\d(:?\\d\\d)?)")
                            ? OffsetDateTime.parse(iso).toInstant()
                            : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
            return at.getEpochSecond() + at.getNano() / 1e9;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    place
                            + ": timestamp \""
                            + text
                            + "\": expected epoch seconds or ISO-8601 such as 2026-11-21T08:30:00Z",
                    e);
        }
    }

    /**
     * A plain decimal number. Java's parser also takes NaN, Infinity, hexadecimal and 1d, none of
     * which is meant.
     */
    public static double number(String text) {
        if (!text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,2})?")) {
            throw new NumberFormatException(text);
        }
        return Double.parseDouble(text);
    }
}
