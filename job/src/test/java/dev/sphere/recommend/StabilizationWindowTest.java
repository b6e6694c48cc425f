package dev.sphere.recommend;

import static dev.sphere.recommend.Given.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StabilizationWindowTest {
    private final RecommendState state = new RecommendState();

    @Test
    void scalesDownOnlyToTheHighestRecommendationInTheWindow() {
        var window = new StabilizationWindow(0, 300_000);

        assertThat(next(window, 0, 8, 8)).isEqualTo(8); // [8]
        assertThat(next(window, 120, 3, 8)).isEqualTo(8); // [8, 3]
        assertThat(next(window, 240, 5, 8)).isEqualTo(8); // [8, 3, 5]
        assertThat(next(window, 299, 4, 8)).isEqualTo(8); // [8, 3, 5, 4]
        assertThat(next(window, 300, 4, 8)).isEqualTo(5); // 8, [3, 5, 4, 4]
        assertThat(next(window, 539, 4, 5)).isEqualTo(5); // 8, 3, [5, 4, 4, 4]
        assertThat(next(window, 540, 4, 5)).isEqualTo(4); // 8, 3, 5, [4, 4, 4, 4]
    }

    @Test
    void scalesUpOnlyToTheLowestRecommendationInTheWindow() {
        var window = new StabilizationWindow(60_000, 0);

        assertThat(next(window, 0, 2, 2)).isEqualTo(2); // [2]
        assertThat(next(window, 20, 9, 2)).isEqualTo(2); // [2, 9]
        assertThat(next(window, 40, 6, 2)).isEqualTo(2); // [2, 9, 6]
        assertThat(next(window, 60, 8, 2)).isEqualTo(6); // 2, [9, 6, 8]
        assertThat(next(window, 100, 8, 6)).isEqualTo(8); // 2, 9, 6, [8, 8]
    }

    @Test
    void followsAtOnceWithoutAWindow() {
        var window = new StabilizationWindow(0, 0);

        assertThat(next(window, 0, 9, 2)).isEqualTo(9);
        assertThat(next(window, 2, 1, 9)).isEqualTo(1);
        assertThat(next(window, 4, 5, 1)).isEqualTo(5);
    }

    @Test
    void beginsWithTheCurrentReplicas() {
        var window = new StabilizationWindow(30_000, 60_000);

        assertThat(next(window, 0, 3, 8)).isEqualTo(8); // [8 now, 3]
        assertThat(next(window, 59, 3, 8)).isEqualTo(8);
        assertThat(next(window, 60, 3, 8)).isEqualTo(3);
    }

    @Test
    void beginsAtTheFirstLookThoughNothingCouldBeRecommendedYet() {
        var window = new StabilizationWindow(0, 60_000);
        window.begin(state, at(0), 8);
        window.begin(state, at(30), 9);

        assertThat(next(window, 59, 3, 8)).isEqualTo(8);
        assertThat(next(window, 60, 3, 8)).isEqualTo(3);
    }

    @Test
    void holdsAgainAfterItHasRunEmptyButOnlyDownwards() {
        var window = new StabilizationWindow(30_000, 60_000);
        next(window, 0, 8, 8);

        assertThat(next(window, 600, 3, 8)).isEqualTo(8);
        assertThat(next(window, 1_200, 9, 8)).isEqualTo(9);
    }

    @Test
    void scalesDownThoughTheWindowIsShorterThanAStep() {
        var window = new StabilizationWindow(0, 1_000);
        next(window, 0, 8, 8);

        assertThat(next(window, 2, 3, 8)).isEqualTo(3);
    }

    @Test
    void isNotStoppedByATimeThatLaterTurnsOutToBeInTheFuture() {
        var window = new StabilizationWindow(0, 60_000);
        next(window, 1_000_000, 20, 8);

        assertThat(next(window, 0, 3, 8)).isEqualTo(3);
        assertThat(next(window, 60, 2, 3)).isEqualTo(2);
    }

    @Test
    void agreesWithTheWholeHistoryWhateverComes() {
        long seed = 7;
        Random random = new Random(seed);
        var window = new StabilizationWindow(20_000, 60_000);
        int[] history = new int[1_000];
        for (int i = 0; i < history.length; i++) {
            history[i] = 1 + random.nextInt(50);
            int current = 1 + random.nextInt(50);
            int low = history[i];
            int high = history[i];
            for (int j = Math.max(0, i - 29); j <= i; j++) { // 60 s at 2 s
                high = Math.max(high, history[j]);
                low = j > i - 10 ? Math.min(low, history[j]) : low; // 20 s
            }
            if (i == 0) {
                current = history[0];
            }

            int stable = next(window, 2 * i, history[i], current);

            assertThat(stable)
                    .as("seed %d, step %d", seed, i)
                    .isEqualTo(Math.min(Math.max(current, low), high));
        }
    }

    @Test
    void remembersABoundedNumberAndForgetsTheHighestLast() {
        var window = new StabilizationWindow(0, 3_600_000);
        for (int i = 0; i < 1_000; i++) {
            next(window, i, 2_000 - i, 2_000);
        }

        assertThat(state.highs.size()).isEqualTo(StabilizationWindow.MOST);
        assertThat(state.highs.values[0]).isEqualTo(2_000);
    }

    private int next(StabilizationWindow window, long second, int recommended, int current) {
        window.add(state, at(second), Given.STEP, recommended, current);
        return window.stabilize(state, recommended, current);
    }
}
