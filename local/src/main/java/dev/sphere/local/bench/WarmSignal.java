package dev.sphere.local.bench;

import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.ForecastSettings;
import dev.sphere.forecast.Forecaster;
import dev.sphere.forecast.HoltWinters;
import dev.sphere.forecast.Season;
import dev.sphere.forecast.SignalModel;
import dev.sphere.observe.Observation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * One signal that has learned its seasons, and the load that it goes on to observe: two peaks a
 * day, fewer on weekends, a job every hour, and the scatter of counts.
 */
public final class WarmSignal {
    static final long STEP = 60_000;
    private static final long HOUR = 60 * STEP;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;
    private static final long BIN = 10 * STEP;
    private static final long SEED = 20261121;

    /** With the first steps and the end of the horizon the curve then has {@link #POINTS}. */
    private static final int EVEN_POINTS = 8;

    static final int POINTS = 10;

    static final HoltWinters HOLT_WINTERS =
            new HoltWinters(0.2, 0.01, 0.15, 0.9, Season.of(DAY, BIN, STEP));

    /** Longer than what is measured: a refit is measured by itself. */
    private static final long NO_REFIT = 5_000 * WEEK;

    /** Until the week is known and every window is full. */
    private static final int WARM_UP = (int) (2 * WEEK / STEP + 2_000);

    private final Forecaster forecaster;
    private final SignalModel model;
    private final Observation[] load = load(new Random(SEED));
    private long steps;

    private WarmSignal(List<Season> otherSeasons) {
        this.forecaster = new Forecaster(settings(otherSeasons));
        this.model = forecaster.startOrContinue(null);
    }

    /** As in the job where it is not told otherwise, but at a step of a minute. */
    private static ForecastSettings settings(List<Season> otherSeasons) {
        return new ForecastSettings(
                STEP,
                HOLT_WINTERS,
                otherSeasons,
                2 * STEP,
                30 * STEP,
                EVEN_POINTS,
                List.of(),
                400,
                100,
                WEEK,
                NO_REFIT);
    }

    /** With hour, day and week. */
    static WarmSignal start() {
        return start(List.of(Season.of(HOUR, BIN, STEP), Season.of(WEEK, BIN, STEP)));
    }

    static WarmSignal withoutTheHour() {
        return start(List.of(Season.of(WEEK, BIN, STEP)));
    }

    private static WarmSignal start(List<Season> otherSeasons) {
        var signal = new WarmSignal(otherSeasons);
        for (int step = 0; step < WARM_UP; step++) {
            signal.next();
        }
        return signal;
    }

    /** One step: learns one observation, and forecasts anew. */
    Forecast next() {
        var observation = load[(int) (steps % load.length)];
        steps++;
        return forecaster.next(model, observation, steps * STEP);
    }

    /** Size of all that is remembered of the signal, as Flink writes it into a checkpoint. */
    int stateBytes() {
        var serializer =
                TypeInformation.of(SignalModel.class).createSerializer(new SerializerConfigImpl());
        var written = new DataOutputSerializer(1 << 16);
        try {
            serializer.serialize(model, written);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory is all that it writes to
        }
        return written.length();
    }

    /** A week of load, one observation for each step. */
    static Observation[] load(Random random) {
        var load = new Observation[(int) (WEEK / STEP)];
        for (int i = 0; i < load.length; i++) {
            long at = i * STEP;
            double x = 2 * Math.PI * (at % DAY) / DAY;
            double day = 175 - 90 * Math.cos(x) - 35 * Math.cos(2 * x);
            double expected = day * (at < 5 * DAY ? 1 : 0.6) + (at % HOUR < 5 * STEP ? 60 : 0);
            double value = expected + Math.sqrt(expected) * random.nextGaussian();
            load[i] = new Observation("requests", Math.max(0, value), 1, 1, 1);
        }
        return load;
    }
}
