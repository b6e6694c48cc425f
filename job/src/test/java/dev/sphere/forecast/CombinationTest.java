package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CombinationTest {
    private static final long SEED = 20261121;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 12, 16})
    void findsTheWeightsThatMadeTheTargets(int candidates) {
        var random = new Random(SEED);
        var combination = new Combination(candidates);
        var least = new LeastSquares(candidates);
        double[] truth = random.doubles(candidates, -1, 1).toArray();

        for (int i = 0; i < 20_000; i++) {
            float[] x = row(random, candidates);
            combination.learn(x, dot(truth, x), 1, 1, least);
        }

        // The ridge takes 5 of 20 000 observations, and sums are floats.
        for (int i = 0; i < candidates; i++) {
            assertThat((double) combination.weights[i])
                    .as("seed %d", SEED)
                    .isCloseTo(truth[i], within(2e-3));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16})
    void agreesWithABatchSolutionOfTheSameRidge(int candidates) {
        var random = new Random(SEED);
        var combination = new Combination(candidates);
        var least = new LeastSquares(candidates);
        int n = 501; // solved after the first 100 or so of them, and then every tenth
        double keep = 0.999;
        double[] truth = random.doubles(candidates, -1, 1).toArray();
        RealMatrix sums = new Array2DRowRealMatrix(candidates, candidates);
        RealVector targets = new ArrayRealVector(candidates);
        double remembered = 0;
        double spread = 0;
        int compared = 0;

        for (int i = 1; i <= n; i++) {
            float[] x = row(random, candidates);
            double target = dot(truth, x) + 0.3 * random.nextGaussian();
            double error = Math.abs(target - combination.of(x));
            double cut = (i == 1 ? error : spread) + 1e-6 + 1e-12;
            double weight = Math.min(1, cut / error);
            spread += Math.max(0.002, 1.0 / i) * (error - spread);
            RealVector row = vector(x);
            sums = sums.scalarMultiply(keep).add(row.outerProduct(row).scalarMultiply(weight));
            targets = targets.mapMultiply(keep).add(row.mapMultiply(weight * target));
            remembered = keep * remembered + 1;

            combination.learn(x, target, keep, 1, least);

            if (combination.sinceSolved == 0) {
                compared++;
                double ridge = (5 + 300 / remembered) / remembered;
                RealVector expected = ridged(sums, ridge).solve(targets);
                for (int k = 0; k < candidates; k++) {
                    assertThat((double) combination.weights[k])
                            .as("weight %d after %d, seed %d", k, i, SEED)
                            .isCloseTo(expected.getEntry(k), within(1e-4));
                }
            }
        }
        assertThat(compared).isGreaterThan(40);
    }

    private static DecompositionSolver ridged(RealMatrix sums, double ridge) {
        double widest = 0;
        for (int i = 0; i < sums.getRowDimension(); i++) {
            widest = Math.max(widest, sums.getEntry(i, i));
        }
        RealMatrix ridged = sums.copy();
        for (int i = 0; i < sums.getRowDimension(); i++) {
            ridged.addToEntry(i, i, ridge * Math.max(sums.getEntry(i, i), 1e-4 * widest));
        }
        return new LUDecomposition(ridged).getSolver();
    }

    @Test
    void followsWeightsThatChangeAndForgetsTheOldOnes() {
        var random = new Random(SEED);
        var combination = new Combination(2);
        var least = new LeastSquares(2);

        for (int i = 0; i < 4_000; i++) {
            float[] x = row(random, 2);
            double target = i < 2_000 ? x[0] : x[1];
            combination.learn(x, target, 0.995, 1, least);
        }

        assertThat(combination.weights[0]).isBetween(-0.05f, 0.05f);
        assertThat(combination.weights[1]).isBetween(0.9f, 1.05f);
    }

    @Test
    void learnsFasterAnewAfterADiscount() {
        double[] after = new double[2];
        for (int discounted = 0; discounted < 2; discounted++) {
            var random = new Random(SEED);
            var combination = new Combination(2);
            var least = new LeastSquares(2);
            for (int i = 0; i < 3_000; i++) {
                float[] x = row(random, 2);
                combination.learn(x, x[0], 0.9999, 1, least);
            }
            if (discounted == 1) {
                combination.discount(0.1);
            }
            for (int i = 0; i < 1_000; i++) {
                float[] x = row(random, 2);
                combination.learn(x, x[1], 0.9999, 1, least);
            }
            after[discounted] = combination.weights[1];
        }

        assertThat(after[1]).isGreaterThan(after[0] + 0.2);
    }

    @Test
    void isHardlyMovedByOneOutlier() {
        var random = new Random(SEED);
        var combination = new Combination(3);
        var least = new LeastSquares(3);
        for (int i = 0; i < 1_000; i++) {
            float[] x = row(random, 3);
            combination.learn(x, x[0] + 0.1 * random.nextGaussian(), 1, 1, least);
        }
        float[] before = combination.weights.clone();

        combination.learn(new float[] {1, 1, 1}, 1e6, 1, 1, least);
        for (int i = 0; i < 10; i++) {
            combination.learn(new float[3], 0, 1, 1, least);
        }

        assertThat(combination.weights[0]).isBetween(0.5f, 1.5f);
        assertThat(before[0]).isBetween(0.9f, 1.1f);
    }

    @Test
    void givesNoWeightWhereThereIsNothingToLearn() {
        var combination = new Combination(4);
        var least = new LeastSquares(4);

        for (int i = 0; i < 100; i++) {
            combination.learn(new float[4], 0, 0.999, 0, least);
        }

        assertThat(combination.weights).containsOnly(0f);
    }

    @Test
    void sharesTheWeightAmongCandidatesThatAreTheSame() {
        var random = new Random(SEED);
        var combination = new Combination(3);
        var least = new LeastSquares(3);

        for (int i = 0; i < 5_000; i++) {
            float x = (float) random.nextGaussian();
            combination.learn(new float[] {x, x, 0}, x, 1, 1, least);
        }

        assertThat(combination.weights[0]).isBetween(0.45f, 0.55f);
        assertThat(combination.weights[1]).isBetween(0.45f, 0.55f);
        assertThat(combination.weights[2]).isZero();
    }

    @Test
    void beginsAnewWhenItsSumsOverflow() {
        var random = new Random(SEED);
        var combination = new Combination(3);
        var least = new LeastSquares(3);

        for (int i = 0; i < 100; i++) {
            float[] x = {1e25f, (float) random.nextGaussian(), 0};
            combination.learn(x, 1, 1, 1, least);
        }
        for (int i = 0; i < 3_000; i++) {
            float[] x = row(random, 3);
            combination.learn(x, x[1], 0.99, 1, least);
        }

        assertThat(combination.weights[0]).isBetween(-0.1f, 0.1f);
        assertThat(combination.weights[1]).isBetween(0.8f, 1.1f);
    }

    private static float[] row(Random random, int candidates) {
        float[] x = new float[candidates];
        for (int i = 0; i < candidates; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static RealVector vector(float[] x) {
        var vector = new ArrayRealVector(x.length);
        for (int i = 0; i < x.length; i++) {
            vector.setEntry(i, x[i]);
        }
        return vector;
    }

    private static double dot(double[] weights, float[] x) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += weights[i] * x[i];
        }
        return sum;
    }
}
