package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private static final long MILLI = 1_000_000;

    private final SimulatedTimeline timeline = new SimulatedTimeline();
    private final List<Admission> outcomes = new ArrayList<>();

    @Test
    void servesAsManyAtOnceAsThereAreWorkersAndTheOthersInTheirTurn() {
        RequestQueue queue = queue(2, 10, 1_000);

        for (int i = 0; i < 5; i++) {
            queue.offer(outcomes::add);
        }

        timeline.runUntil(100 * MILLI);
        assertThat(outcomes).hasSize(2); // 0-100 ms: two of five
        timeline.runUntil(200 * MILLI);
        assertThat(outcomes).hasSize(4);
        timeline.runUntil(300 * MILLI);
        assertThat(outcomes).hasSize(5).containsOnly(Admission.SERVED);
    }

    @Test
    void refusesAtOnceWhatFindsTheQueueFull() {
        RequestQueue queue = queue(1, 2, 1_000);

        for (int i = 0; i < 4; i++) {
            queue.offer(outcomes::add);
        }

        assertThat(outcomes).containsExactly(Admission.QUEUE_FULL);
        assertThat(queue.length()).isEqualTo(2);
    }

    @Test
    void givesUpOnWhatHasWaitedTooLong() {
        RequestQueue queue = queue(1, 10, 150);

        for (int i = 0; i < 4; i++) {
            queue.offer(outcomes::add);
        }
        timeline.runOut();

        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        Admission.SERVED, // 0-100 ms
                        Admission.SERVED, // 100-200 ms
                        Admission.WAITED_TOO_LONG, // has waited 200 ms
                        Admission.WAITED_TOO_LONG);
    }

    @Test
    void losesNoCapacityWhenTimersAreLate() {
        Timeline late =
                new Timeline() {
                    @Override
                    public long now() {
                        return timeline.now();
                    }

                    @Override
                    public void at(long nanos, Runnable action) {
                        timeline.at(nanos + 30 * MILLI, action);
                    }

                    @Override
                    public void run(Runnable action) {
                        timeline.run(action);
                    }
                };
        Workers workers = new Workers(1, exactly100Millis(), late, new SplittableRandom(1));
        RequestQueue queue = new RequestQueue(workers, 100, 10_000 * MILLI, late);

        for (int i = 0; i < 10; i++) {
            queue.offer(outcomes::add);
        }

        timeline.runUntil(1_030 * MILLI); // ten times 100 ms, and the last timer is 30 ms late
        assertThat(outcomes).hasSize(10);
    }

    @Test
    void countsTheSecondsInWhichItsWorkersAreBusy() {
        Workers workers = new Workers(4, exactly100Millis(), timeline, new SplittableRandom(1));

        workers.work(timeline.now(), done -> {});
        workers.work(timeline.now(), done -> {});
        timeline.runUntil(50 * MILLI);

        assertThat(workers.busySeconds()).isCloseTo(0.1, within(1e-9));
        timeline.runUntil(500 * MILLI);
        assertThat(workers.busySeconds()).isCloseTo(0.2, within(1e-9));
    }

    @Test
    void getsSlowAndThenFailsAsTheLoadOfOneReplicaGrows() {
        double[] p95 = new double[3];
        long[] failures = new long[3];
        double[] loads = {20, 50, 80}; // a replica of front-end: limit 50, capacity 57 per second
        Route route = new Route(ShopService.FRONT_END, "GET", "/", 200, false, List.of());
        for (int i = 0; i < 3; i++) {
            var graph = new CallGraph(List.of(route));
            var shop = new SimulatedShop(1, graph, Map.of(ShopService.FRONT_END, 1));
            shop.requests(loads[i], 200, () -> route);
            p95[i] = shop.outcomes().get(ShopService.FRONT_END).p95Millis();
            failures[i] = shop.outcomes().get(ShopService.FRONT_END).failures();
        }

        assertThat(p95[1]).isGreaterThan(1.5 * p95[0]);
        assertThat(p95[2]).isGreaterThan(4 * p95[1]);
        assertThat(failures[0]).isZero();
        assertThat(failures[1]).isZero();
        // 80 per second on a capacity of 57: 23 of 80 are too many, less what waits at the end
        assertThat(failures[2] / (80.0 * 200)).isCloseTo(23.0 / 80, within(0.03));
    }

    @Test
    void drawsServiceTimesWithTheMeanAndTheVariationItIsTold() {
        ServiceTime time = ServiceTime.ofMillis(70, 0.5);
        var random = new SplittableRandom(1);
        int n = 200_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double millis = time.draw(random) / 1e6;
            sum += millis;
            squares += millis * millis;
        }

        double mean = sum / n;
        assertThat(mean).isCloseTo(70, within(0.5));
        assertThat(Math.sqrt(squares / n - mean * mean) / mean).isCloseTo(0.5, within(0.01));
    }

    private RequestQueue queue(int size, int bound, long timeoutMillis) {
        Workers workers = new Workers(size, exactly100Millis(), timeline, new SplittableRandom(1));
        return new RequestQueue(workers, bound, timeoutMillis * MILLI, timeline);
    }

    private static ServiceTime exactly100Millis() {
        return ServiceTime.ofMillis(100, 0);
    }
}
