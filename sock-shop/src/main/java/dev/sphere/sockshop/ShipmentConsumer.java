package dev.sphere.sockshop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a replica of queue-master does: each of its workers takes shipments from the queue. */
final class ShipmentConsumer {

    private final ShipmentQueue shipments;
    private final Workers workers;
    private final Timeline timeline;
    private final Consumer<Shipment> processed;
    private final Consumer<Shipment> delivery = this::delivered;
    private final Map<Long, Shipment> inWork = new LinkedHashMap<>();
    private boolean stopped;

    ShipmentConsumer(
            ShipmentQueue shipments,
            Workers workers,
            Timeline timeline,
            Consumer<Shipment> processed) {
        this.shipments = shipments;
        this.workers = workers;
        this.timeline = timeline;
        this.processed = processed;
    }

    void start() {
        for (int worker = 0; worker < workers.size(); worker++) {
            takeNext(timeline.now());
        }
    }

    /** Takes no more; what is in work goes on. */
    void stop() {
        stopped = true;
        shipments.forget(delivery);
    }

    /** Gives back what is in work, as RabbitMQ redelivers what was not acknowledged. */
    void giveBack() {
        List<Shipment> unfinished = List.copyOf(inWork.values());
        inWork.clear();
        unfinished.forEach(shipments::putBack);
    }

    int inWork() {
        return inWork.size();
    }

    private void takeNext(long from) {
        Shipment shipment = shipments.take(delivery);
        if (shipment != null) {
            work(shipment, Math.max(from, shipment.enqueuedNanos()));
        }
    }

    private void delivered(Shipment shipment) {
        timeline.run(
                () -> {
                    if (stopped) {
                        shipments.putBack(shipment);
                    } else {
                        work(shipment, timeline.now());
                    }
                });
    }

    private void work(Shipment shipment, long from) {
        inWork.put(shipment.id(), shipment);
        workers.work(
                from,
                done -> {
                    if (inWork.remove(shipment.id()) != null) {
                        processed.accept(shipment);
                    }
                    if (!stopped) {
                        takeNext(done);
                    }
                });
    }
}
