package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.junit.jupiter.api.Test;

class PastErrorsTest {
    @Test
    void knowsNoQuantileOfLessThanFiftyErrors() {
        var errors = new PastErrors();
        for (int i = 0; i < 49; i++) {
            errors.add(i);
        }
        errors.add(Double.NaN);

        assertThat(errors.quantile(0.5)).isNaN();

        errors.add(49);
        assertThat(errors.quantile(0.5)).isEqualTo(24.5);
    }

    @Test
    void quantilesAreThoseOfTheNewestThousand() {
        var random = new Random(3);
        double[] all = random.doubles(2_345).map(x -> Math.rint(100 * x) - 50).toArray();
        var errors = new PastErrors();
        var reference = new Percentile().withEstimationType(EstimationType.R_7);
        for (int i = 0; i < all.length; i++) {
            errors.add(all[i]);
            if (i > 50 && i % 97 == 0) {
                double[] newest = Arrays.copyOfRange(all, Math.max(0, i - 999), i + 1);
                for (double level : new double[] {0.05, 0.5, 0.9, 1}) {
                    assertThat(errors.quantile(level))
                            .as("%s after %d", level, i)
                            .isCloseTo(reference.evaluate(newest, 100 * level), within(1e-9));
                }
            }
        }
    }
}
