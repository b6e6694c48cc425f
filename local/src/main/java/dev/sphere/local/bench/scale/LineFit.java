package dev.sphere.local.bench.scale;

import java.util.Arrays;

/**
 * A straight line through points, by least squares.
 *
 * @param intercept its value at 0
 * @param slope its growth per unit
 * @param rSquared share of the variance that it explains; 1 where there is none
 * @param largestDeviation from a point, as a share of that point's value
 */
public record LineFit(double intercept, double slope, double rSquared, double largestDeviation) {

    /**
     * @param x not all alike
     * @param y as many
     */
    public static LineFit of(double[] x, double[] y) {
        if (x.length != y.length || Arrays.stream(x).distinct().count() < 2) {
            throw new IllegalArgumentException(
                    "a line needs two different x, and as many y as x: %s, %s"
                            .formatted(Arrays.toString(x), Arrays.toString(y)));
        }
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        double slope = xy / xx;
        double intercept = meanY - slope * meanX;
        double squares = 0;
        double largest = 0;
        for (int i = 0; i < x.length; i++) {
            double residual = y[i] - intercept - slope * x[i];
            squares += residual * residual;
            if (residual != 0) {
                largest = Math.max(largest, Math.abs(residual / y[i]));
            }
        }
        return new LineFit(intercept, slope, yy == 0 ? 1 : 1 - squares / yy, largest);
    }
}
