package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.local.load.LoadShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalPlanTest {

    @Test
    void derivesAllTimesFromTheDayAsTheReadmeSays() throws IOException {
        var plan = plan(Duration.ofMinutes(8), null);

        String readme = Files.readString(Path.of("README.md"));
        assertThat(readme)
                .contains("| step, scrape interval | 1/240 | " + seconds(plan.step()) + " |")
                .contains(
                        "| median start-up of a pod (`--start-up`) | 1/40 | "
                                + seconds(plan.startUp()))
                .contains("| slow start-up + 2 steps + 1 s | " + seconds(plan.horizon()) + " |")
                .contains("| 1/10 | " + seconds(plan.downWindow()) + " |")
                .contains("| 1/32 | " + seconds(plan.ratePeriod()) + " |");
    }

    @Test
    void looksAsFarAheadAsAPodThatStartsSlowlyTakes() {
        var plan = plan(Duration.ofMinutes(8), Duration.ofSeconds(30));

        // 30 s x exp(1.2816 x 0.2) = 38.8 s, and two steps and a second, in whole steps
        assertThat(plan.horizon()).isEqualTo(Duration.ofSeconds(44));
    }

    @Test
    void hasStepsOfAtLeastASecondHoweverShortTheDay() {
        var plan = plan(Duration.ofMinutes(2), null);

        assertThat(plan.step()).isEqualTo(Duration.ofSeconds(1));
        assertThat(plan.furthest()).isGreaterThanOrEqualTo(plan.horizon());
    }

    private static LocalPlan plan(Duration day, Duration startUp) {
        return LocalPlan.of(
                LoadShape.of("steady", 1, 5), "steady", 100, day, 5, startUp, false, 1, Map.of());
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + " s";
    }
}
