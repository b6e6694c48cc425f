package dev.sphere.publish;

import dev.sphere.forecast.Forecast;

/**
 * The forecast of one signal of one service: one record of the topic {@code predictions}.
 *
 * @param service namespace/name of the scale target
 * @param at end of the step that was observed, in epoch milliseconds
 * @param step length of the step in milliseconds
 * @param records records of the topic {@code metrics} read for this service so far
 */
public record Prediction(String service, long at, long step, long records, Forecast forecast) {

    /** Service and signal: what a newer prediction takes the place of. */
    public String key() {
        return service + "/" + forecast.signal();
    }
}
