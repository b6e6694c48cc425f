package dev.sphere.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.recommend.Decision;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScaleMailboxTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final RecordingScaler scaler = new RecordingScaler();
    private final ScaleMailbox mailbox = new ScaleMailbox(scaler, 3, Clock.systemUTC());

    @AfterEach
    void close() {
        mailbox.close();
    }

    @Test
    void keepsOnlyTheNewestWhileARequestIsInFlight() throws Exception {
        var first = mailbox.put(decision(0, 5));
        await().atMost(PATIENCE).until(() -> scaler.asked.size() == 1);
        var second = mailbox.put(decision(2, 6));
        var third = mailbox.put(decision(4, 7));

        assertThat(second).isCompleted();
        assertThat(second.get().outcome()).isEqualTo(ScaleOutcome.SUPERSEDED);
        assertThat(second.get().detail()).isEqualTo("by " + decision(4, 7).id());
        assertThat(first).isNotDone();
        scaler.permits.release(2);

        assertThat(outcome(first)).isEqualTo(ScaleOutcome.APPLIED);
        assertThat(outcome(third)).isEqualTo(ScaleOutcome.APPLIED);
        assertThat(scaler.asked).extracting(Decision::desired).containsExactly(5, 7);
    }

    @Test
    void servesOtherTargetsMeanwhile() {
        mailbox.put(decision("sock-shop/carts", 0, 5));
        mailbox.put(decision("sock-shop/orders", 0, 5));

        await().atMost(PATIENCE).until(() -> scaler.inFlight.get() == 2);
    }

    @Test
    void hasAtMostOneRequestOfATargetInFlightAndAtMostItsThreadsInAll() {
        List<CompletableFuture<ScaleResult>> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            answers.add(mailbox.put(decision("sock-shop/s" + i % 7, i, 5)));
        }
        scaler.permits.release(300);

        CompletableFuture<Void> all =
                CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        await().atMost(PATIENCE).until(all::isDone);
        assertThat(scaler.crossed).isFalse();
        assertThat(scaler.mostInFlight.get()).isBetween(1, 3);
        assertThat(answers)
                .extracting(answer -> answer.join().outcome())
                .containsOnly(ScaleOutcome.APPLIED, ScaleOutcome.SUPERSEDED);
        for (int target = 0; target < 7; target++) {
            // the newest of each target was carried out
            assertThat(answers.get(293 + target).join().outcome()).isEqualTo(ScaleOutcome.APPLIED);
        }
    }

    @Test
    void takesBackWhatIsStillWaiting() throws Exception {
        var first = mailbox.put(decision(0, 5));
        await().atMost(PATIENCE).until(() -> scaler.asked.size() == 1);
        var second = mailbox.put(decision(2, 6));

        mailbox.withdraw(decision(2, 6));
        scaler.permits.release(5);

        assertThat(outcome(first)).isEqualTo(ScaleOutcome.APPLIED);
        assertThat(outcome(mailbox.put(decision(4, 7)))).isEqualTo(ScaleOutcome.APPLIED);
        assertThat(second).isNotDone();
        assertThat(scaler.asked).extracting(Decision::desired).containsExactly(5, 7);
    }

    @Test
    void postponesWhatFailsUnexpectedlyAndGoesOn() throws Exception {
        scaler.permits.release(2);
        scaler.fault = new IllegalStateException("a fault of ours");

        ScaleResult failed =
                mailbox.put(decision(0, 5)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        scaler.fault = null;

        assertThat(failed.outcome()).isEqualTo(ScaleOutcome.POSTPONED);
        assertThat(failed.detail()).contains("a fault of ours");
        assertThat(outcome(mailbox.put(decision(2, 6)))).isEqualTo(ScaleOutcome.APPLIED);
    }

    @Test
    void postponesWhatWaitsWhenItIsClosed() throws Exception {
        mailbox.put(decision(0, 5));
        await().atMost(PATIENCE).until(() -> scaler.asked.size() == 1);
        var waiting = mailbox.put(decision(2, 6));

        mailbox.close();

        assertThat(outcome(waiting)).isEqualTo(ScaleOutcome.POSTPONED);
        assertThat(outcome(mailbox.put(decision(4, 7)))).isEqualTo(ScaleOutcome.POSTPONED);
        assertThat(scaler.closed).isTrue();
    }

    private static ScaleOutcome outcome(CompletableFuture<ScaleResult> answer) throws Exception {
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).outcome();
    }

    private static Decision decision(long second, int desired) {
        return decision("sock-shop/front-end", second, desired);
    }

    private static Decision decision(String service, long second, int desired) {
        return Decisions.of(service, 4, desired, true, Decisions.AT + second * 1_000);
    }
}
