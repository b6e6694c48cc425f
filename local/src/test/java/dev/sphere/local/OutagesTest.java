package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutagesTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch mayStop = new CountDownLatch(1);
    private volatile long stoppedAt;
    private volatile long startedAt;
    private final Outages outages =
            new Outages(
                    Map.of(
                            "kafka", new Outages.Part(this::stop, this::start),
                            "slow", new Outages.Part(this::stopSlowly, this::start),
                            "stuck", new Outages.Part(() -> fail("port"), this::start),
                            "lost", new Outages.Part(this::stop, () -> fail("memory"))),
                    events::add);

    @AfterEach
    void close() {
        outages.close();
    }

    @Test
    void stopsAPartAndStartsItAgain() {
        assertThat(outages.begin("kafka", SHORT)).isEqualTo("kafka is stopped for 50ms");

        awaitEvents("stopped", "started", "kafka is back");
        assertThat(startedAt - stoppedAt).isGreaterThanOrEqualTo(SHORT.toNanos());
        awaitTheNext("kafka");
    }

    @Test
    void countsItsTimeFromWhenThePartHasStopped() throws InterruptedException {
        outages.begin("slow", SHORT);
        stopping.await();
        assertThatThrownBy(() -> outages.begin("kafka", SHORT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("slow is away already: wait until it is back");

        mayStop.countDown();

        awaitEvents("stopped", "started", "slow is back");
        assertThat(startedAt - stoppedAt).isGreaterThanOrEqualTo(SHORT.toNanos());
    }

    @Test
    void tellsOfAPartThatDoesNotStopAndStartsItAtOnce() {
        outages.begin("stuck", Outages.LONGEST);

        awaitEvents("stuck did not stop: port", "started", "stuck is back");
        awaitTheNext("kafka");
    }

    @Test
    void tellsOfAPartThatDoesNotStartAgain() {
        outages.begin("lost", SHORT);

        awaitEvents("stopped", "lost did not start again: memory");
        awaitTheNext("kafka");
    }

    @Test
    void startsNothingWhenItCloses() throws InterruptedException {
        outages.begin("slow", SHORT);
        stopping.await();

        outages.close();

        assertThat(events).isEmpty();
    }

    @Test
    void beginsNothingOnceItIsClosed() {
        outages.close();

        assertThatThrownBy(() -> outages.begin("kafka", SHORT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the run ends: kafka is not stopped");
        assertThat(events).isEmpty();
    }

    @Test
    void refusesUnknownPartsAndTimesOutOfBounds() {
        assertThatThrownBy(() -> outages.begin("zookeeper", SHORT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'zookeeper' cannot be stopped: expected one of kafka, lost, slow, stuck");
        assertThatThrownBy(() -> outages.begin("kafka", Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'60m' is out of bounds: expected up to 10m");
    }

    private void stop() {
        stoppedAt = System.nanoTime();
        events.add("stopped");
    }

    private void stopSlowly() {
        stopping.countDown();
        try {
            mayStop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        stop();
    }

    private void start() {
        startedAt = System.nanoTime();
        events.add("started");
    }

    private static void fail(String why) {
        throw new IllegalStateException(why);
    }

    private void awaitEvents(String... expected) {
        await().atMost(SOON).untilAsserted(() -> assertThat(events).containsExactly(expected));
    }

    /** An outage that is over does not stand in the way of another. */
    private void awaitTheNext(String part) {
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> outages.begin(part, SHORT).startsWith(part));
    }
}
