package dev.sphere.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long SEED = 11;
    private static final long START = 1_763_683_200_000L;

    @Test
    void leavesExponentialGapsUnderASteadyLoad() {
        var load = Load.of(new SteadyLoad(), 200, Duration.ofMinutes(8), START);
        var arrivals = new Arrivals(load, START, new SplittableRandom(SEED));
        int count = 50_000;

        double[] gaps = new double[count];
        long before = 0;
        for (int i = 0; i < count; i++) {
            long at = arrivals.next();
            gaps[i] = (at - before) / 1e9;
            before = at;
        }

        // mean 5 ms, standard deviation the same, and a share of 1/e longer than the mean
        double mean = 0;
        double square = 0;
        double longer = 0;
        for (double gap : gaps) {
            mean += gap / count;
            square += gap * gap / count;
            longer += gap > 0.005 ? 1.0 / count : 0;
        }
        assertThat(mean).isEqualTo(0.005, within(0.00007));
        assertThat(Math.sqrt(square - mean * mean)).isEqualTo(0.005, within(0.0001));
        assertThat(longer).isEqualTo(1 / Math.E, within(0.007));
    }

    @Test
    void followsTheLoadThroughTheDay() {
        var load = Load.of(new TwoPeakDay(7), 300, Duration.ofMinutes(8), START);
        var arrivals = new Arrivals(load, START, new SplittableRandom(SEED));
        int slices = 16;
        long slice = 30_000;

        int[] counts = new int[slices];
        for (long at = arrivals.next(); at < slices * slice * 1_000_000; at = arrivals.next()) {
            counts[(int) (at / 1_000_000 / slice)]++;
        }

        for (int i = 0; i < slices; i++) {
            double expected = 0;
            for (double rate : load.curve(START + i * slice, START + (i + 1) * slice, 100)) {
                expected += rate / 100 * slice / 1000;
            }
            assertThat((double) counts[i]).isEqualTo(expected, within(4 * Math.sqrt(expected)));
        }
    }

    @Test
    void isTheSameForTheSameSeed() {
        var load = Load.of(new TwoPeakDay(7), 300, Duration.ofMinutes(8), START);
        var one = new Arrivals(load, START, new SplittableRandom(SEED));
        var again = new Arrivals(load, START, new SplittableRandom(SEED));

        for (int i = 0; i < 1000; i++) {
            assertThat(one.next()).isEqualTo(again.next());
        }
    }
}
