package dev.sphere.sockshop;

import io.vertx.core.Context;

/** The timeline of a pod: the event loop on which everything of it runs. */
record EventLoopTimeline(Context context) implements Timeline {

    @Override
    public long now() {
        return System.nanoTime();
    }

    @Override
    public void at(long nanos, Runnable action) {
        // Timers count whole milliseconds: rounded up, as the action must not come before its time.
        long millis = Math.floorDiv(nanos - now() + 999_999, 1_000_000);
        if (millis > 0) {
            context.owner().setTimer(millis, timer -> action.run());
        } else {
            run(action);
        }
    }

    @Override
    public void run(Runnable action) {
        context.runOnContext(ignored -> action.run());
    }
}
