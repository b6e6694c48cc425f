package dev.sphere.calendar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.LongStream;

/** Entries that may overlap, laid side by side: between two bounds the same holds throughout. */
final class Periods {
    private final long[] bounds;

    /** By the bound that they begin at: whether there is an entry, and the newest special one. */
    private final boolean[] covered;

    private final CalendarEntry[] special;

    Periods(List<CalendarEntry> entries) {
        bounds =
                entries.stream()
                        .flatMapToLong(entry -> LongStream.of(entry.from(), entry.to()))
                        .sorted()
                        .distinct()
                        .toArray();
        covered = new boolean[bounds.length];
        special = new CalendarEntry[bounds.length];
        var coming =
                new PriorityQueue<CalendarEntry>(Comparator.comparingLong(CalendarEntry::from));
        coming.addAll(entries);
        var newestFirst =
                new PriorityQueue<>(
                        Comparator.comparingLong(CalendarEntry::version)
                                .reversed()
                                .thenComparing(CalendarEntry::id));
        long until = Long.MIN_VALUE;
        for (int i = 0; i < bounds.length; i++) {
            while (!coming.isEmpty() && coming.peek().from() == bounds[i]) {
                var entry = coming.remove();
                until = Math.max(until, entry.to());
                if (entry.kind() == CalendarEntry.Kind.SPECIAL) {
                    newestFirst.add(entry);
                }
            }
            while (!newestFirst.isEmpty() && newestFirst.peek().to() <= bounds[i]) {
                newestFirst.remove();
            }
            covered[i] = until > bounds[i];
            special[i] = newestFirst.peek();
        }
    }

    boolean cover(long at) {
        int bound = bound(at);
        return bound >= 0 && covered[bound];
    }

    /** Null if there is none. */
    CalendarEntry special(long at) {
        int bound = bound(at);
        return bound < 0 ? null : special[bound];
    }

    /** The last bound that is not after a time; -1 before the first. */
    private int bound(long at) {
        int found = Arrays.binarySearch(bounds, at);
        return found >= 0 ? found : -found - 2;
    }
}
