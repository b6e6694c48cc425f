package dev.sphere.local.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final long STEP = 15_000;
    private static final long FROM = 1_000 * STEP;

    @Test
    void givesEachServiceOneTurnInEachRound() {
        var rounds = new Rounds(7, 2, FROM, STEP, 3, STEP);

        List<String> turns = new ArrayList<>();
        for (int lane = 0; lane < 2; lane++) {
            for (long position = 0; position < rounds.positions(); position++) {
                int service = rounds.service(lane, position);
                if (rounds.exists(service)) {
                    turns.add(rounds.round(position) + ":" + service);
                }
            }
        }

        assertThat(turns).hasSize(21).hasSize((int) rounds.observations());
        assertThat(new HashSet<>(turns)).hasSize(21);
    }

    @Test
    void spreadsTheServicesOfARoundEvenly() {
        var rounds = new Rounds(3, 2, FROM, STEP, 2, STEP);

        assertThat(rounds.at(0, 0)).isEqualTo(FROM);
        assertThat(rounds.at(0, 1)).isEqualTo(FROM + STEP / 3);
        assertThat(rounds.at(1, 2)).isEqualTo(FROM + STEP + 2 * STEP / 3);
    }

    @Test
    void knowsTheRoundWhoseScrapeClosesAStep() {
        var rounds = new Rounds(3, 2, FROM, STEP, 2, STEP);

        for (long round = 0; round < 2; round++) {
            for (int service = 0; service < 3; service++) {
                long end = Math.floorDiv(rounds.at(round, service), STEP) * STEP;
                assertThat(rounds.closing(end)).isEqualTo(round);
            }
        }
    }

    @Test
    void joinsTheHistoryToWhatIsMeasured() {
        var plan =
                new ScalePlan(
                        3,
                        2,
                        STEP,
                        86_400_000,
                        20 * STEP,
                        1,
                        STEP,
                        0,
                        4 * STEP,
                        1_000,
                        "hashmap",
                        1);
        long steadyFrom = plan.steadyFrom(1_800_000_000_000L);

        var past = plan.past(steadyFrom);
        var recent = plan.recent(steadyFrom);
        var steady = plan.steady(steadyFrom);

        assertThat(plan.recent()).isEqualTo(20 * STEP); // rounded up to a step of the history
        assertThat(past.from() + past.count() * past.step()).isEqualTo(recent.from());
        assertThat(recent.from() + recent.count() * recent.step()).isEqualTo(steady.from());
        assertThat(steady.from() - past.from()).isEqualTo(86_400_000);
        assertThat(steady.at(steady.count(), 2)).isLessThan(1_800_000_000_000L);
    }
}
