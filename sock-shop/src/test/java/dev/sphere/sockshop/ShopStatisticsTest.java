package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShopStatisticsTest {

    private static final ShopService USER = ShopService.USER;
    private static final long MILLI = 1_000_000;

    private final AtomicLong clock = new AtomicLong(123_456_789);
    private final ShopStatistics statistics =
            new ShopStatistics(Duration.ofSeconds(10), clock::get);

    @Test
    void countsLateAndFailedRequestsAsOverTheSlo() {
        arriveAndComplete(100);
        arriveAndComplete(USER.sloMillis());
        arriveAndComplete(USER.sloMillis() + 1);
        statistics.arrived(USER);
        statistics.failed(USER);
        statistics.unanswered(USER);
        statistics.arrived(USER); // still on its way

        var total = statistics.snapshot(USER).total();
        assertThat(total.offered()).isEqualTo(6);
        assertThat(total.completed()).isEqualTo(3);
        assertThat(total.errors()).isEqualTo(2);
        assertThat(total.overSlo()).isEqualTo(3);
        assertThat(total.overSloShare()).isCloseTo(3 / 5.0, within(1e-9));
    }

    @Test
    void knowsTheLatencyOfCompletedRequestsToOnePercent() {
        for (int i = 1; i <= 1_000; i++) {
            arriveAndComplete(i);
        }

        var total = statistics.snapshot(USER).total();
        assertThat(total.p50Millis()).isCloseTo(500, within(5.0));
        assertThat(total.p95Millis()).isCloseTo(950, within(9.5));
        assertThat(total.p99Millis()).isCloseTo(990, within(9.9));
    }

    @Test
    void forgetsInTheRecentWindowWhatIsOlder() {
        arriveAndComplete(400);
        clock.addAndGet(5_000 * MILLI);
        arriveAndComplete(100);

        assertThat(statistics.snapshot(USER).recent().completed()).isEqualTo(2);
        clock.addAndGet(6_000 * MILLI);
        assertThat(statistics.snapshot(USER).recent().completed()).isEqualTo(1);
        assertThat(statistics.snapshot(USER).recent().p95Millis()).isCloseTo(100, within(1.0));
        clock.addAndGet(100_000 * MILLI);
        assertThat(statistics.snapshot(USER).recent().completed()).isZero();
        assertThat(statistics.snapshot(USER).recent().p95Millis()).isNaN();
        assertThat(statistics.snapshot(USER).total().completed()).isEqualTo(2);
    }

    @Test
    void keepsServicesApart() {
        arriveAndComplete(100);

        assertThat(statistics.snapshot(ShopService.CARTS).total().offered()).isZero();
        assertThat(statistics.snapshot(ShopService.CARTS).total().overSloShare()).isZero();
    }

    @Test
    void refusesAWindowWithoutLength() {
        assertThatThrownBy(() -> new ShopStatistics(Duration.ZERO))
                .hasMessage("window: PT0S, expected > 0");
    }

    private void arriveAndComplete(long millis) {
        statistics.arrived(USER);
        statistics.completed(USER, millis * MILLI);
    }
}
