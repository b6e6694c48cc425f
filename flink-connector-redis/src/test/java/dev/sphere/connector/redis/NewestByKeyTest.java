package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NewestByKeyTest {
    private final AtomicInteger conflated = new AtomicInteger();
    private final AtomicInteger overflowed = new AtomicInteger();

    @Test
    void keepsTheNewestEntryInThePlaceOfTheOldOne() throws InterruptedException {
        var pending = pending(10, 10);
        pending.put("a", commands("a", "1"));
        pending.put("b", commands("b", "1"));
        var newest = commands("a", "2");
        pending.put("a", newest);

        var taken = pending.take();

        assertThat(taken).containsOnlyKeys("a", "b").containsEntry("a", newest);
        assertThat(taken.keySet()).first().isEqualTo("a");
        assertThat(conflated).hasValue(1);
    }

    @Test
    void dropsWhatHasWaitedLongestWhenItIsFull() throws InterruptedException {
        var pending = pending(2, 10);
        pending.put("a", commands("a", "1"));
        pending.put("b", commands("b", "1"));
        pending.put("c", commands("c", "1"));

        assertThat(pending.take()).containsOnlyKeys("b", "c");
        assertThat(overflowed).hasValue(1);
    }

    @Test
    void givesNoMoreThanABatch() throws InterruptedException {
        var pending = pending(10, 2);
        pending.put("a", commands("a", "1"));
        pending.put("b", commands("b", "1"));
        pending.put("c", commands("c", "1"));

        assertThat(pending.take()).containsOnlyKeys("a", "b");
        assertThat(pending.size()).isEqualTo(3); // two of them on their way
        pending.settle(Map.of());
        assertThat(pending.take()).containsOnlyKeys("c");
    }

    @Test
    void prefersWhatCameMeanwhileToWhatCouldNotBeSent() throws InterruptedException {
        var pending = pending(10, 10);
        var older = commands("a", "1");
        pending.put("a", older);
        pending.put("b", commands("b", "1"));
        var unsent = pending.take();
        var newer = commands("a", "2");
        pending.put("c", commands("c", "1"));
        pending.put("a", newer);

        pending.settle(unsent);

        var taken = pending.take();
        assertThat(taken).containsEntry("a", newer);
        assertThat(taken.keySet()).containsExactly("a", "b", "c");
        assertThat(conflated).hasValue(1);
    }

    @Test
    void staysWithinItsBoundWhenABatchComesBack() throws InterruptedException {
        var pending = pending(2, 2);
        pending.put("a", commands("a", "1"));
        pending.put("b", commands("b", "1"));
        var unsent = pending.take();
        pending.put("c", commands("c", "1"));
        pending.settle(unsent);

        assertThat(pending.size()).isEqualTo(2);
        assertThat(pending.take()).containsOnlyKeys("b", "c");
        assertThat(overflowed).hasValue(1);
    }

    @Test
    void letsGoOfThoseThatWaitWhenItIsClosed() throws Exception {
        var pending = pending(10, 10);
        var taking =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return pending.take();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });

        pending.close();

        assertThat(taking.get(60, TimeUnit.SECONDS)).isEmpty();
        pending.pause(3_600_000);
        assertThat(pending.awaitEmpty(3_600_000)).isTrue();
    }

    private NewestByKey pending(int bound, int batchSize) {
        return new NewestByKey(
                bound, batchSize, 1, conflated::incrementAndGet, overflowed::incrementAndGet);
    }

    private static List<RedisCommand> commands(String key, String value) {
        return List.of(RedisCommand.set(key, value));
    }
}
