package dev.sphere;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.calendar.CalendarChange;
import dev.sphere.calendar.CalendarIncoming;
import dev.sphere.cluster.ClusterEvent;
import dev.sphere.cluster.TargetState;
import dev.sphere.forecast.ForecastFunction;
import dev.sphere.forecast.ForecastSettings;
import dev.sphere.forecast.HoltWinters;
import dev.sphere.forecast.Outlook;
import dev.sphere.forecast.Season;
import dev.sphere.observe.Incoming;
import dev.sphere.observe.ObserveSettings;
import dev.sphere.observe.Rejected;
import dev.sphere.observe.Sample;
import dev.sphere.observe.Scrape;
import dev.sphere.policy.Policy;
import dev.sphere.policy.PolicyFile;
import dev.sphere.recommend.Decision;
import dev.sphere.recommend.RecommendFunction;
import dev.sphere.recommend.Recommender;
import dev.sphere.scale.ScaleFunction;
import dev.sphere.scale.ScaleOutcome;
import dev.sphere.scale.ScaleResult;
import dev.sphere.scale.Scaler;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.runtime.partitioner.KeyGroupStreamPartitioner;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SphereFlowTest {
    private static final String SERVICE = "sock-shop/front-end";
    private static final long STEP = 1_000;
    private static final long START = 1_763_683_200_000L;

    @TempDir private Path folder;

    @Test
    void turnsScrapesIntoForecastsDecisionsAndScaling() throws Exception {
        Held.released = new CountDownLatch(1);
        var environment = environment();
        List<Incoming> incoming = new ArrayList<>();
        for (int t = 0; t <= 10; t++) {
            incoming.add(new Incoming(scrape(START + t * STEP, 200.0 * t), null));
        }
        incoming.add(
                new Incoming(
                        null, new Rejected("metrics", 0, 7, "not JSON", "00", 1, new byte[] {1})));
        var policy = policy();
        var flow =
                SphereFlow.of(
                        environment
                                .fromData(incoming)
                                .uid("metrics")
                                .name("metrics")
                                .map(new Held())
                                .uid("held")
                                .name("held"),
                        environment
                                .fromData(
                                        CalendarIncoming.NOTHING,
                                        new CalendarIncoming(
                                                new CalendarChange("incident-42", null, 4), null),
                                        new CalendarIncoming(
                                                null,
                                                new Rejected(
                                                        "calendar",
                                                        0,
                                                        5,
                                                        "v: missing",
                                                        "00",
                                                        1,
                                                        new byte[] {1})))
                                .uid("calendar")
                                .name("calendar"),
                        environment
                                .fromData(
                                        new ClusterEvent(SERVICE, policy, null),
                                        new ClusterEvent(
                                                SERVICE,
                                                null,
                                                new TargetState(SERVICE, true, 1, 1, "1")))
                                .uid("cluster")
                                .name("cluster"),
                        ObserveSettings.forStep(STEP),
                        new ForecastFunction(forecast(), List::of),
                        new RecommendFunction(
                                new Recommender(60_000, STEP),
                                new ReleasingClock(START + 10 * STEP)),
                        new ScaleFunction(RecordingScaler::new, 1, Clock.systemUTC()),
                        Duration.ofSeconds(5));

        CloseableIterator<Rejected> rejected = flow.rejected().collectAsync();
        CloseableIterator<Outlook> outlooks = flow.outlooks().collectAsync();
        CloseableIterator<Decision> decisions = flow.decisions().collectAsync();
        CloseableIterator<ScaleResult> results = flow.results().collectAsync();
        environment.execute();

        assertThat(rejected)
                .toIterable()
                .extracting(Rejected::offset)
                .containsExactlyInAnyOrder(5L, 7L);
        assertThat(outlooks)
                .toIterable()
                .allSatisfy(
                        outlook ->
                                assertThat(outlook.forecasts().get(0).observed().value())
                                        .isEqualTo(200))
                .hasSizeGreaterThanOrEqualTo(9);
        List<Decision> decided = new ArrayList<>();
        decisions.forEachRemaining(decided::add);
        assertThat(decided).anyMatch(decision -> decision.desired() > 1 && decision.apply());
        assertThat(results)
                .toIterable()
                .isNotEmpty()
                .allMatch(result -> result.service().equals(SERVICE));
    }

    @Test
    void givesEveryOperatorAUidThatIsItsName() throws Exception {
        var graph = job();

        for (StreamNode node : graph.getStreamNodes()) {
            String name = node.getOperatorName().replaceFirst("^Source: ", "");
            if (name.endsWith(": Committer")) {
                continue; // Flink's own, beside each Kafka writer
            }
            assertThat(node.getTransformationUID())
                    .as(name)
                    .isNotNull()
                    .isEqualTo(name.replaceFirst(": Writer$", ""));
        }
    }

    @Test
    void isDrawnInItsJavadocAndInTheReadmesByTheNamesOfItsOperators() throws Exception {
        Set<String> names = new HashSet<>();
        for (StreamNode node : job().getStreamNodes()) {
            names.add(
                    node.getOperatorName()
                            .replaceFirst("^Source: ", "")
                            .replaceFirst(": (Writer|Committer)$", ""));
        }
        String picture = between(Files.readString(Path.of("README.md")), "```\n", "```");
        String javadoc =
                between(
                        Files.readString(Path.of("src/main/java/dev/sphere/SphereFlow.java")),
                        "<pre>\n",
                        "</pre>");
        String front = between(Files.readString(Path.of("../README.md")), "```\n", "```");

        names.removeAll(Set.of("by-signal", "to-apply", "decided", "outcome"));
        assertThat(names)
                .hasSizeGreaterThan(9)
                .allSatisfy(
                        name -> {
                            assertThat(picture).contains(name);
                            assertThat(javadoc).contains(name);
                            assertThat(front).contains(name);
                        });
    }

    @Test
    void shufflesTheDataOnceFromSourceToScale() throws Exception {
        var graph = job();
        List<String> shuffles = new ArrayList<>();
        for (StreamNode node : graph.getStreamNodes()) {
            for (StreamEdge edge : node.getInEdges()) {
                if (edge.getPartitioner() instanceof KeyGroupStreamPartitioner) {
                    shuffles.add(
                            graph.getStreamNode(edge.getSourceId()).getOperatorName()
                                    + " to "
                                    + node.getOperatorName());
                }
            }
        }

        assertThat(shuffles)
                .containsExactlyInAnyOrder("read to observe", "Source: cluster to recommend");
    }

    @Test
    void tellsTheCalendarToAllSubtasksInOneOrder() throws Exception {
        var graph = job("");
        var forecast = node(graph, "forecast");

        var told =
                forecast.getInEdges().stream()
                        .filter(edge -> edge.getSourceId() == node(graph, "entries").getId())
                        .toList();

        assertThat(told).hasSize(1);
        assertThat(told.get(0).getPartitioner().isBroadcast()).isTrue();
        assertThat(node(graph, "entries").getParallelism()).isEqualTo(1);
        assertThat(node(graph, "Source: calendar").getParallelism()).isEqualTo(1);
    }

    @Test
    void needsNoCalendar() throws Exception {
        var graph = job(", calendar: ''");

        assertThat(graph.getStreamNodes())
                .extracting(StreamNode::getOperatorName)
                .contains("Source: no-calendar")
                .doesNotContain("Source: calendar");
    }

    private static StreamNode node(StreamGraph graph, String name) {
        return graph.getStreamNodes().stream()
                .filter(node -> node.getOperatorName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void fixesTheMaximumParallelism() throws Exception {
        for (JobVertex vertex : job().getJobGraph().getVertices()) {
            assertThat(vertex.getMaxParallelism()).as(vertex.getName()).isEqualTo(128);
        }
    }

    private StreamGraph job() throws IOException {
        return job("");
    }

    private StreamGraph job(String kafka) throws IOException {
        Files.writeString(folder.resolve("policies.yaml"), POLICY);
        var file = folder.resolve("sphere.yaml");
        Files.writeString(
                file,
                """
                kafka: {bootstrap: '127.0.0.1:1'%s}
                redis: {uri: 'redis://127.0.0.1:1'}
                recommend: {policies: [policies.yaml]}
                """
                        .formatted(kafka));
        var environment = environment();
        SphereJob.define(environment, SphereConfig.load(file, Map.of(), Map.of()));
        return environment.getStreamGraph();
    }

    /** As strict as Flink can be: no Kryo, no uid made up. */
    private static StreamExecutionEnvironment environment() {
        var configuration = new Configuration();
        configuration.setString("pipeline.generic-types", "false");
        configuration.setString("pipeline.auto-generate-uids", "false");
        configuration.setString("jobmanager.bind-host", "127.0.0.1");
        configuration.setString("rest.bind-address", "127.0.0.1");
        configuration.setString("parallelism.default", "2");
        configuration.setString("restart-strategy.type", "none");
        return StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    }

    private static ForecastSettings forecast() {
        return new ForecastSettings(
                STEP,
                new HoltWinters(0.2, 0.01, 0.1, 0.9, Season.NONE),
                List.of(),
                2 * STEP,
                4 * STEP,
                2,
                List.of(),
                20,
                10,
                3_600_000,
                3_600_000);
    }

    private static Scrape scrape(long at, double value) {
        return new Scrape(
                SERVICE,
                at,
                "test",
                List.of(
                        new Sample(
                                "requests",
                                Sample.Kind.COUNTER,
                                Sample.Aggregation.SUM,
                                "pod=front-end-1",
                                "front-end-1",
                                value,
                                false,
                                0)));
    }

    private static Policy policy() {
        return PolicyFile.parse("policies.yaml", POLICY).get(0);
    }

    private static final String POLICY =
            """
            apiVersion: autoscaling.sphere.dev/v1alpha1
            kind: PredictiveAutoscaler
            metadata: {name: front-end, namespace: sock-shop}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: front-end}
              minReplicas: 1
              maxReplicas: 10
              mode: Scale
              signals:
                - {name: requests, target: {type: AverageValue, averageValue: 50}}
            """;

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return text.substring(start, text.indexOf(to, start));
    }

    /**
     * Holds the metrics until the policy and its target are known: an outlook before that is none
     * that anything is decided on, and Flink promises no order between two sources.
     */
    private static final class Held implements MapFunction<Incoming, Incoming> {
        private static final long serialVersionUID = 1;
        private static volatile CountDownLatch released;

        @Override
        public Incoming map(Incoming incoming) throws InterruptedException {
            if (!released.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody was told of the target");
            }
            return incoming;
        }
    }

    /** Stands still; it is first asked for the time when the target is told. */
    private static final class ReleasingClock extends Clock implements Serializable {
        private static final long serialVersionUID = 1;
        private final long millis;

        ReleasingClock(long millis) {
            this.millis = millis;
        }

        @Override
        public long millis() {
            Held.released.countDown();
            return millis;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    /** Says yes to everything. */
    private static final class RecordingScaler implements Scaler {
        @Override
        public ScaleResult scale(Decision decision) {
            return new ScaleResult(
                    decision.id(),
                    decision.service(),
                    decision.decidedAt(),
                    ScaleOutcome.APPLIED,
                    decision.desired(),
                    "");
        }

        @Override
        public void close() {}
    }
}
