package dev.sphere.sockshop;

import java.util.List;
import java.util.function.IntConsumer;

/**
 * One replica's way from a request to its answer: a worker first, then the calls of other services
 * without one, as an event-loop service does. Knows neither HTTP nor the clock.
 */
final class Replica {

    /** How a replica reaches other services; the status is negative when nobody answered. */
    interface Caller {
        void call(Route.Call call, IntConsumer status);
    }

    static final int NO_ANSWER = -1;

    private static final int DOWNSTREAM_FAILED = 500;
    private static final int SHIPMENTS_FULL = 503;

    private final RequestQueue queue;
    private final Caller caller;
    private final ShipmentQueue shipments;
    private final Timeline timeline;
    private final Runnable shipped;

    Replica(
            RequestQueue queue,
            Caller caller,
            ShipmentQueue shipments,
            Timeline timeline,
            Runnable shipped) {
        this.queue = queue;
        this.caller = caller;
        this.shipments = shipments;
        this.timeline = timeline;
        this.shipped = shipped;
    }

    /** Serves one request and answers its status, once. */
    void serve(Route route, IntConsumer answer) {
        queue.offer(
                admission -> {
                    if (admission == Admission.SERVED) {
                        callFrom(0, route, answer);
                    } else {
                        answer.accept(admission.status());
                    }
                });
    }

    static boolean isFailure(int status) {
        return status < 0 || status >= 400;
    }

    private void callFrom(int stage, Route route, IntConsumer answer) {
        if (stage == route.stages().size()) {
            answer.accept(route.ships() ? ship(route) : route.status());
            return;
        }
        List<Route.Call> calls = route.stages().get(stage).calls();
        int[] open = {calls.size()};
        boolean[] failed = {false};
        for (Route.Call call : calls) {
            caller.call(
                    call,
                    status -> {
                        failed[0] |= isFailure(status) && !call.optional();
                        if (--open[0] > 0) {
                            return;
                        }
                        if (failed[0]) {
                            answer.accept(DOWNSTREAM_FAILED);
                        } else {
                            callFrom(stage + 1, route, answer);
                        }
                    });
        }
    }

    private int ship(Route route) {
        if (!shipments.offer(timeline.now())) {
            return SHIPMENTS_FULL;
        }
        shipped.run();
        return route.status();
    }
}
