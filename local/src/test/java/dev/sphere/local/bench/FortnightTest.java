package dev.sphere.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.forecast.smoothing.Smoothed;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class FortnightTest {
    private final Fortnight history = new Fortnight();

    @Test
    void isFourteenDaysInBinsOfTenMinutesOfTheLoadThatIsObserved() {
        double[] values = history.values();

        assertThat(values).hasSize(2016).doesNotContain(Double.NaN);
        // WarmSignal's load from 9:00 to 9:10, the hourly job in half of the minutes
        assertThat(values[144 + 54]).isCloseTo(175 + 63.6 + 30, within(20.0));
        // the same hour of the first and of the second Saturday: 0.6 of it
        assertThat(values[5 * 144 + 54]).isCloseTo(0.6 * (175 + 63.6) + 30, within(20.0));
        assertThat(values[12 * 144 + 54]).isCloseTo(0.6 * (175 + 63.6) + 30, within(20.0));
        assertThat(values[12 * 144 + 54]).isNotEqualTo(values[5 * 144 + 54]);
    }

    @Test
    void isFittedAlikeEachTimeAndBetterThanByTheDayBefore() {
        double[] y = history.values();

        var fitted = history.fit();

        assertThat(fitted.sse()).isEqualTo(history.fit().sse()).isLessThan(0.2 * dayBefore(y));
        assertThat(fitted.errors()).isEqualTo(2016);
        assertThat(fitted.end().steps).isEqualTo(2016);
        assertThat(fitted.model().season()).isEqualTo(Fortnight.SEASON);
    }

    @Test
    void theBenchmarkCountsEachRefitAndItsTime() {
        var processor = new ForecastBenchmark.Processor();
        var benchmark = new ForecastBenchmark();
        var known = new ForecastBenchmark.Known();

        processor.begin();
        Smoothed first = benchmark.refit(known, processor).end();
        Smoothed second = benchmark.refit(known, processor).end();
        processor.end();

        assertThat(second).usingRecursiveComparison().isEqualTo(first);
        assertThat(processor.calls).isEqualTo(2);
        assertThat(processor.nanos).isPositive();
    }

    private static double dayBefore(double[] y) {
        return DoubleStream.iterate(Fortnight.SEASON, t -> t < y.length, t -> t + 1)
                .map(t -> Math.pow(y[(int) t] - y[(int) t - Fortnight.SEASON], 2))
                .sum();
    }
}
