package dev.sphere.local;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into a request that the running command ends itself, and gives it the
 * time to do so: what it started has to be ended in order.
 */
final class Interrupts {
    private static final Duration PATIENCE = Duration.ofSeconds(9);
    private static final CountDownLatch ENDED = new CountDownLatch(1);

    private Interrupts() {}

    /**
     * Runs the given request when the process is interrupted, then waits for {@link #exit}.
     *
     * @param lastResort is run if that does not come in time, before the process ends all the same
     */
    static void onInterrupt(Runnable request, Runnable lastResort) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    request.run();
                                    if (!hasEndedInTime()) {
                                        lastResort.run();
                                    }
                                },
                                "interrupt"));
    }

    private static boolean hasEndedInTime() {
        try {
            return ENDED.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends the process; returns if it is ending already. */
    static void exit(int code) {
        ENDED.countDown();
        System.exit(code);
    }
}
