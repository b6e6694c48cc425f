package dev.sphere.local.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.local.bench.scale.Checkpoints.Taken;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointsTest {
    @Test
    void countsThoseThatWereTriggeredSinceThen() {
        var checkpoints =
                Checkpoints.of(
                        List.of(
                                new Taken(50, "IN_PROGRESS", 9_000, 0),
                                new Taken(40, "COMPLETED", 30, 1_040),
                                new Taken(30, "FAILED", 8_000, 0),
                                new Taken(20, "COMPLETED", 90, 1_020),
                                new Taken(10, "COMPLETED", 7_000, 1_010)),
                        20);

        assertThat(checkpoints).isEqualTo(new Checkpoints(2, 1, 1_040, 60, 90));
    }

    @Test
    void takesTheOneInTheMiddle() {
        var checkpoints =
                Checkpoints.of(
                        List.of(
                                new Taken(3, "COMPLETED", 500, 7),
                                new Taken(2, "COMPLETED", 10, 6),
                                new Taken(1, "COMPLETED", 20, 5)),
                        0);

        assertThat(checkpoints.medianMillis()).isEqualTo(20);
        assertThat(checkpoints.longestMillis()).isEqualTo(500);
    }

    @Test
    void knowsNoMedianOfNone() {
        assertThat(Checkpoints.of(List.of(), 0).medianMillis()).isNaN();
    }

    @Test
    void areKnownWhenTheLastOneOfTheTimeHasEnded() {
        var first = new Taken(10, "COMPLETED", 30, 7);
        var last = new Taken(20, "IN_PROGRESS", 0, 0);
        var later = new Taken(30, "IN_PROGRESS", 0, 0);

        assertThat(Checkpoints.areKnown(List.of(later, last, first), 10, 30)).isFalse();
        assertThat(Checkpoints.areKnown(List.of(later, first), 10, 30)).isTrue();
        assertThat(Checkpoints.areKnown(List.of(later, first), 11, 30))
                .isFalse(); // none of the time
    }
}
