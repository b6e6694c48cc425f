package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All eight services over real HTTP, under a load that arrives whether or not it is answered. */
class SockShopIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long SEED = 20261121;
    private static final double LOAD = 150;

    private final UserJourneys users = new UserJourneys();
    private SockShop shop;
    private ScheduledExecutorService driver;

    @BeforeEach
    void open() {
        shop = SockShop.open(SEED);
        driver = Executors.newSingleThreadScheduledExecutor();
    }

    @AfterEach
    void close() {
        driver.shutdownNow();
        shop.close();
    }

    /** A machine that is busy with other things is late, too: it has more than one attempt. */
    @Test
    void answersEverythingWithinTheSloWhenReplicasSuffice() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            shop.close();
                            shop = SockShop.open(SEED);
                            assertThatEverythingIsAnsweredWithinTheSlo();
                        });
    }

    private void assertThatEverythingIsAnsweredWithinTheSlo() {
        start(replicasFor(1.3 * LOAD));
        requests(LOAD, 300);
        long before = cpuNanos();

        List<Integer> statuses = requests(LOAD, 1_000);

        double cpuMillis = (cpuNanos() - before) / 1e6 / statuses.size();
        assertThat(statuses).allMatch(status -> status >= 200 && status < 300);
        for (ShopService service : ShopService.values()) {
            var total = shop.statistics().snapshot(service).total();
            assertThat(total.errors()).as("errors of %s", service).isZero();
            assertThat(total.overSloShare()).as("over SLO of %s", service).isLessThan(0.05);
        }
        // Every service was asked as often as the journeys say.
        for (ShopService service : ShopService.values()) {
            double expected = 1_300 * users.visits(service);
            assertThat((double) shop.statistics().snapshot(service).total().offered())
                    .as("requests to %s", service)
                    .isBetween(
                            expected - 5 * Math.sqrt(6 * expected),
                            expected + 5 * Math.sqrt(6 * expected));
        }
        // Most of it is a cold JVM on any machine; README.md has the figure of a warm one.
        assertThat(cpuMillis).as("CPU per request").isLessThan(20);
    }

    @Test
    void failsAndIsLateWhenReplicasAreMissing() {
        Map<ShopService, Integer> replicas = replicasFor(1.3 * LOAD);
        replicas.put(ShopService.FRONT_END, 1);
        start(replicas);

        List<Integer> statuses = requests(LOAD, 900);

        assertThat(count(statuses, s -> s == 503)).isGreaterThan(200);
        assertThat(count(statuses, s -> s >= 200 && s < 300)).isGreaterThan(200);
        var frontEnd = shop.statistics().snapshot(ShopService.FRONT_END).total();
        assertThat(frontEnd.errors()).isEqualTo(count(statuses, s -> s >= 400 || s < 0));
        assertThat(frontEnd.p95Millis()).isGreaterThan(ShopService.FRONT_END.sloMillis());
        assertThat(frontEnd.overSloShare()).isGreaterThan(0.5);
    }

    @Test
    void losesNoRequestWhenPodsComeAndGo() {
        shop.close();
        // time enough to finish what they have, also on a slow machine
        shop = SockShop.open(SEED, Duration.ofSeconds(10), PATIENCE);
        Map<ShopService, Integer> replicas = replicasFor(2 * LOAD);
        start(replicas);

        CompletableFuture<List<Integer>> statuses =
                CompletableFuture.supplyAsync(() -> requests(LOAD, 900));
        for (int round = 0; round < 4; round++) {
            for (ShopService service : ShopService.values()) {
                String old = service.id() + "-" + (round == 0 ? "0" : "new-" + (round - 1));
                String fresh = service.id() + "-new-" + round;
                shop.start(service, fresh, "sock-shop").toCompletableFuture().join().ready();
                shop.stop(old)
                        .toCompletableFuture()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
            }
        }

        assertThat(statuses.join()).allMatch(status -> status >= 200 && status < 300);
    }

    private void start(Map<ShopService, Integer> replicas) {
        replicas.forEach(
                (service, count) ->
                        IntStream.range(0, count)
                                .mapToObj(i -> service.id() + "-" + i)
                                .map(name -> shop.start(service, name, "sock-shop"))
                                .map(
                                        pod ->
                                                pod.toCompletableFuture()
                                                        .orTimeout(
                                                                PATIENCE.toSeconds(),
                                                                TimeUnit.SECONDS))
                                .forEach(pod -> pod.join().ready()));
    }

    private Map<ShopService, Integer> replicasFor(double load) {
        Map<ShopService, Integer> replicas = new EnumMap<>(ShopService.class);
        Arrays.stream(ShopService.values())
                .forEach(s -> replicas.put(s, Replicas.of(s, load * users.visits(s))));
        return replicas;
    }

    /** This many requests at random times, and what they were answered. */
    private List<Integer> requests(double perSecond, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        double seconds = 0;
        @SuppressWarnings({"unchecked", "rawtypes"})
        CompletableFuture<Integer>[] answers = new CompletableFuture[count];
        for (int i = 0; i < count; i++) {
            CompletableFuture<Integer> answer = new CompletableFuture<>();
            answers[i] = answer;
            RouteRequest request = users.next(random);
            seconds -= Math.log(1 - random.nextDouble()) / perSecond;
            driver.schedule(
                    () -> shop.client().send(request).thenAccept(answer::complete),
                    (long) (seconds * 1e9),
                    TimeUnit.NANOSECONDS);
        }
        CompletableFuture.allOf(answers).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        return Arrays.stream(answers).map(CompletableFuture::join).toList();
    }

    private static int count(List<Integer> statuses, IntPredicate which) {
        return (int) statuses.stream().filter(which::test).count();
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
