package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sphere.bridge.ServiceSamples.Sample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScraperTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SERVICE = "sock-shop/front-end";
    private static final long POD_STARTED = 1_763_683_000_000L;

    /** Of every interval that is used here. */
    private static final long MULTIPLE = 1_763_683_200_000L;

    private final SettableClock clock = new SettableClock(MULTIPLE + 250);
    private final RecordingOutput output = new RecordingOutput();
    private final BridgeMetrics metrics = new BridgeMetrics();
    private ExposingServer server;
    private Scraper scraper;

    @BeforeEach
    void open() throws IOException {
        server = new ExposingServer();
        scraper = scraper(Map.of());
    }

    @AfterEach
    void close() {
        scraper.close();
        server.close();
    }

    private Scraper scraper(Map<String, String> sets) {
        var all = new HashMap<>(Map.of("kafka.bootstrap", "a:1", "scrape.timeout", "30s"));
        all.putAll(sets);
        var config = BridgeConfig.load(null, all, Map.of()).scrape();
        return new Scraper(config, new Mapping(config.rules()), output, metrics, clock);
    }

    private void rescraper(String... sets) {
        scraper.close();
        var all = new HashMap<String, String>();
        for (int i = 0; i < sets.length; i += 2) {
            all.put(sets[i], sets[i + 1]);
        }
        scraper = scraper(all);
    }

    private Target target() {
        return target("uid-1", server.url());
    }

    private static Target target(String id, URI url) {
        return new Target(id, SERVICE, "front-end-" + id, url, POD_STARTED);
    }

    private void tick() {
        scraper.tick();
        await().atMost(PATIENCE).until(() -> metrics.scrapesInFlight.get() == 0);
    }

    private double failures(ScrapeFailure why) {
        return metrics.scrapeFailures.labelValues(why.label()).get();
    }

    private double dropped(Drop why) {
        return metrics.samplesDropped.labelValues(why.label()).get();
    }

    @Test
    void writesWhatTheRulesWant() {
        server.body =
                """
                request_duration_seconds_count{method="get",route="/cart",status_code="200"} 42
                request_duration_seconds_count{method="get",route="/metrics",status_code="200"} 7
                container_memory_working_set_bytes 8.5e7
                go_goroutines 12
                broken line
                """;
        scraper.put(target());

        tick();

        assertThat(output.written()).hasSize(1);
        var written = output.written().get(0);
        assertThat(written.service()).isEqualTo(SERVICE);
        assertThat(written.at()).isEqualTo(MULTIPLE + 250);
        assertThat(written.samples())
                .extracting(s -> s.series().signal(), Sample::value, Sample::created, Sample::stale)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("requests", 42.0, POD_STARTED, false),
                        org.assertj.core.groups.Tuple.tuple("memory", 8.5e7, 0L, false));
        assertThat(metrics.samplesRead.get()).isEqualTo(4);
        assertThat(metrics.samplesFiltered.get()).isEqualTo(2);
        assertThat(metrics.linesRejected.labelValues("value").get()).isEqualTo(1);
        assertThat(server.lastHeaders)
                .containsEntry("X-prometheus-scrape-timeout-seconds", "30.0")
                .containsEntry("Accept-encoding", "gzip");
    }

    @Test
    void readsPackedBodiesAndOpenMetricsWithCreationTimes() {
        server.gzip = true;
        server.contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        server.body =
                """
                request_duration_seconds_count{route="/"} 42
                request_duration_seconds_created{route="/"} 1763683100.5
                # EOF
                """;
        scraper.put(target());

        tick();

        var sample = output.written().get(0).samples().get(0);
        assertThat(sample.value()).isEqualTo(42);
        assertThat(sample.created()).isEqualTo(1_763_683_100_500L);
    }

    @Test
    void writesSamplesOfTheirOwnTimeSeparately() {
        server.body =
                """
                container_memory_working_set_bytes{container="a"} 1 1763683200000
                container_memory_working_set_bytes{container="b"} 2 1763683201000
                container_memory_working_set_bytes{container="c"} 3 1763683200000
                """;
        scraper.put(target());

        tick();

        assertThat(output.written())
                .extracting(ServiceSamples::at, s -> s.samples().size())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1763683200000L, 2),
                        org.assertj.core.groups.Tuple.tuple(1763683201000L, 1));
    }

    @Test
    void usesTheScrapesTimeForATimestampMoreThanTenMinutesAway() {
        long at = clock.millis();
        server.body =
                """
                container_memory_working_set_bytes{container="a"} 1 %d
                container_memory_working_set_bytes{container="b"} 2 %d
                container_memory_working_set_bytes{container="c"} 3 %d
                container_memory_working_set_bytes{container="d"} 4 %d
                """
                        .formatted(at - 600_001, at - 600_000, at + 600_000, 999_999_999_999_999L);
        scraper.put(target());

        tick();
        scraper.remove("uid-1");

        assertThat(output.values())
                .extracting(ServiceSamples::at, s -> s.samples().size())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(at, 2),
                        org.assertj.core.groups.Tuple.tuple(at - 600_000, 1),
                        org.assertj.core.groups.Tuple.tuple(at + 600_000, 1));
        assertThat(output.ends().get(0).at()).isEqualTo(at + 600_001);
        assertThat(metrics.timestampsIgnored.get()).isEqualTo(2);
    }

    @Test
    void sendsNothingForAScrapeThatFailsAndClassifiesIt() throws IOException {
        scraper.put(target());
        tick();
        int before = output.written().size();

        server.status = 500;
        tick();
        assertThat(failures(ScrapeFailure.STATUS)).isEqualTo(1);
        server.status = 200;
        server.contentType = "text/html";
        tick();
        assertThat(failures(ScrapeFailure.CONTENT_TYPE)).isEqualTo(1);
        server.contentType = "application/openmetrics-text";
        tick();
        assertThat(failures(ScrapeFailure.INCOMPLETE)).isEqualTo(1);
        server.contentType = null;
        server.body = "# nothing\n";
        tick();
        assertThat(failures(ScrapeFailure.EMPTY)).isEqualTo(1);
        server.close();
        // The kept connection of the last scrape may break in another way first.
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            tick();
                            return failures(ScrapeFailure.CONNECTION) == 1;
                        });

        assertThat(output.written()).hasSize(before);
    }

    @Test
    void failsAScrapeWhoseBodyIsTooLargePackedOrNot() {
        rescraper("scrape.body-limit", "1KiB");
        server.body = "m{a=\"x\"} 1\n".repeat(1000);
        scraper.put(target());

        tick();
        server.gzip = true;
        tick();

        assertThat(failures(ScrapeFailure.BODY_TOO_LARGE)).isEqualTo(2);
        assertThat(output.written()).isEmpty();
    }

    @Test
    void leavesOutATargetThatIsStillUnderWayAndScrapesTheOthers() throws IOException {
        try (var slow = new ExposingServer()) {
            slow.hold = new CountDownLatch(1);
            scraper.put(target("slow", slow.url()));
            scraper.put(target("quick", server.url()));

            scraper.tick();
            awaitWrittenAndOneUnderWay(1);
            scraper.tick();
            awaitWrittenAndOneUnderWay(2);

            assertThat(metrics.scrapesSkipped.get()).isEqualTo(1);
            assertThat(metrics.scrapesInFlight.get()).isEqualTo(1);
            slow.hold.countDown();
            await().atMost(PATIENCE).until(() -> output.written().size() == 3);
        }
    }

    private void awaitWrittenAndOneUnderWay(int written) {
        await().atMost(PATIENCE)
                .until(
                        () ->
                                output.written().size() == written
                                        && metrics.scrapesInFlight.get() == 1);
    }

    @Test
    void endsAScrapeWhoseBodyNeverComes() {
        rescraper("scrape.timeout", "200ms");
        server.hold = new CountDownLatch(1);
        scraper.put(target());

        // A machine that takes longer to connect has another failure to tell first.
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            tick();
                            return failures(ScrapeFailure.TIMEOUT) == 1;
                        });
        assertThat(output.written()).isEmpty();
    }

    @Test
    void endsAllSeriesOfATargetThatGoes() {
        scraper.put(target());
        tick();
        var last = output.written().get(0);

        scraper.remove("uid-1");

        assertThat(output.ends()).hasSize(1);
        var end = output.ends().get(0);
        assertThat(end.at()).isGreaterThan(last.at());
        assertThat(end.samples())
                .extracting(Sample::series)
                .containsExactlyElementsOf(last.samples().stream().map(Sample::series).toList());
        tick();
        assertThat(output.written()).hasSize(2);
    }

    @Test
    void sendsNothingAfterTheEndEvenIfAScrapeWasUnderWay() {
        scraper.put(target());
        tick();
        server.hold = new CountDownLatch(1);
        scraper.tick();
        await().atMost(PATIENCE).until(() -> metrics.scrapesInFlight.get() == 1);

        scraper.remove("uid-1");
        server.hold.countDown();
        await().atMost(PATIENCE).until(() -> metrics.scrapesInFlight.get() == 0);

        assertThat(output.written()).hasSize(2);
        assertThat(output.written().get(1).samples()).allMatch(Sample::stale);
    }

    @Test
    void endsASeriesThatVanishes() {
        server.body = "queue_messages_ready{queue=\"a\"} 1\nqueue_messages_ready{queue=\"b\"} 2\n";
        scraper.put(target());
        tick();

        server.body = "queue_messages_ready{queue=\"a\"} 1\n";
        tick();
        tick();

        assertThat(output.ends()).hasSize(1);
        assertThat(output.ends().get(0).samples())
                .extracting(s -> s.series().labels().get("queue"))
                .containsExactly("b");
        assertThat(metrics.samplesStale.get()).isEqualTo(1);
    }

    @Test
    void doesNotEndASeriesWhoseLineMayBeTheOneThatCouldNotBeRead() {
        server.body = "queue_messages_ready{queue=\"a\"} 1\nqueue_messages_ready{queue=\"b\"} 2\n";
        scraper.put(target());
        tick();

        server.body = "queue_messages_ready{queue=\"a\"} 1\nqueue_messages_ready{queue=\"b\"} 2";
        tick();
        assertThat(output.ends()).isEmpty();

        server.body = "queue_messages_ready{queue=\"a\"} 1\n";
        tick();
        assertThat(output.ends()).hasSize(1);
    }

    @Test
    void tellsAnEndAgainThatWasNotTaken() {
        scraper.put(target());
        tick();
        output.refuse(true);
        scraper.remove("uid-1");
        tick();
        assertThat(output.ends()).isEmpty();

        output.refuse(false);
        tick();

        assertThat(output.ends()).hasSize(1);
    }

    @Test
    void keepsTheSeriesOfATargetThatMoves() throws IOException {
        scraper.put(target());
        tick();
        try (var other = new ExposingServer()) {
            scraper.put(target("uid-1", other.url()));
            tick();
        }

        assertThat(output.ends()).isEmpty();
        assertThat(output.values()).hasSize(2);
    }

    @Test
    void failsAScrapeWithMoreSeriesThanTheLimitAndEndsNone() {
        rescraper("scrape.max-series", "2");
        server.body = "queue_messages_ready{queue=\"a\"} 1\nqueue_messages_ready{queue=\"b\"} 2\n";
        scraper.put(target());
        tick();
        server.body =
                """
                queue_messages_ready{queue="0"} 0
                queue_messages_ready{queue="a"} 1
                queue_messages_ready{queue="b"} 2
                go_goroutines 12
                """;
        tick();

        assertThat(failures(ScrapeFailure.SERIES_LIMIT)).isEqualTo(1);
        assertThat(output.written()).hasSize(1);
    }

    @Test
    void takesOtherSeriesInsteadOfThoseThatEndUpToTheLimit() {
        rescraper("scrape.max-series", "2");
        server.body = "queue_messages_ready{queue=\"a\"} 1\nqueue_messages_ready{queue=\"b\"} 2\n";
        scraper.put(target());
        tick();
        server.body =
                "queue_messages_ready{queue=\"c\"} 1\nqueue_messages_ready{queue=\"d\"} 2\nbad\n";
        tick();

        assertThat(failures(ScrapeFailure.SERIES_LIMIT)).isZero();
        assertThat(output.values()).hasSize(2);
        assertThat(output.ends().get(0).samples())
                .extracting(s -> s.series().labels().get("queue"))
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void dropsWhatTheKeptLabelsDoNotTellApart() {
        server.body = "queue_messages_ready{node=\"1\"} 1\nqueue_messages_ready{node=\"2\"} 2\n";
        scraper.put(target());

        tick();

        assertThat(output.written().get(0).samples()).hasSize(1);
        assertThat(dropped(Drop.DUPLICATE)).isEqualTo(1);
    }

    @Test
    void scrapesAllTargetsTogetherAtMultiplesOfTheInterval() {
        rescraper("scrape.interval", "1s");
        for (int i = 0; i < 5; i++) {
            scraper.put(target("pod-" + i, server.url()));
        }

        scraper.start();
        clock.set(MULTIPLE + 1000);

        await().atMost(PATIENCE).until(() -> output.written().size() >= 5);
        assertThat(output.written())
                .hasSize(5)
                .allMatch(samples -> samples.at() == MULTIPLE + 1000);
        assertThat(scraper.isAlive()).isTrue();
    }

    @Test
    void goesOnTickingAfterTheFirstTick() {
        rescraper("scrape.interval", "1s");
        scraper.put(target());

        scraper.start();

        await().atMost(PATIENCE)
                .until(
                        () -> {
                            clock.set(clock.millis() + 1000);
                            return output.written().size() >= 3;
                        });
        assertThat(output.written()).extracting(ServiceSamples::at).doesNotHaveDuplicates();
    }

    @Test
    void goesOnWhenNobodyListens() throws IOException {
        // bound, but nobody listens
        try (var held = new Socket()) {
            held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            var nobody = URI.create("http://127.0.0.1:" + held.getLocalPort() + "/metrics");
            scraper.put(target("nobody", nobody));
            scraper.put(target());

            tick();
            tick();
        }

        assertThat(failures(ScrapeFailure.CONNECTION)).isEqualTo(2);
        assertThat(output.written()).hasSize(2);
        assertThat(List.copyOf(scraper.targetIds())).hasSize(2);
    }
}
