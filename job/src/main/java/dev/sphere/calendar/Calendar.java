package dev.sphere.calendar;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of dates: which times teach a service nothing, and which are like another weekday.
 * Asked at every step of every signal, so that all that can be known before is known before.
 *
 * <p>Where special dates overlap, the one that names the service holds before the one that names
 * its namespace, and that before the one for all; among equals the newest.
 *
 * <p>Never changed once it is made, but not for several threads at once.
 */
public final class Calendar {
    public static final Calendar EMPTY = new Calendar(List.of(), 0);

    private static final String ALL = "*";

    /** Services whose periods are remembered; services come and go. */
    private static final int MOST_SERVICES = 10_000;

    private final List<CalendarEntry> oldestFirst;
    private final long version;
    private final Map<String, Periods> periods = new HashMap<>();

    /** By service, those that it is named in, and so the most particular first. */
    private final Map<String, List<Periods>> ofServices = new HashMap<>();

    /** No entry begins before the one, or lasts until the other. */
    private final long first;

    private final long last;

    /**
     * @param version of the calendar as a whole; not less than that of any entry
     */
    public Calendar(Collection<CalendarEntry> entries, long version) {
        oldestFirst =
                entries.stream().sorted(Comparator.comparingLong(CalendarEntry::version)).toList();
        this.version = version;
        Map<String, List<CalendarEntry>> byName = new HashMap<>();
        for (var entry : oldestFirst) {
            var names = entry.services().isEmpty() ? List.of(ALL) : entry.services();
            for (String name : names) {
                byName.computeIfAbsent(name, each -> new ArrayList<>()).add(entry);
            }
        }
        byName.forEach((name, named) -> periods.put(name, new Periods(named)));
        first = entries.stream().mapToLong(CalendarEntry::from).min().orElse(Long.MAX_VALUE);
        last = entries.stream().mapToLong(CalendarEntry::to).max().orElse(Long.MIN_VALUE);
    }

    /** False within a period that is special or to be ignored. */
    public boolean teaches(String service, long at) {
        if (at < first || at >= last) {
            return true;
        }
        for (var each : of(service)) {
            if (each.cover(at)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The time whose season is to be expected at a time: on a special date that is like a weekday,
     * the same time of day on the last such weekday, that day itself included; else the time
     * itself.
     *
     * <p>The last one, because a season has been learned from what was: across a change of the
     * clocks the next one is at another distance.
     */
    public long seasonal(String service, long at) {
        if (at < first || at >= last) {
            return at;
        }
        for (var each : of(service)) {
            var special = each.special(at);
            if (special != null) {
                return seasonal(special, at);
            }
        }
        return at;
    }

    /** Whether all times from one until another are as they are, for every service. */
    public boolean isPlain(long from, long to) {
        return to < first || from >= last;
    }

    private static long seasonal(CalendarEntry special, long at) {
        if (special.like() == null) {
            return at;
        }
        return Instant.ofEpochMilli(at)
                .atZone(ZoneId.of(special.zone()))
                .with(TemporalAdjusters.previousOrSame(special.like()))
                .toInstant()
                .toEpochMilli();
    }

    /** Greater than it was whenever an entry was added, changed or withdrawn. */
    public long version() {
        return version;
    }

    /**
     * The entries that cover a service and were added or changed after a version, the oldest first.
     * Mostly they are of a time that has been learned from: an incident is declared after it
     * happened.
     */
    public List<CalendarEntry> entriesSince(String service, long version) {
        if (version >= this.version) {
            return List.of();
        }
        String all = allOfNamespace(service);
        return oldestFirst.stream()
                .filter(entry -> entry.version() > version)
                .filter(
                        entry ->
                                entry.services().isEmpty()
                                        || entry.services().contains(service)
                                        || entry.services().contains(all))
                .toList();
    }

    private List<Periods> of(String service) {
        var known = ofServices.get(service);
        if (known == null) {
            known = new ArrayList<>(3);
            for (String name : List.of(service, allOfNamespace(service), ALL)) {
                if (periods.containsKey(name)) {
                    known.add(periods.get(name));
                }
            }
            if (ofServices.size() >= MOST_SERVICES) {
                ofServices.clear();
            }
            ofServices.put(service, known);
        }
        return known;
    }

    private static String allOfNamespace(String service) {
        return service.substring(0, service.indexOf('/') + 1) + ALL;
    }
}
