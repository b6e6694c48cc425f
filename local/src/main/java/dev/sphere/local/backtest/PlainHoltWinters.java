package dev.sphere.local.backtest;

import dev.sphere.forecast.Components;
import dev.sphere.forecast.HoltWinters;
import dev.sphere.forecast.SeasonStart;

/**
 * The engine's Holt-Winters recursion by itself, on values as they are: what SPHERE's forecasts are
 * compared with.
 */
final class PlainHoltWinters {
    private final HoltWinters model;
    private final long step;
    private final Components components = new Components();
    private final SeasonStart start = new SeasonStart();
    private boolean seasonStarted;

    PlainHoltWinters(HoltWinters model, long step) {
        this.model = model;
        this.step = step;
    }

    /**
     * @param at the middle of the step that was observed, in epoch milliseconds
     */
    void next(double value, long at) {
        model.next(components, value, at);
        var season = model.season();
        if (!season.exists() || Double.isNaN(components.level)) {
            return;
        }
        if (components.hasSeason()) {
            if (season.bin(at) < season.bin(at - step)) {
                components.renormalise();
            }
        } else if (!seasonStarted) {
            start.add(season, value, at);
            if (start.isComplete(season, at)) {
                seasonStarted = true;
                double[] started = start.season(season);
                if (started.length > 0) {
                    components.startSeason(started, season.at(started, at));
                }
            }
        }
    }

    /** {@code NaN} before the first observation. */
    double forecast(int steps, long now) {
        return model.forecast(components, steps, now + steps * step);
    }
}
