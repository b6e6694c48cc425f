package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.calendar.Calendar;
import dev.sphere.calendar.CalendarEntry;
import dev.sphere.observe.Amendment;
import dev.sphere.observe.Observation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every forecast, whatever the series. */
class ForecasterRobustnessTest {
    private static final long STEP = 60_000;
    private static final int HOUR = 60; // steps
    private static final int DAY = 240; // steps: four hours, so that a test sees many
    private static final long SEED = 20261121;

    /** How far above all that was seen a forecast may be, as a multiple of that. */
    private static final double BOUND = 4.000001;

    private static final TypeSerializer<SignalModel> SERIALIZER =
            TypeInformation.of(SignalModel.class).createSerializer(new SerializerConfigImpl());

    private enum Kind {
        CONSTANT {
            @Override
            double at(int t, Random random) {
                return 100;
            }
        },
        ZERO {
            @Override
            double at(int t, Random random) {
                return 0;
            }
        },
        DAY_WITH_NOISE {
            @Override
            double at(int t, Random random) {
                return Math.max(0, day(t) + 10 * random.nextGaussian());
            }
        },
        SPIKES {
            @Override
            double at(int t, Random random) {
                return random.nextInt(100) == 0 ? 50 * day(t) : day(t);
            }
        },
        CONSTANT_THEN_A_LAUNCH {
            @Override
            double at(int t, Random random) {
                return t < 3 * DAY ? 0 : 1_000;
            }
        },
        LEVEL_SHIFTS {
            @Override
            double at(int t, Random random) {
                return 10 * Math.pow(10, t / 300 % 4);
            }
        },
        HUGE {
            @Override
            double at(int t, Random random) {
                return 1e15 * (1 + 0.3 * random.nextGaussian());
            }
        },
        TINY {
            @Override
            double at(int t, Random random) {
                return 1e-12 * random.nextDouble();
            }
        },
        ALL_SIZES {
            @Override
            double at(int t, Random random) {
                return Math.pow(10, -12 + 27 * random.nextDouble());
            }
        },
        INTERMITTENT {
            @Override
            double at(int t, Random random) {
                return random.nextInt(20) == 0 ? 30 * random.nextDouble() : 0;
            }
        },
        NEGATIVE {
            @Override
            double at(int t, Random random) {
                return -day(t) + 5 * random.nextGaussian();
            }
        },
        GAPS {
            @Override
            double at(int t, Random random) {
                return random.nextInt(3) == 0 ? Double.NaN : day(t);
            }
        },
        LONG_SILENCES {
            @Override
            double at(int t, Random random) {
                return t / 50 % 3 == 1 ? Double.NaN : day(t) + random.nextGaussian();
            }
        },
        DAYLIGHT_SAVING {
            @Override
            double at(int t, Random random) {
                return day(t < 4 * DAY ? t : t + 10) + random.nextGaussian();
            }
        },
        GROWING {
            @Override
            double at(int t, Random random) {
                return Math.exp(t / 100.0);
            }
        },
        RANDOM_MIXTURE {
            @Override
            double at(int t, Random random) {
                return switch (random.nextInt(6)) {
                    case 0 -> Double.NaN;
                    case 1 -> 0;
                    case 2 -> 1e6 * random.nextDouble();
                    default -> day(t);
                };
            }
        };

        abstract double at(int t, Random random);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyForecastIsFiniteAndBoundedAndItsQuantilesAscend(Kind kind) {
        var random = new Random(SEED);
        var forecaster = new Forecaster(settings());
        var state = forecaster.startOrContinue(null);
        double greatest = 0;
        boolean seen = false;

        for (int t = 0; t < 8 * DAY; t++) {
            double y = kind.at(t, random);
            seen |= !Double.isNaN(y);
            greatest = Double.isNaN(y) ? greatest : Math.max(greatest, Math.abs(y));
            var forecast = forecaster.next(state, observation(y), (t + 1) * STEP);

            String where = kind + " at " + t + ", seed " + SEED;
            if (seen) {
                for (var point : forecast.curve()) {
                    check(where, point.mean(), point.quantiles(), t > DAY, BOUND * greatest);
                }
                check(
                        where,
                        forecast.peak().mean(),
                        forecast.peak().quantiles(),
                        t > DAY,
                        BOUND * greatest);
            }
        }
    }

    private static void check(
            String where, double mean, double[] quantiles, boolean known, double most) {
        assertThat(mean).as(where).isBetween(0.0, most);
        if (known || !Double.isNaN(quantiles[0])) {
            for (int i = 0; i < quantiles.length; i++) {
                assertThat(quantiles[i])
                        .as("%s, quantile %s", where, Quantiles.LEVELS[i])
                        .isBetween(i == 0 ? 0 : quantiles[i - 1], most);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void goesOnFromARestoredStateAsIfItHadNeverStopped(Kind kind) throws IOException {
        var random = new Random(SEED);
        var restarts = new Random(SEED + 1);
        var uninterrupted = new Forecaster(settings());
        var restarted = new Forecaster(settings());
        var state = uninterrupted.startOrContinue(null);
        var copy = restarted.startOrContinue(null);

        for (int t = 0; t < 5 * DAY; t++) {
            if (restarts.nextInt(40) == 0) {
                copy = serialised(copy);
                restarted = new Forecaster(settings());
                copy = restarted.startOrContinue(copy);
            }
            var observed = observation(kind.at(t, random));
            var expected = uninterrupted.next(state, observed, (t + 1) * STEP);
            var actual = restarted.next(copy, observed, (t + 1) * STEP);

            assertThat(bits(actual))
                    .as("%s at %d, seed %d", kind, t, SEED)
                    .isEqualTo(bits(expected));
        }
        assertThat(written(copy)).isEqualTo(written(state));
    }

    @Test
    void goesOnEquallyThroughACalendarAmendmentsAndRefits() throws IOException {
        var random = new Random(SEED);
        var restarts = new Random(SEED + 1);
        var settings = refitDaily();
        var uninterrupted = new Forecaster(settings);
        var restarted = new Forecaster(settings);
        var state = uninterrupted.startOrContinue(null, "sock-shop/front-end/requests");
        var copy = restarted.startOrContinue(null, "sock-shop/front-end/requests");
        List<CalendarEntry> entries = new ArrayList<>();
        int refits = 0;
        long refittedAt = Long.MIN_VALUE;

        for (int t = 0; t < 8 * DAY; t++) {
            if (restarts.nextInt(40) == 0) {
                copy = serialised(copy);
                restarted = new Forecaster(settings);
                copy = restarted.startOrContinue(copy, "sock-shop/front-end/requests");
            }
            if (t % 170 == 100) {
                long from = (t - 60 + random.nextInt(120)) * STEP;
                entries.add(Run.ignore("i" + t, from, from + 20 * STEP, (long) entries.size() + 1));
            }
            if (t % 170 == 20) {
                long from = (t + 30) * STEP;
                entries.add(
                        Run.special(
                                "s" + t,
                                from,
                                from + 30 * STEP,
                                DayOfWeek.THURSDAY, // 1970 began with one
                                (long) entries.size() + 1));
            }
            // Each time made anew, as after a restart.
            var calendar = new Calendar(entries, entries.size());
            var other = new Calendar(entries, entries.size());
            if (t > 60 && random.nextInt(5) == 0) {
                double before = random.nextBoolean() ? Double.NaN : 80 * random.nextDouble();
                long end = (t - random.nextInt(60)) * STEP;
                var late = new Amendment("requests", end, before, 300 * random.nextDouble());
                uninterrupted.amend(state, late, calendar, Run.SERVICE);
                restarted.amend(copy, late, other, Run.SERVICE);
            }
            var observed = observation(Kind.GAPS.at(t, random));
            var expected =
                    uninterrupted.next(state, observed, (t + 1) * STEP, calendar, Run.SERVICE);
            var actual = restarted.next(copy, observed, (t + 1) * STEP, other, Run.SERVICE);

            assertThat(bits(actual)).as("at %d, seed %d", t, SEED).isEqualTo(bits(expected));
            refits += state.refittedAt == refittedAt ? 0 : 1;
            refittedAt = state.refittedAt;
        }

        assertThat(written(copy)).isEqualTo(written(state));
        assertThat(refits).isGreaterThan(6);
        assertThat(state.components.alpha).isPositive();
        assertThat(state.calendarVersion).isEqualTo(entries.size());
    }

    private static ForecastSettings refitDaily() {
        return new ForecastSettings(
                STEP,
                new HoltWinters(0.2, 0.01, 0.15, 0.9, Season.of(DAY * STEP, 10 * STEP, STEP)),
                List.of(Season.of(3 * DAY * STEP, 10 * STEP, STEP)),
                2 * STEP,
                30 * STEP,
                5,
                List.of(),
                200,
                50,
                7 * DAY * STEP,
                DAY * STEP);
    }

    @Test
    void forecastsEquallyWhenItWasItselfSerialised() throws Exception {
        var random = new Random(SEED);
        var forecaster = new Forecaster(settings());
        var state = forecaster.startOrContinue(null);
        for (int t = 0; t < 2 * DAY; t++) {
            forecaster.next(state, observation(Kind.DAY_WITH_NOISE.at(t, random)), (t + 1) * STEP);
        }
        var copy = serialised(state);

        var bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(forecaster);
        var other =
                (Forecaster)
                        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))
                                .readObject();

        for (int t = 2 * DAY; t < 4 * DAY; t++) {
            var observed = observation(Kind.DAY_WITH_NOISE.at(t, random));
            assertThat(bits(other.next(copy, observed, (t + 1) * STEP)))
                    .isEqualTo(bits(forecaster.next(state, observed, (t + 1) * STEP)));
        }
    }

    @Test
    void oneForecasterServesManySignalsWithoutMixingThem() {
        var shared = new Forecaster(settings());
        var first = shared.startOrContinue(null);
        var second = shared.startOrContinue(null);
        var alone = new Forecaster(settings());
        var single = alone.startOrContinue(null);
        var random = new Random(SEED);

        for (int t = 0; t < 3 * DAY; t++) {
            var observed = observation(Kind.DAY_WITH_NOISE.at(t, random));
            shared.next(second, observation(Kind.SPIKES.at(3 * t, random)), (t + 7) * STEP);
            assertThat(bits(shared.next(first, observed, (t + 1) * STEP)))
                    .isEqualTo(bits(alone.next(single, observed, (t + 1) * STEP)));
        }
    }

    @Test
    void staysWithinBoundsWhenTimeJumpsOrGoesBack() {
        var random = new Random(SEED);
        var forecaster = new Forecaster(settings());
        var state = forecaster.startOrContinue(null);
        long end = 0;

        for (int t = 0; t < 10_000; t++) {
            end +=
                    switch (random.nextInt(200)) {
                        case 0 -> 100 * STEP * random.nextInt(1, 1_000);
                        case 1 -> -STEP * random.nextInt(1, 500);
                        case 2 -> 0;
                        default -> STEP;
                    };
            double y = day((int) Math.floorMod(end / STEP, 100L * DAY)) + random.nextGaussian();
            var forecast = forecaster.next(state, observation(y), end);

            for (var point : forecast.curve()) {
                String where = "step " + t + ", end " + end + ", seed " + SEED;
                check(where, point.mean(), point.quantiles(), t > 5_000, BOUND * 310);
            }
        }
    }

    static List<ForecastSettings> edges() {
        var day = Season.of(DAY * STEP, 10 * STEP, STEP);
        List<ForecastSettings> edges = new ArrayList<>();
        edges.add(settings(Season.NONE, List.of(), 1, 1, 1));
        edges.add(settings(Season.NONE, List.of(), 5, 5, 3));
        edges.add(settings(day, List.of(), 30, 30, 10)); // the horizon is the furthest
        edges.add(settings(day, List.of(), 2, 23, 4));
        edges.add(settings(day, List.of(), 2, 25, 4)); // not a multiple of what is kept
        edges.add(settings(day, List.of(), 24, 24, 24));
        edges.add(settings(day, List.of(Season.of(3 * STEP, 10 * STEP, STEP)), 2, 30, 4));
        edges.add(settings(Season.of(3 * STEP, STEP, STEP), List.of(day), 2, 30, 4));
        edges.add(settings(day, List.of(day, day), 2, 30, 4));
        edges.add(settings(day, List.of(), 100, 1_000, 3));
        return edges;
    }

    @ParameterizedTest
    @MethodSource("edges")
    void forecastsAtTheEdgesOfItsSettings(ForecastSettings settings) throws IOException {
        var random = new Random(SEED);
        var forecaster = new Forecaster(settings);
        var state = forecaster.startOrContinue(null);
        var copy = forecaster.startOrContinue(null);

        for (int t = 0; t < 2_500; t++) {
            double y = random.nextInt(30) == 0 ? Double.NaN : Kind.DAY_WITH_NOISE.at(t, random);
            copy = t % 100 == 99 ? serialised(copy) : copy;
            var forecast = forecaster.next(state, observation(y), (t + 1) * STEP);

            assertThat(bits(forecaster.next(copy, observation(y), (t + 1) * STEP)))
                    .isEqualTo(bits(forecast));
            for (var point : forecast.curve()) {
                check("at " + t, point.mean(), point.quantiles(), t > 2_200, BOUND * 350);
            }
        }
        assertThat(state.horizons)
                .allSatisfy(each -> assertThat(each.combination.learned).isGreaterThan(10));
        assertThat(state.absoluteErrors.count()).isGreaterThan(10);
    }

    @Test
    void takesAnInfiniteValueForNone() {
        var forecaster = new Forecaster(settings());
        var state = forecaster.startOrContinue(null);
        var copy = forecaster.startOrContinue(null);

        for (int t = 0; t < 2 * DAY; t++) {
            boolean infinite = t % 50 == 7;
            double y = infinite ? Double.POSITIVE_INFINITY : day(t);
            double missing = infinite ? Double.NaN : day(t);
            assertThat(bits(forecaster.next(state, observation(y), (t + 1) * STEP)))
                    .isEqualTo(bits(forecaster.next(copy, observation(missing), (t + 1) * STEP)));
        }
    }

    private static ForecastSettings settings() {
        return settings(
                Season.of(DAY * STEP, 10 * STEP, STEP),
                List.of(
                        Season.of(HOUR * STEP, 10 * STEP, STEP),
                        Season.of(3 * DAY * STEP, 10 * STEP, STEP)),
                2,
                30,
                5);
    }

    private static ForecastSettings settings(
            Season main, List<Season> others, int horizon, int furthest, int points) {
        return new ForecastSettings(
                STEP,
                new HoltWinters(0.2, 0.01, 0.15, 0.9, main),
                others,
                horizon * STEP,
                furthest * STEP,
                points,
                List.of(),
                200,
                50,
                7 * DAY * STEP,
                14 * DAY * STEP);
    }

    private static Observation observation(double y) {
        return Double.isNaN(y)
                ? Observation.missing("requests", 1)
                : new Observation("requests", y, 1, 1, 1);
    }

    private static long[] bits(Forecast forecast) {
        List<Double> values = new ArrayList<>();
        for (var point : forecast.curve()) {
            values.add(point.mean());
            Arrays.stream(point.quantiles()).forEach(values::add);
        }
        values.add(forecast.peak().mean());
        Arrays.stream(forecast.peak().quantiles()).forEach(values::add);
        values.add(forecast.accuracy().mase());
        values.add(forecast.accuracy().coverage());
        return values.stream().mapToLong(Double::doubleToLongBits).toArray();
    }

    private static SignalModel serialised(SignalModel state) throws IOException {
        return SERIALIZER.deserialize(new DataInputDeserializer(written(state)));
    }

    private static byte[] written(SignalModel state) throws IOException {
        var output = new DataOutputSerializer(1 << 16);
        SERIALIZER.serialize(state, output);
        return output.getCopyOfBuffer();
    }

    /** Two peaks a day, between 50 and 300. */
    private static double day(int t) {
        double x = 2 * Math.PI * t / DAY;
        return 175 - 90 * Math.cos(x) - 35 * Math.cos(2 * x);
    }
}
