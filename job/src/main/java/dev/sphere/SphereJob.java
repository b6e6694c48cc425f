package dev.sphere;

import dev.sphere.calendar.CalendarIncoming;
import dev.sphere.calendar.CalendarSchema;
import dev.sphere.calendar.CalendarTopic;
import dev.sphere.cluster.ClusterEvent;
import dev.sphere.cluster.ClusterSource;
import dev.sphere.cluster.KubernetesConnection;
import dev.sphere.forecast.ForecastFunction;
import dev.sphere.observe.Incoming;
import dev.sphere.observe.ScrapeSchema;
import dev.sphere.policy.Policy;
import dev.sphere.publish.DecisionMessage;
import dev.sphere.publish.DecisionsSink;
import dev.sphere.publish.Prediction;
import dev.sphere.publish.PredictionsSink;
import dev.sphere.publish.RedisForecastSink;
import dev.sphere.publish.RejectedSink;
import dev.sphere.publish.SplitBySignalFunction;
import dev.sphere.recommend.RecommendFunction;
import dev.sphere.recommend.Recommender;
import dev.sphere.scale.KubernetesScaler;
import dev.sphere.scale.ScaleFunction;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The job: configuration, sources, flow, sinks. What {@code flink run} starts. */
@Command(
        name = "sphere-job",
        description = "The Flink job of SPHERE: metrics in, forecasts, decisions and scaling out.",
        mixinStandardHelpOptions = true,
        version = "SPHERE 0.1.0",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"})
public final class SphereJob implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(SphereJob.class);

    /** Can never be changed without discarding the state. */
    private static final int MAX_PARALLELISM = 128;

    /** Where the cluster says nothing else. */
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

    private static final Duration CALENDAR_PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "the configuration, see job/README.md")
    private Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "overrides a setting; may be repeated")
    private Map<String, String> sets = new LinkedHashMap<>();

    public static void main(String[] arguments) {
        var failure = new AtomicReference<Exception>();
        new CommandLine(new SphereJob())
                .setParameterExceptionHandler(
                        (e, given) -> {
                            failure.set(e);
                            return CommandLine.ExitCode.USAGE;
                        })
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> {
                            failure.set(e);
                            return CommandLine.ExitCode.SOFTWARE;
                        })
                .execute(arguments);
        if (failure.get() != null) {
            // The client that runs this main (flink run, the REST API) must see why it failed, and
            // must not be ended by it.
            throw new IllegalStateException(
                    "The job was not submitted: " + failure.get().getMessage(), failure.get());
        }
    }

    @Override
    public Integer call() throws Exception {
        var environment = StreamExecutionEnvironment.getExecutionEnvironment();
        try {
            define(environment, SphereConfig.load(config, sets, System.getenv()));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(new CommandLine(this), e.getMessage(), e);
        }
        environment.execute();
        return CommandLine.ExitCode.OK;
    }

    /** Defines the whole job, ready to be executed. */
    public static void define(StreamExecutionEnvironment environment, SphereConfig config) {
        LOG.info("Effective configuration: {}", config);
        environment.configure(new Configuration().set(PipelineOptions.NAME, "sphere"));
        environment.setMaxParallelism(MAX_PARALLELISM);
        if (!environment.getCheckpointConfig().isCheckpointingEnabled()) {
            // Without checkpoints nothing holds that is promised: the sinks flush with them.
            environment.enableCheckpointing(CHECKPOINT_INTERVAL.toMillis());
        }
        var clock = Clock.systemUTC();
        long maxAge = config.recommend().maxAge().toMillis();
        var connection = connection(config);

        var flow =
                SphereFlow.of(
                        metrics(environment, config),
                        calendar(environment, config),
                        cluster(environment, config, connection),
                        config.observe(),
                        forecast(config),
                        new RecommendFunction(
                                new Recommender(
                                        maxAge, config.recommend().reissueAfter().toMillis()),
                                clock),
                        new ScaleFunction(
                                () -> KubernetesScaler.connect(connection, clock, maxAge),
                                config.scale().threads(),
                                clock),
                        config.scale().timeout());

        publish(flow, config);
    }

    private static DataStream<Incoming> metrics(
            StreamExecutionEnvironment environment, SphereConfig config) {
        var kafka = config.kafka();
        return environment
                .fromSource(
                        KafkaSource.<Incoming>builder()
                                .setBootstrapServers(kafka.bootstrap())
                                .setGroupId(kafka.group())
                                .setTopics(kafka.metrics())
                                .setProperties(kafka.properties())
                                .setProperty("register.consumer.metrics", "false")
                                // Without a savepoint the models are cold: what Kafka still
                                // has warms them, and is too old to be acted upon.
                                .setStartingOffsets(OffsetsInitializer.earliest())
                                .setDeserializer(new ScrapeSchema(config.maxRecordBytes()))
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "metrics")
                .uid("metrics");
    }

    private static DataStream<CalendarIncoming> calendar(
            StreamExecutionEnvironment environment, SphereConfig config) {
        var kafka = config.kafka();
        if (!kafka.hasCalendar()) {
            // Not by the uid of the other: it ends at once, and a savepoint remembers that.
            return environment
                    .fromData(CalendarIncoming.NOTHING) // Flink has no source without a record
                    .uid("no-calendar")
                    .name("no-calendar")
                    .setParallelism(1);
        }
        return environment
                .fromSource(
                        KafkaSource.<CalendarIncoming>builder()
                                .setBootstrapServers(kafka.bootstrap())
                                .setGroupId(kafka.group())
                                .setTopics(kafka.calendar())
                                .setProperties(kafka.properties())
                                .setProperty("register.consumer.metrics", "false")
                                .setStartingOffsets(OffsetsInitializer.earliest())
                                .setDeserializer(new CalendarSchema())
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "calendar")
                .uid("calendar")
                .setParallelism(1); // the topic has one partition
    }

    private static ForecastFunction forecast(SphereConfig config) {
        var kafka = config.kafka();
        if (!kafka.hasCalendar()) {
            return new ForecastFunction(config.forecast());
        }
        var topic =
                new CalendarTopic(
                        kafka.bootstrap(), kafka.calendar(), kafka.properties(), CALENDAR_PATIENCE);
        return new ForecastFunction(config.forecast(), topic::read);
    }

    private static KubernetesConnection connection(SphereConfig config) {
        String kubeconfig = config.kubernetes().kubeconfig();
        var connection =
                kubeconfig.isEmpty()
                        ? KubernetesConnection.inCluster()
                        : KubernetesConnection.ofKubeconfig(kubeconfig);
        // One scaling is three requests (the scale is read and written, then the client reads the
        // target), and its outcome must be known before it counts as postponed.
        return connection.withRequestTimeout(Math.max(1, config.scale().timeout().toMillis() / 3));
    }

    private static DataStream<ClusterEvent> cluster(
            StreamExecutionEnvironment environment,
            SphereConfig config,
            KubernetesConnection connection) {
        List<Policy> policies = config.recommend().policies();
        return environment
                .fromSource(
                        config.kubernetes().enabled()
                                ? ClusterSource.of(policies, connection)
                                : ClusterSource.withoutKubernetes(policies),
                        WatermarkStrategy.noWatermarks(),
                        "cluster",
                        TypeInformation.of(ClusterEvent.class))
                .uid("cluster")
                .setParallelism(1); // one watch of the cluster is enough
    }

    private static void publish(SphereFlow flow, SphereConfig config) {
        var kafka = config.kafka();
        flow.rejected()
                .sinkTo(RejectedSink.of(kafka.bootstrap(), kafka.rejected(), kafka.properties()))
                .uid("rejected")
                .name("rejected");

        DataStream<Prediction> predictions =
                flow.outlooks()
                        .flatMap(new SplitBySignalFunction())
                        .uid("by-signal")
                        .name("by-signal");
        predictions
                .sinkTo(
                        PredictionsSink.of(
                                kafka.bootstrap(), kafka.predictions(), kafka.properties()))
                .uid("predictions")
                .name("predictions");
        if (config.redis().exists()) {
            var redis = config.redis();
            var sink = RedisForecastSink.builder(redis.uri(), redis.keyPrefix(), redis.ttl());
            if (!redis.passwordFile().isEmpty()) {
                sink.passwordFile(redis.passwordFile());
            }
            predictions.sinkTo(sink.build()).uid("redis").name("redis");
        }

        flow.decisions()
                .map(DecisionMessage::of)
                .uid("decided")
                .name("decided")
                .union(flow.results().map(DecisionMessage::of).uid("outcome").name("outcome"))
                .sinkTo(DecisionsSink.of(kafka.bootstrap(), kafka.decisions(), kafka.properties()))
                .uid("decisions")
                .name("decisions");
    }
}
