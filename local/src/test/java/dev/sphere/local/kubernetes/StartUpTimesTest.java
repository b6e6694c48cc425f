package dev.sphere.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartUpTimesTest {
    private static final Duration MEDIAN = Duration.ofSeconds(12);

    @Test
    void areTheSameForTheSameSeedAndOthersForAnother() {
        assertThat(draw(42, 10)).isEqualTo(draw(42, 10)).isNotEqualTo(draw(43, 10));
    }

    @Test
    void haveTheMedianAndTheSpreadThatWereAskedFor() {
        var times =
                draw(42, 10_000).stream().mapToDouble(d -> d.toNanos() / 1e9).sorted().toArray();

        assertThat(times[5_000]).isCloseTo(12, within(0.2));
        // A lognormal distribution has its 84.13 % quantile at median * exp(sigma).
        assertThat(times[8_413]).isCloseTo(12 * Math.exp(0.3), within(0.4));
        assertThat(times[0]).isPositive();
    }

    @Test
    void areTheMedianWithoutSpread() {
        var times = new StartUpTimes(MEDIAN, 0, 42);

        assertThat(Stream.generate(times::next).limit(3)).containsOnly(MEDIAN);
        assertThat(new StartUpTimes(Duration.ZERO, 0.5, 42).next()).isZero();
    }

    @Test
    void nameWhatIsImpossible() {
        assertThatThrownBy(() -> new StartUpTimes(Duration.ofSeconds(-1), 0.3, 1))
                .hasMessageContaining("median");
        assertThatThrownBy(() -> new StartUpTimes(MEDIAN, Double.NaN, 1))
                .hasMessageContaining("sigma: NaN");
    }

    private static List<Duration> draw(long seed, int count) {
        var times = new StartUpTimes(MEDIAN, 0.3, seed);
        return IntStream.range(0, count).mapToObj(i -> times.next()).toList();
    }
}
