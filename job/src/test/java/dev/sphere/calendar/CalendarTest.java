package dev.sphere.calendar;

import static dev.sphere.calendar.Entries.at;
import static dev.sphere.calendar.Entries.calendar;
import static dev.sphere.calendar.Entries.ignore;
import static dev.sphere.calendar.Entries.special;
import static dev.sphere.calendar.Entries.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.calendar.CalendarEntry.Kind;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalendarTest {
    private static final long SEED = 20_261_121;

    private static final String FRONT_END = "sock-shop/front-end";
    private static final String CARTS = "sock-shop/carts";
    private static final String OTHER = "other/front-end";

    @Test
    void saysThatEveryTimeTeachesAndIsLikeItselfWhenItIsEmpty() {
        assertThat(Calendar.EMPTY.teaches(FRONT_END, 5)).isTrue();
        assertThat(Calendar.EMPTY.seasonal(FRONT_END, 5)).isEqualTo(5);
        assertThat(Calendar.EMPTY.version()).isZero();
        assertThat(Calendar.EMPTY.entriesSince(FRONT_END, 0)).isEmpty();
    }

    @Test
    void teachesNothingFromTheFirstMillisecondToTheLast() {
        var calendar = calendar(ignore("incident", 100, 200), ignore("other", 500, 600));

        assertThat(calendar.teaches(FRONT_END, 99)).isTrue();
        assertThat(calendar.teaches(FRONT_END, 100)).isFalse();
        assertThat(calendar.teaches(FRONT_END, 199)).isFalse();
        assertThat(calendar.teaches(FRONT_END, 200)).isTrue();
        assertThat(calendar.teaches(FRONT_END, 500)).isFalse();
        assertThat(calendar.teaches(FRONT_END, 600)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "sock-shop/front-end, true, false, false",
        "sock-shop/*, true, true, false",
        "other/*, false, false, true",
        "sock-shop/front, false, false, false",
        "sock/*, false, false, false",
    })
    void coversTheServicesThatAreNamed(
            String named, boolean frontEnd, boolean carts, boolean other) {
        var calendar = calendar(ignore("incident", 100, 200, "x/y", named));

        assertThat(calendar.teaches(FRONT_END, 150)).isEqualTo(!frontEnd);
        assertThat(calendar.teaches(CARTS, 150)).isEqualTo(!carts);
        assertThat(calendar.teaches(OTHER, 150)).isEqualTo(!other);
        assertThat(calendar.entriesSince(FRONT_END, 0)).hasSize(frontEnd ? 1 : 0);
        assertThat(calendar.entriesSince(CARTS, 0)).hasSize(carts ? 1 : 0);
        assertThat(calendar.entriesSince(OTHER, 0)).hasSize(other ? 1 : 0);
    }

    @Test
    void coversAllServicesWhereNoneIsNamed() {
        var calendar = calendar(ignore("incident", 100, 200));

        assertThat(List.of(FRONT_END, CARTS, OTHER))
                .noneMatch(service -> calendar.teaches(service, 150));
        assertThat(calendar.entriesSince(OTHER, 0)).hasSize(1);
    }

    /**
     * Friday, 27 November 2026, is like a Sunday: the last one is the 22nd. The 29th of March (on
     * at 01:00 UTC) and the 25th of October (back at 01:00 UTC) 2026 are Sundays on which Berlin's
     * clocks change.
     */
    @ParameterizedTest
    @CsvSource({
        // without a change between: whole days
        "2026-11-27T10:00+00:00, sunday, UTC, 2026-11-22T10:00:00Z",
        "2026-11-27T10:00+01:00, sunday, Europe/Berlin, 2026-11-22T09:00:00Z",
        "2026-11-27T10:00+01:00, friday, Europe/Berlin, 2026-11-27T09:00:00Z",
        "2026-11-27T10:00+01:00, saturday, Europe/Berlin, 2026-11-21T09:00:00Z",
        // which day it is, is said by the zone: 23:30 UTC on Thursday is Friday in Berlin
        "2026-11-26T23:30+00:00, friday, Europe/Berlin, 2026-11-26T23:30:00Z",
        "2026-11-26T23:30+00:00, friday, UTC, 2026-11-20T23:30:00Z",
        // Saturday's ten o'clock was an hour later in UTC than Tuesday's, after the clocks were put
        // on
        "2026-03-31T10:00+02:00, saturday, Europe/Berlin, 2026-03-28T09:00:00Z",
        "2026-10-27T10:00+01:00, saturday, Europe/Berlin, 2026-10-24T08:00:00Z",
        "2026-10-27T10:00+01:00, sunday, Europe/Berlin, 2026-10-25T09:00:00Z",
        // half past two is not there on the 29th of March, and there twice on the 25th of October
        "2026-03-31T02:30+02:00, sunday, Europe/Berlin, 2026-03-29T01:30:00Z",
        "2026-10-27T02:30+01:00, sunday, Europe/Berlin, 2026-10-25T01:30:00Z",
        "2026-10-25T02:30+02:00, sunday, Europe/Berlin, 2026-10-25T00:30:00Z",
    })
    void looksForTheSameTimeOfDayOnTheLastDayOfThatName(
            String now, String like, String zone, String expected) {
        long at = at(now);
        var day = DayOfWeek.valueOf(like.toUpperCase(java.util.Locale.ROOT));
        var calendar = calendar(special("holiday", at - 5, at + 5, day, zone, "sock-shop/*"));

        assertThat(time(calendar.seasonal(FRONT_END, at))).isEqualTo(expected);
        assertThat(calendar.teaches(FRONT_END, at)).isFalse();
        assertThat(calendar.seasonal(FRONT_END, at + 5)).isEqualTo(at + 5);
        assertThat(calendar.seasonal(OTHER, at)).isEqualTo(at);
        assertThat(calendar.teaches(OTHER, at)).isTrue();
    }

    @Test
    void isLikeItselfOnASpecialDateThatIsLikeNoWeekdayAndInAnIncident() {
        long at = at("2026-11-27T10:00+00:00");
        var calendar =
                calendar(
                        special("launch", at, at + 10, null, "UTC"),
                        ignore("incident", at + 10, at + 20));

        assertThat(calendar.seasonal(FRONT_END, at)).isEqualTo(at);
        assertThat(calendar.seasonal(FRONT_END, at + 10)).isEqualTo(at + 10);
        assertThat(calendar.teaches(FRONT_END, at)).isFalse();
    }

    @Test
    void prefersTheSpecialDateThatNamesTheServiceThenTheNewest() {
        long at = at("2026-11-27T10:00+00:00"); // a Friday
        var saturday =
                special("own", at, at + 10, DayOfWeek.SATURDAY, "UTC", "sock-shop/front-end");
        var older = special("older", at, at + 10, DayOfWeek.MONDAY, "UTC", "sock-shop/*");
        var newer = special("newer", at, at + 5, DayOfWeek.SUNDAY, "UTC", "sock-shop/*");
        var all = special("all", at, at + 10, DayOfWeek.THURSDAY, "UTC");
        var calendar = calendar(saturday, older, newer, all, ignore("incident", at, at + 10));

        assertThat(time(calendar.seasonal(FRONT_END, at))).startsWith("2026-11-21"); // Saturday
        assertThat(time(calendar.seasonal(CARTS, at))).startsWith("2026-11-22"); // Sunday
        assertThat(time(calendar.seasonal(CARTS, at + 5))).startsWith("2026-11-23"); // Monday
        assertThat(time(calendar.seasonal(OTHER, at))).startsWith("2026-11-26"); // Thursday
    }

    @Test
    void namesWhatCameSinceAVersionTheOldestFirst() {
        var first = ignore("first", 100, 200);
        var second = ignore("second", 50, 70, "sock-shop/*");
        var elsewhere = ignore("elsewhere", 50, 70, "other/*");
        var calendar = calendar(first, second, elsewhere);

        assertThat(calendar.version()).isEqualTo(3);
        assertThat(calendar.entriesSince(FRONT_END, 0))
                .extracting(CalendarEntry::id)
                .containsExactly("first", "second");
        assertThat(calendar.entriesSince(FRONT_END, 1))
                .extracting(CalendarEntry::id)
                .containsExactly("second");
        assertThat(calendar.entriesSince(FRONT_END, 2)).isEmpty();
        assertThat(calendar.entriesSince(OTHER, 2))
                .extracting(CalendarEntry::id)
                .containsExactly("elsewhere");
        assertThat(calendar.entriesSince(OTHER, 3)).isEmpty();
    }

    /** Against the definition, entry by entry. */
    @Test
    void saysOfOverlappingEntriesWhatEachOfThemSays() {
        var random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            List<CalendarEntry> entries = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                entries.add(any(random, "id" + i));
            }
            var calendar = calendar(entries.toArray(CalendarEntry[]::new));
            for (String service : List.of(FRONT_END, CARTS, OTHER)) {
                for (long at = 0; at < 40; at++) {
                    assertThat(calendar.teaches(service, at))
                            .as("seed %d, round %d, %s at %d", SEED, round, service, at)
                            .isEqualTo(covering(entries, service, at).isEmpty());
                    assertThat(calendar.seasonal(service, at))
                            .as("seed %d, round %d, %s at %d", SEED, round, service, at)
                            .isEqualTo(seasonal(entries, service, at));
                }
            }
        }
    }

    private static CalendarEntry any(Random random, String id) {
        long from = 1 + random.nextInt(30);
        long to = from + 1 + random.nextInt(9);
        var services = List.of("", FRONT_END, CARTS, "sock-shop/*", "other/*");
        String service = services.get(random.nextInt(services.size()));
        String[] named = service.isEmpty() ? new String[0] : new String[] {service};
        return random.nextBoolean()
                ? ignore(id, from, to, named)
                : special(id, from, to, DayOfWeek.of(1 + random.nextInt(7)), "UTC", named);
    }

    private static List<CalendarEntry> covering(
            List<CalendarEntry> entries, String service, long at) {
        return entries.stream()
                .filter(entry -> at >= entry.from() && at < entry.to())
                .filter(entry -> particular(entry, service) > 0)
                .toList();
    }

    /** In 1970 the first of January was a Thursday. */
    private static long seasonal(List<CalendarEntry> entries, String service, long at) {
        return covering(entries, service, at).stream()
                .filter(entry -> entry.kind() == Kind.SPECIAL)
                .max(
                        Comparator.<CalendarEntry>comparingInt(entry -> particular(entry, service))
                                .thenComparingInt(entries::indexOf))
                .map(
                        entry ->
                                at
                                        - 86_400_000L
                                                * Math.floorMod(
                                                        DayOfWeek.THURSDAY.getValue()
                                                                - entry.like().getValue(),
                                                        7))
                .orElse(at);
    }

    private static int particular(CalendarEntry entry, String service) {
        if (entry.services().isEmpty()) {
            return 1;
        }
        String named = entry.services().get(0);
        if (named.equals(service)) {
            return 3;
        }
        return named.equals(service.split("/")[0] + "/*") ? 2 : 0;
    }
}
