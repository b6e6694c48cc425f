package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final double NONE = Double.NaN;

    private final History history = new History(4);

    @Test
    void isTheMeanOfWhatEachBinWasGiven() {
        history.add(10, 1);
        history.add(10, 2);
        history.add(10, 6);
        history.add(11, 5);

        assertThat(history.at(10)).isEqualTo(3);
        assertThat(history.at(11)).isEqualTo(5);
        assertThat(history.counts).contains((short) 3, (short) 1);
        assertThat(history.known()).containsExactly(3, 5);
    }

    @Test
    void keepsItsNewestBins() {
        for (int bin = 10; bin < 20; bin++) {
            history.add(bin, bin);
        }

        assertThat(history.known()).containsExactly(16, 17, 18, 19);
        assertThat(history.oldest()).isEqualTo(16);
        assertThat(history.at(15)).isNaN();
        assertThat(history.at(20)).isNaN();
    }

    @Test
    void letsTimeGoOnWithoutAValue() {
        history.add(10, 1);
        history.add(11, NONE);
        history.add(12, NONE);

        assertThat(history.newest).isEqualTo(12);
        assertThat(history.known()).containsExactly(1, NONE, NONE);
    }

    @Test
    void forgetsWhatALeapOfTimeLeavesBehind() {
        for (int bin = 10; bin < 14; bin++) {
            history.add(bin, bin);
        }

        history.add(16, 7);
        assertThat(history.known()).containsExactly(13, NONE, NONE, 7);
        history.add(1_000_000_000, 8);
        assertThat(history.known()).containsExactly(8);
    }

    @Test
    void takesAValueForAnOlderBinThatItKeepsAndNoneForOneThatItDoesNot() {
        history.add(13, 1);
        history.add(11, 2);
        history.add(9, 3);

        assertThat(history.newest).isEqualTo(13);
        assertThat(history.known()).containsExactly(2, NONE, 1);
    }

    @Test
    void amendsAValueThatABinHolds() {
        history.add(10, 1);
        history.add(10, 2);
        history.add(10, 6);

        assertThat(history.amend(10, 2, 5)).isTrue();

        assertThat(history.at(10)).isCloseTo(4, within(1e-6)); // (1 + 5 + 6) / 3
    }

    @Test
    void amendsABinByAValueThatItDidNotHold() {
        history.add(10, 2);
        history.add(11, NONE);

        assertThat(history.amend(10, NONE, 4)).isTrue();
        assertThat(history.amend(11, NONE, 7)).isTrue();

        assertThat(history.at(10)).isEqualTo(3);
        assertThat(history.at(11)).isEqualTo(7);
    }

    @Test
    void takesAnAmendmentForAValueOfItsOwnWhereWhatWasBeforeIsForgotten() {
        history.add(10, 2);
        history.forget(10);

        assertThat(history.amend(10, 2, 4)).isTrue();

        assertThat(history.at(10)).isEqualTo(4);
    }

    @Test
    void amendsNoBinThatItDoesNotKeep() {
        assertThat(history.amend(10, NONE, 1)).isFalse(); // there is none yet
        history.add(10, 2);

        assertThat(history.amend(6, NONE, 1)).isFalse();
        assertThat(history.amend(11, NONE, 1)).isFalse();

        assertThat(history.known()).containsExactly(2);
    }

    @Test
    void forgetsABinOnce() {
        history.add(10, 2);
        history.add(11, NONE);

        assertThat(history.forget(10)).isTrue();
        assertThat(history.forget(10)).isFalse();
        assertThat(history.forget(11)).isFalse(); // it held nothing
        assertThat(history.forget(12)).isFalse();
        assertThat(history.forget(6)).isFalse();

        assertThat(history.at(10)).isNaN();
        history.add(11, 3);
        assertThat(history.at(11)).isEqualTo(3);
    }

    @Test
    void findsTheSameBinOfEachCycle() {
        var longer = new History(7);
        for (int bin = 100; bin < 110; bin++) {
            longer.add(bin, bin); // 103 to 109 are kept
        }

        assertThat(longer.every(3, 105)).containsExactly(105, 108);
        assertThat(longer.every(3, 103)).containsExactly(103, 106, 109);
        assertThat(longer.every(3, 900)).containsExactly(105, 108);
        assertThat(longer.every(3, 0)).containsExactly(105, 108);
        assertThat(longer.every(10, 104)).containsExactly(104);
    }

    @Test
    void ofNoBinsKeepsNothing() {
        var none = new History(0);

        none.add(10, 1);

        assertThat(none.known()).isEmpty();
        assertThat(none.at(10)).isNaN();
        assertThat(none.amend(10, NONE, 1)).isFalse();
        assertThat(none.forget(10)).isFalse();
    }

    @Test
    void countsBinsBeforeTheEpochAsWell() {
        for (int bin = -6; bin < 0; bin++) {
            history.add(bin, bin);
        }

        assertThat(history.known()).containsExactly(-4, -3, -2, -1);
    }
}
