package dev.sphere.forecast;

import java.util.Arrays;

/** What a Holt-Winters model remembers of one signal. Durable state: add fields, never remove. */
public final class Components {
    public double level = Double.NaN;
    public double trend;

    /** One value per bin of the season; empty until the season is known. */
    public double[] seasonal = {};

    /** Smoothing of level and season as it was fitted; 0 until it was. */
    public double alpha;

    public double gamma;

    double alpha(HoltWinters model) {
        return alpha > 0 ? alpha : model.alpha();
    }

    /** At most alpha, as one that was fitted may be small. */
    double beta(HoltWinters model) {
        return Math.min(model.beta(), alpha(model));
    }

    double gamma(HoltWinters model) {
        return gamma > 0 ? gamma : model.gamma();
    }

    public boolean hasSeason() {
        return seasonal.length > 0;
    }

    /** Takes the season on: from here on the level is what remains without it. */
    public void startSeason(double[] started, double seasonalNow) {
        seasonal = started;
        level -= seasonalNow;
        trend = 0; // until now it followed the season
    }

    /** Moves the season's mean into the level; forecasts stay as they are. */
    public void renormalise() {
        double mean = Arrays.stream(seasonal).average().orElse(0);
        for (int i = 0; i < seasonal.length; i++) {
            seasonal[i] -= mean;
        }
        level += mean;
    }
}
