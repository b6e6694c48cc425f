package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SeasonEvidenceTest {
    private static final long SEED = 20261121;

    private final SeasonEvidence evidence = new SeasonEvidence();

    @Test
    void isTheShareByWhichTheSeasonMakesDifferencesSmaller() {
        evidence.add(10, 11, 100);
        assertThat(evidence.share()).isZero();
        assertThat(evidence.level).isEqualTo(10);
        assertThat(evidence.offset).isEqualTo(1);

        evidence.add(14, 16, 100);
        // |14 - 10| and |16 - 1 - 14|
        assertThat(evidence.without).isEqualTo(4);
        assertThat(evidence.with).isEqualTo(1);
        assertThat(evidence.share()).isEqualTo(0.75);

        evidence.add(12, 14, 100);
        // level 12, offset 1.5: the mean of 4 and |12 - 12|, of 1 and |14 - 1.5 - 12|
        assertThat(evidence.without).isEqualTo(2);
        assertThat(evidence.with).isEqualTo(0.75);
        assertThat(evidence.share()).isEqualTo(0.625);
    }

    @Test
    void isOneForASeasonThatIsRightWhateverItsLevel() {
        for (int i = 0; i < 500; i++) {
            double value = 10 * Math.sin(i);
            evidence.add(value, value + 1_000, 100);
        }

        assertThat(evidence.share()).isCloseTo(1, within(1e-9));
    }

    @Test
    void isNoneForASeasonThatIsNoise() {
        var random = new Random(SEED);

        for (int i = 0; i < 5_000; i++) {
            evidence.add(random.nextGaussian(), random.nextGaussian(), 1_000);
        }

        // the differences have twice the variance
        assertThat(evidence.share()).isCloseTo(1 - Math.sqrt(2), within(0.1));
    }

    @Test
    void averagesOverTwoThousandValuesOrFourteenCycles() {
        assertThat(weightOfOne(10, 5_000)).isCloseTo(1 / 2_000.0, within(1e-6));
        assertThat(weightOfOne(1_000, 20_000)).isCloseTo(1 / 14_000.0, within(1e-6));
        assertThat(weightOfOne(1_000, 500)).isCloseTo(1 / 500.0, within(1e-6));
    }

    /** What a difference of 1 adds to the mean of differences that were 0. */
    private static double weightOfOne(double memory, int values) {
        var evidence = new SeasonEvidence();
        for (int i = 0; i < values; i++) {
            evidence.add(5, 5, memory);
        }
        evidence.add(6, 6, memory);
        return evidence.without;
    }

    @Test
    void isZeroForASeasonThatIsFlat() {
        for (int i = 0; i < 1_000; i++) {
            evidence.add(i % 2, 7, 100);
        }

        assertThat(evidence.share()).isCloseTo(0, within(1e-6));
    }

    @Test
    void isZeroForALoadThatNeverMoves() {
        for (int i = 0; i < 100; i++) {
            evidence.add(5, 5 + i % 3, 100);
        }

        assertThat(evidence.share()).isZero();
    }

    @Test
    void forgetsASeasonThatIsNoMore() {
        var random = new Random(SEED);
        for (int i = 0; i < 1_000; i++) {
            double value = random.nextGaussian();
            evidence.add(value, value, 100);
        }
        assertThat(evidence.share()).isGreaterThan(0.99);

        for (int i = 0; i < 10_000; i++) {
            evidence.add(random.nextGaussian(), random.nextGaussian(), 100);
        }

        assertThat(evidence.share()).isLessThan(SeasonEvidence.LEAST);
    }
}
