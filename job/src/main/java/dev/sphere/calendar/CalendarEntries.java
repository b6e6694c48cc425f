package dev.sphere.calendar;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries that hold, as the topic {@code calendar} has told of them.
 *
 * <p>The version of the calendar is the offset after the newest record that changed it, so that it
 * is the same wherever and however often the topic is read. An entry that is told of again as it
 * was is no change.
 *
 * <p>There are at most {@link #MOST} entries: beyond that the one that ends first goes.
 */
public final class CalendarEntries {
    static final int MOST = 10_000;

    private static final Comparator<CalendarEntry> ENDS_FIRST =
            Comparator.comparingLong(CalendarEntry::to).thenComparing(CalendarEntry::id);

    private final Map<String, CalendarEntry> byId = new HashMap<>();
    private long version;

    /** The stream tells once more of what was known at the start: it is taken from here on. */
    private long known;

    /** Null while it is to be made anew. */
    private Calendar calendar;

    /** Those that held when the topic had been taken in as far as the position. */
    public static CalendarEntries restored(
            Iterable<CalendarEntry> entries, CalendarPosition position) {
        var restored = new CalendarEntries();
        entries.forEach(entry -> restored.byId.put(entry.id(), entry));
        restored.version = position.version();
        restored.known = position.known();
        return restored;
    }

    /** Those that hold when the topic has said this, before it is read as a stream. */
    public static CalendarEntries atStart(List<CalendarChange> changes) {
        var entries = new CalendarEntries();
        changes.forEach(entries::take);
        entries.known = changes.isEmpty() ? 0 : changes.get(changes.size() - 1).offset() + 1;
        return entries;
    }

    /** Whether anything is different now. */
    public boolean take(CalendarChange change) {
        boolean isKnown = change.offset() < known;
        if (change.offset() >= known - 1) {
            // From here on nothing is older: not even where the topic was made anew, and its
            // offsets begin again.
            known = 0;
        }
        if (isKnown || isAsBefore(change)) {
            return false;
        }
        version = Math.max(version, change.offset()) + 1;
        if (change.entry() == null) {
            byId.remove(change.id());
        } else {
            byId.put(change.id(), change.entry().withVersion(version));
        }
        if (byId.size() > MOST) {
            byId.remove(byId.values().stream().min(ENDS_FIRST).orElseThrow().id());
        }
        calendar = null;
        return true;
    }

    private boolean isAsBefore(CalendarChange change) {
        var before = byId.get(change.id());
        return before == null || change.entry() == null
                ? before == change.entry()
                : before.equals(change.entry().withVersion(before.version()));
    }

    public Collection<CalendarEntry> all() {
        return byId.values();
    }

    public CalendarPosition position() {
        return new CalendarPosition(version, known);
    }

    /** The calendar that they make. */
    public Calendar calendar() {
        if (calendar == null) {
            calendar = new Calendar(byId.values(), version);
        }
        return calendar;
    }
}
