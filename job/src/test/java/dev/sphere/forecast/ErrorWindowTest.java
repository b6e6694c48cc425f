package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorWindowTest {
    private static final long SEED = 20261121;

    /** Half of what errors are rounded to. */
    private static final double ROUNDING = 0.5 / 3200 + 1e-12;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 63, 400})
    void hasTheQuantilesOfASortedCopyOfItsNewestErrors(int size) throws IOException {
        var random = new Random(SEED);
        var window = new ErrorWindow(size);
        var newest = new ArrayDeque<Double>();

        for (int i = 0; i < 2_000; i++) {
            // many alike, so that equal errors are removed and added, too
            double error = random.nextBoolean() ? random.nextInt(5) : 2 * random.nextGaussian();
            window.add(error);
            newest.addLast(error);
            if (newest.size() > size) {
                newest.removeFirst();
            }
            if (random.nextInt(100) == 0) {
                window = restored(window);
            }
            double[] sorted = newest.stream().mapToDouble(d -> d).sorted().toArray();
            assertThat(window.count).isEqualTo(sorted.length);
            var ranks = new Ranks(Quantiles.LEVELS).of(window.count);
            for (int level = 0; level < Quantiles.LEVELS.length; level++) {
                assertThat(window.quantiles(ranks)[level])
                        .as("level %s after %d, seed %d", Quantiles.LEVELS[level], i, SEED)
                        .isCloseTo(expected(sorted, Quantiles.LEVELS[level]), within(ROUNDING));
            }
        }
    }

    /** Weibull's plotting positions. */
    private static double expected(double[] sorted, double level) {
        double position = Math.max(1, Math.min(sorted.length, level * (sorted.length + 1)));
        int below = (int) position;
        double above = sorted[Math.min(sorted.length, below + 1) - 1];
        return sorted[below - 1] + (position - below) * (above - sorted[below - 1]);
    }

    @Test
    void holdsErrorsOfAnySizeWithinItsRange() {
        var window = new ErrorWindow(4);
        for (double error : new double[] {Double.POSITIVE_INFINITY, -1e300, 1e-300, Double.NaN}) {
            window.add(error);
        }

        var ranks = new Ranks(Quantiles.LEVELS).of(window.count);

        assertThat(window.count).isEqualTo(3);
        assertThat(window.quantiles(ranks)[0]).isCloseTo(-10.24, within(1e-3));
        assertThat(window.quantiles(ranks)[1]).isZero();
        assertThat(window.quantiles(ranks)[5]).isCloseTo(10.24, within(1e-3));
    }

    @Test
    void knowsNoQuantileOfNothing() {
        assertThat(new ErrorWindow(10).quantiles(new Ranks(Quantiles.LEVELS))[3]).isNaN();
    }

    @Test
    void aMeanIsThatOfTheNewestValues() throws IOException {
        for (int size : new int[] {10, 19, 20, 21, 240, 400}) {
            var random = new Random(SEED);
            var mean = new RecentMean(size);
            double[] values = random.doubles(3 * size).map(d -> d < 0.02 ? 1e15 : d).toArray();
            Arrays.fill(values, 2 * size - 100 > 0 ? 3 * size / 2 : 0, values.length, 0.5);
            assertThat(mean.mean()).isNaN();

            for (int i = 0; i < values.length; i++) {
                mean.add(values[i]);
                mean.add(Double.NaN);
                int count = mean.count();
                assertThat(count).isEqualTo(Math.min(size, i + 1));
            }

            // what was huge has left no trace
            assertThat(mean.mean()).as("of %d, seed %d", size, SEED).isEqualTo(0.5);
        }
    }

    @Test
    void aMeanRemembersAtLeastItsSizeAndABlockMoreAtMost() {
        var mean = new RecentMean(100);
        for (int i = 0; i < 1_000; i++) {
            mean.add(i);
            if (i >= 200) {
                // the mean of the newest n of 0, 1, ..., i is i - (n - 1) / 2
                double n = 2 * (i - mean.mean()) + 1;
                assertThat(n).isBetween(100.0, 105.0);
            }
        }
    }

    private static ErrorWindow restored(ErrorWindow window) throws IOException {
        var serializer =
                TypeInformation.of(ErrorWindow.class).createSerializer(new SerializerConfigImpl());
        var output = new DataOutputSerializer(1_000);
        serializer.serialize(window, output);
        return serializer.deserialize(new DataInputDeserializer(output.getCopyOfBuffer()));
    }
}
