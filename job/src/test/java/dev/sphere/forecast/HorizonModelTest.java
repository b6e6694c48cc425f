package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HorizonModelTest {
    private final HorizonModel horizon = new HorizonModel(3, 1, 1, 50);
    private final LeastSquares least = new LeastSquares(2);

    @Test
    void measuresTheForecastThatWasKept() {
        horizon.keep(7, new float[] {1, 2}, 10, 4, 0.5);
        float[] x = {1, -99}; // the horizon's own candidate is written

        double size = horizon.learn(7, 13, 9, x, 1, least);

        assertThat(x).containsExactly(1, 2);
        assertThat(size).isEqualTo(3);
        assertThat(horizon.recent).isEqualTo(3);
        assertThat(horizon.usual).isEqualTo(3);
        assertThat(horizon.size()).isEqualTo(3);
        assertThat(horizon.ofLastValue).isEqualTo(4); // 13 - 9
        assertThat(horizon.ofLastCycle).isEqualTo(3.5);
        assertThat(horizon.ofCombination).isEqualTo(4); // which knew nothing: no difference
        assertThat(horizon.isMeasured()).isTrue();
        assertThat(horizon.errors.count).isEqualTo(1);
        assertThat(horizon.errors.quantiles(new Ranks(0.5))[0])
                .isCloseTo(0.75, within(1.0 / 3_200));
    }

    @Test
    void keepsAForecastUntilItsSlotIsNeeded() {
        for (int origin = 0; origin < 5; origin++) {
            horizon.keep(origin, new float[] {0, 0}, 100 * origin, 1 + origin, 0);
        }

        assertThat(horizon.scale(4)).isEqualTo(5);
        assertThat(horizon.learn(3, 310, 0, new float[2], 1, least)).isEqualTo(10);
        assertThat(horizon.learn(2, 210, 0, new float[2], 1, least)).isEqualTo(10);
    }

    @Test
    void followsTheSizesOfErrorsQuicklyAndSlowly() {
        make(1_000, 1);
        assertThat(horizon.recent).isCloseTo(1, within(1e-9));
        assertThat(horizon.usual).isCloseTo(1, within(1e-9));

        make(1, 3);

        assertThat(horizon.recent).isCloseTo(1.1, within(1e-9)); // 1 + 0.05 (3 - 1)
        assertThat(horizon.usual).isCloseTo(1.004, within(1e-9));
    }

    @Test
    void holdsAnErrorToWhatItsScaleWouldHaveBeenHadItKnown() {
        assertThat(HorizonModel.relative(5, 1, 1)).isEqualTo(1); // 2 / (1 + 1)
        assertThat(HorizonModel.relative(1e9, 1, 100)).isCloseTo(2 / 0.06, within(1e-9));
        assertThat(HorizonModel.relative(-1e9, 1, 1_000_000)).isCloseTo(-2 / 0.052, within(1e-9));
        assertThat(HorizonModel.relative(-6, 4, 100)).isEqualTo(-1.5);
        assertThat(HorizonModel.relative(6, Double.NaN, 100)).isNaN();
    }

    @Test
    void isTheCombinationWhereThatLiesAmongItsCandidates() {
        horizon.combination.weights = new float[] {0.5f, 0.25f};

        assertThat(horizon.difference(new float[] {4, -2}, 100)).isEqualTo(1.5);
        assertThat(horizon.difference(new float[] {-4, 2}, 100)).isEqualTo(-1.5);
        assertThat(horizon.difference(new float[] {0, 0}, 100)).isZero();
    }

    @Test
    void isHeldNearItsCandidatesWhereTheCombinationIsFarFromThem() {
        horizon.combination.weights = new float[] {10, -3};
        horizon.usual = 1;

        assertThat(horizon.difference(new float[] {4, 2}, 100)).isEqualTo(6); // 34, held at 4 + 2
        assertThat(horizon.difference(new float[] {-4, -2}, 100)).isEqualTo(-6);
        assertThat(horizon.difference(new float[] {-1, 3}, 100)).isEqualTo(-3); // -19; -1 - 2
        assertThat(horizon.difference(new float[] {0.5f, 1}, 100)).isEqualTo(1.5); // 2; 1 + 0.5
        horizon.usual = 0.25; // at most six usual errors beyond
        assertThat(horizon.difference(new float[] {4, 2}, 100)).isEqualTo(5.5);
    }

    @Test
    void givesWayToTheBetterNaiveForecastOnceItIsWorseByATwentieth() {
        horizon.combination.weights = new float[] {1, 0};
        float[] x = {3, 3};
        horizon.ofLastValue = 2;
        horizon.ofLastCycle = 1;

        horizon.ofCombination = 1.049;
        assertThat(horizon.difference(x, 7)).isEqualTo(3);
        horizon.ofCombination = 1.051;
        assertThat(horizon.difference(x, 7)).isEqualTo(7);
        horizon.ofLastValue = 0.9;
        assertThat(horizon.difference(x, 7)).isZero();
    }

    @Test
    void comparesWhatTheCombinationWouldHaveSaidEvenWhileItIsNotUsed() {
        horizon.combination.weights = new float[] {1, 0};
        horizon.keep(0, new float[] {5, 0}, 50, 1, 2);

        horizon.learn(0, 16, 10, new float[] {5, 0}, 1, least);

        assertThat(horizon.ofCombination).isEqualTo(1); // |16 - (10 + 5)|
        assertThat(horizon.ofLastValue).isEqualTo(6);
        assertThat(horizon.ofLastCycle).isEqualTo(4);
    }

    @Test
    void hasAScaleThatCanBeDividedBy() {
        assertThat(HorizonModel.scale(0.0)).isPositive().isLessThan(1e-6);
        assertThat(HorizonModel.scale(5.0)).isCloseTo(5, within(1e-6));
    }

    /** Errors of a size. */
    private void make(int errors, double size) {
        for (int i = 0; i < errors; i++) {
            horizon.keep(i, new float[] {0, 0}, 10, 1, 0);
            horizon.learn(i, 10 + size, 10, new float[2], 1, least);
        }
    }
}
