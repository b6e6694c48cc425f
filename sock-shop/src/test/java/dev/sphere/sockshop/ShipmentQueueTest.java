package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ShipmentQueueTest {

    private static final long MILLI = 1_000_000;

    private final ShipmentQueue queue = new ShipmentQueue(3);
    private final SimulatedTimeline timeline = new SimulatedTimeline();
    private final List<Long> taken = new ArrayList<>();
    private final Consumer<Shipment> taker = shipment -> taken.add(shipment.id());

    @Test
    void refusesWhatItHasNoPlaceFor() {
        assertThat(List.of(queue.offer(0), queue.offer(0), queue.offer(0), queue.offer(0)))
                .containsExactly(true, true, true, false);

        assertThat(queue.ready()).isEqualTo(3);
        assertThat(queue.enqueued()).isEqualTo(3);
        assertThat(queue.refused()).isEqualTo(1);
    }

    @Test
    void givesEachShipmentOnceAndInOrder() {
        queue.offer(0);
        queue.offer(0);

        assertThat(queue.take(taker).id()).isZero();
        assertThat(queue.take(taker).id()).isEqualTo(1);
        assertThat(queue.take(taker)).isNull();
        queue.offer(0);
        queue.offer(0); // asked for once, so the second waits

        assertThat(taken).containsExactly(2L);
        assertThat(queue.ready()).isEqualTo(1);
    }

    @Test
    void givesNothingToATakerThatIsForgotten() {
        queue.take(taker);
        queue.forget(taker);
        queue.offer(0);

        assertThat(taken).isEmpty();
        assertThat(queue.ready()).isEqualTo(1);
    }

    @Test
    void deliversAgainFirstWhatAStoppedConsumerGivesBack() {
        List<Long> processed = new ArrayList<>();
        ShipmentConsumer consumer = consumer(processed);
        queue.offer(0);
        queue.offer(0);
        consumer.start();

        timeline.runUntil(150 * MILLI); // the first is done, the second in work
        consumer.stop();
        consumer.giveBack();
        timeline.runOut();

        assertThat(processed).containsExactly(0L);
        assertThat(queue.take(taker).id()).isEqualTo(1);
    }

    @Test
    void finishesWhatIsInWorkAndTakesNoMoreWhenStopped() {
        List<Long> processed = new ArrayList<>();
        ShipmentConsumer consumer = consumer(processed);
        queue.offer(0);
        queue.offer(0);
        consumer.start();

        consumer.stop();
        timeline.runOut();

        assertThat(processed).containsExactly(0L);
        assertThat(consumer.inWork()).isZero();
        assertThat(queue.ready()).isEqualTo(1);
    }

    @Test
    void isDrainedByConsumersThatWaitForShipments() {
        List<Long> processed = new ArrayList<>();
        consumer(processed).start();
        consumer(processed).start();

        timeline.runUntil(10_000 * MILLI);
        queue.offer(timeline.now());
        queue.offer(timeline.now());
        queue.offer(timeline.now());

        timeline.runUntil(10_100 * MILLI); // side by side
        assertThat(processed).containsExactlyInAnyOrder(0L, 1L);
        timeline.runUntil(10_200 * MILLI);
        assertThat(processed).hasSize(3);
    }

    private ShipmentConsumer consumer(List<Long> processed) {
        Workers workers =
                new Workers(1, ServiceTime.ofMillis(100, 0), timeline, new SplittableRandom(1));
        return new ShipmentConsumer(queue, workers, timeline, s -> processed.add(s.id()));
    }
}
