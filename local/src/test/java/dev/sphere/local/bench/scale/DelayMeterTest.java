package dev.sphere.local.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.forecast.Outlook;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DelayMeterTest {
    private static final long STEP = 15_000;
    private static final int SERVICES = 1_000;
    private static final long PACE = 1_000;

    /** A pace settles, then two are measured. */
    private static final ScalePlan PLAN =
            new ScalePlan(
                    SERVICES, 1, STEP, STEP, STEP, STEP, PACE, PACE, 2 * PACE, 1_000, "hashmap", 1);

    private static final Rounds ROUNDS = PLAN.steady(PLAN.steadyFrom(1_800_000_000_000L));

    @Test
    void measuresEachScrapeFromWhenItWasDue() {
        try (var meter = begun("each")) {
            for (long round = 0; round < ROUNDS.count(); round++) {
                for (int service = 0; service < SERVICES; service++) {
                    // 3 of 2000 take 100 ms, 10 take 20 ms, all others 2 ms
                    long millis = round != 1 || service >= 13 ? 2 : service < 3 ? 100 : 20;
                    leave(meter, round, service, millis);
                }
            }

            var delays = meter.delays();
            assertThat(meter.due()).isEqualTo(2 * SERVICES);
            assertThat(delays.records()).isEqualTo(2 * SERVICES);
            assertThat(delays.median()).isCloseTo(2, within(0.01));
            assertThat(delays.p99()).isCloseTo(2, within(0.01));
            assertThat(delays.p999()).isCloseTo(100, within(0.1));
            assertThat(delays.longest()).isCloseTo(100, within(0.1));
        }
    }

    @Test
    void leavesOutWhatIsDueBeforeAndAfter() {
        try (var meter = begun("outside")) {
            leave(meter, 0, SERVICES - 1, 500);
            leave(meter, 3, 0, 500);

            assertThat(meter.outlooks()).isEqualTo(2);
            assertThat(meter.measured()).isZero();
        }
    }

    @Test
    void doesNotCountWhatHasNoForecast() {
        try (var meter = begun("cold")) {
            leave(meter, 1, 7, 1);

            assertThat(meter.servicesForecast()).isZero();
        }
    }

    @Test
    void beginsWhenTheLastReaderIsThere() {
        var rounds = new Rounds(4, 2, ROUNDS.from(), STEP, 1, STEP);
        try (var meter = DelayMeter.open("readers", rounds, PLAN)) {
            meter.arrived();
            assertThat(meter.begun()).isNotDone();

            meter.arrived();
            assertThat(meter.begun()).isDone();
            assertThat(meter.due(0, 2) - meter.due(0, 0))
                    .isEqualTo(TimeUnit.MILLISECONDS.toNanos(PACE / 2));
        }
    }

    private static DelayMeter begun(String name) {
        var meter = DelayMeter.open(name, ROUNDS, PLAN);
        meter.arrived();
        return meter;
    }

    private static void leave(DelayMeter meter, long round, int service, long millis) {
        long end = ROUNDS.from() + round * STEP;
        var outlook = new Outlook(GeneratedLoad.name(service), end, STEP, 1, List.of());
        meter.left(outlook, meter.due(round, service) + TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
