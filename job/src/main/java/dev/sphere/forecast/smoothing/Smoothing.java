package dev.sphere.forecast.smoothing;

/** A model that follows a series step by step and forecasts from what it remembers of it. */
public interface Smoothing {

    /**
     * Learns one observation; {@code NaN} is a missing one and teaches nothing.
     *
     * @param state changed in place
     */
    void next(Smoothed state, double y);

    /**
     * The expected value some steps ahead.
     *
     * @param steps at least 1
     */
    double forecast(Smoothed state, int steps);
}
