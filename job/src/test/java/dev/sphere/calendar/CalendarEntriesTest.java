package dev.sphere.calendar;

import static dev.sphere.calendar.Entries.ignore;
import static dev.sphere.calendar.Entries.told;
import static dev.sphere.calendar.Entries.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarEntriesTest {
    private static final String SERVICE = "sock-shop/front-end";

    private static final CalendarEntry A = ignore("a", 10, 20);
    private static final CalendarEntry LONGER_A = ignore("a", 10, 40);
    private static final CalendarEntry B = ignore("b", 50, 60);

    private final CalendarEntries entries = new CalendarEntries();

    @Test
    void holdsTheNewestOfEachIdUntilItIsWithdrawn() {
        assertThat(entries.take(told(0, A))).isTrue();
        assertThat(entries.take(told(3, LONGER_A))).isTrue();
        assertThat(entries.calendar().teaches(SERVICE, 30)).isFalse();
        assertThat(entries.calendar().version()).isEqualTo(4);

        assertThat(entries.take(withdrawn(7, "a"))).isTrue();
        assertThat(entries.all()).isEmpty();
        assertThat(entries.calendar().teaches(SERVICE, 30)).isTrue();
        assertThat(entries.calendar().version()).isEqualTo(8);
        assertThat(entries.calendar().entriesSince(SERVICE, 0)).isEmpty();
    }

    @Test
    void knowsThatNothingChangedWhenAnEntryIsToldAsItWasOrOneIsWithdrawnThatIsNone() {
        entries.take(told(0, A));

        assertThat(entries.take(told(1, A))).isFalse();
        assertThat(entries.take(withdrawn(2, "b"))).isFalse();
        assertThat(entries.calendar().version()).isEqualTo(1);
    }

    @Test
    void isNotSetBackByWhatTheStreamTellsAgainOfTheStart() {
        var known = CalendarEntries.atStart(List.of(told(4, LONGER_A), withdrawn(5, "b")));
        assertThat(known.calendar().version()).isEqualTo(5);

        assertThat(known.take(told(0, A))).isFalse();
        assertThat(known.take(told(1, B))).isFalse();
        assertThat(known.take(told(4, LONGER_A))).isFalse();
        assertThat(known.take(withdrawn(5, "b"))).isFalse();
        assertThat(known.all()).extracting(CalendarEntry::to).containsExactly(40L);
        assertThat(known.take(told(6, B))).isTrue();
        assertThat(known.calendar().version()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void isTheSameHoweverMuchWasKnownAtTheStart(int known) {
        List<CalendarChange> told =
                List.of(
                        told(0, A),
                        told(1, B),
                        told(2, LONGER_A),
                        withdrawn(3, "b"),
                        told(4, ignore("c", 1, 2)));
        var all = new CalendarEntries();
        told.forEach(all::take);

        var some = CalendarEntries.atStart(told.subList(0, known));
        told.forEach(some::take);

        assertThat(some.all()).containsExactlyInAnyOrderElementsOf(all.all());
        assertThat(some.position()).isEqualTo(all.position());
    }

    @Test
    void goesOnWhereItWasWhenItIsRestoredWhileTheStreamTellsOfTheStart() {
        var known = CalendarEntries.atStart(List.of(told(1, B), told(4, LONGER_A)));
        known.take(told(0, A));

        var restored = CalendarEntries.restored(known.all(), known.position());

        assertThat(restored.take(told(2, A))).isFalse();
        assertThat(restored.calendar().version()).isEqualTo(5);
        assertThat(restored.calendar().teaches(SERVICE, 30)).isFalse();
        assertThat(restored.take(told(4, LONGER_A))).isFalse();
        assertThat(restored.take(withdrawn(5, "a"))).isTrue();
    }

    @Test
    void takesWhatATopicSaysThatWasMadeAnewAfterTheStart() {
        var known = CalendarEntries.atStart(List.of(told(40, A)));
        known.take(told(40, A));

        assertThat(known.take(told(0, B))).isTrue();
        assertThat(known.calendar().version()).isEqualTo(42);
        assertThat(known.calendar().entriesSince(SERVICE, 41))
                .extracting(CalendarEntry::id)
                .containsExactly("b");
    }

    @Test
    void forgetsWhatEndsFirstWhenThereAreTooMany() {
        for (int i = 0; i < CalendarEntries.MOST; i++) {
            entries.take(told(i, ignore("id" + i, 1_000 + i, 2_000 + i)));
        }

        entries.take(told(20_000, ignore("later", 5_000, 90_000)));
        entries.take(told(20_001, ignore("earlier", 1, 2)));

        List<String> ids = new ArrayList<>();
        entries.all().forEach(entry -> ids.add(entry.id()));
        assertThat(ids)
                .hasSize(CalendarEntries.MOST)
                .contains("later", "id1")
                .doesNotContain("id0", "earlier");
        assertThat(entries.calendar().teaches(SERVICE, 80_000)).isFalse();
        assertThat(entries.calendar().teaches(SERVICE, 1_000)).isTrue();
    }
}
