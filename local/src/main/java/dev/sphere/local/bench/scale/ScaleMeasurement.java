package dev.sphere.local.bench.scale;

import dev.sphere.SphereConfig;
import dev.sphere.local.bench.scale.ScaleFigures.WarmUp;
import dev.sphere.local.cluster.FlinkRest;
import dev.sphere.local.flink.FlinkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Measures one number of services in this process: a job learns the history and is stopped with a
 * savepoint, and the next one goes on from it at the pace of the wall clock.
 */
final class ScaleMeasurement implements AutoCloseable {
    private static final String REFIT_EVERY = "10m";
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration REPLAY_PATIENCE = Duration.ofHours(6);
    private static final Duration NO_CHECKPOINTS = Duration.ofDays(365);
    private static final int MAX_PARALLELISM = 128;

    private final ScalePlan plan;
    private final Path folder;
    private final Consumer<String> progress;
    private final GeneratedLoad load;
    private final FlinkCluster flink;
    private final FlinkRest rest;
    private final List<WarmUp> warmUps = new ArrayList<>();
    private String savepoint = "";

    /**
     * @param folder for the savepoints and checkpoints; it is left as it is at the end
     * @param progress takes what is being done, now and then
     */
    ScaleMeasurement(ScalePlan plan, Path folder, Consumer<String> progress) {
        this.plan = plan;
        this.folder = folder;
        this.progress = progress;
        this.load = new GeneratedLoad(plan.seed(), plan.step());
        this.flink =
                FlinkCluster.start(
                        folder,
                        new FlinkCluster.Settings(
                                0, 0, plan.parallelism(), NO_CHECKPOINTS, flinkSettings(plan)));
        this.rest = new FlinkRest(flink.webUrl());
    }

    /** As the job's FlinkDeployment has them, where this cluster does not need others. */
    private static Map<String, String> flinkSettings(ScalePlan plan) {
        return Map.of(
                "state.backend.type", plan.stateBackend(),
                "execution.checkpointing.incremental", "true",
                "taskmanager.memory.managed.size", "512m",
                "execution.checkpointing.timeout", "2min",
                "execution.buffer-timeout.interval", "5ms",
                "pipeline.generic-types", "false",
                "pipeline.auto-generate-uids", "false",
                "restart-strategy.type", "none",
                "web.checkpoints.history", "10000");
    }

    ScaleFigures measure() throws IOException, InterruptedException {
        long steadyFrom = plan.steadyFrom(System.currentTimeMillis());
        learn("history", plan.past(steadyFrom));
        learn("recent", plan.recent(steadyFrom));
        return goOn(plan.steady(steadyFrom));
    }

    // --- the history ---

    private void learn(String part, Rounds rounds) throws IOException, InterruptedException {
        if (rounds.count() == 0) {
            return;
        }
        try (var meter = DelayMeter.open(part, rounds, plan)) {
            var cpu = new CpuMeter();
            String job = submit(part, rounds, false, NO_CHECKPOINTS);
            long begin = System.nanoTime();
            long patience = begin + REPLAY_PATIENCE.toNanos();
            while (!meter.awaitRead(LOOK_EVERY)) {
                requireRunning(job);
                cpu.look();
                progress.accept(
                        "%d services, %s: %.0f %% of %d steps"
                                .formatted(
                                        plan.services(),
                                        part,
                                        100.0 * meter.outlooks() / rounds.observations(),
                                        rounds.observations()));
                if (System.nanoTime() > patience) {
                    throw new IllegalStateException(
                            part + " took longer than " + REPLAY_PATIENCE.toHours() + " h");
                }
            }
            // A source may be at its end before what follows it has begun.
            await(job, "starting", () -> rest.job(job).isRunning());
            // What was read is before the savepoint in each channel, so that it is all in it.
            savepoint = stop(job, cpu);
            warmUps.add(
                    new WarmUp(
                            rounds.step(),
                            meter.outlooks(),
                            (System.nanoTime() - begin) / 1e9,
                            cpu.times().forecasting()));
        }
    }

    private String stop(String job, CpuMeter cpu) throws IOException, InterruptedException {
        progress.accept(plan.services() + " services: savepoint");
        String request = rest.stopWithSavepoint(job, folder.resolve("savepoints").toUri() + "");
        long patience = System.nanoTime() + PATIENCE.toNanos();
        var answer = rest.savepoint(job, request);
        while (!answer.isCompleted()) {
            if (System.nanoTime() > patience) {
                throw new IllegalStateException(
                        "no savepoint within " + PATIENCE.toSeconds() + " s");
            }
            cpu.look();
            TimeUnit.MILLISECONDS.sleep(50);
            answer = rest.savepoint(job, request);
        }
        if (!answer.failure().isEmpty()) {
            throw new IllegalStateException("the savepoint failed: " + answer.failure());
        }
        while (!rest.job(job).hasEnded()) {
            if (System.nanoTime() > patience) {
                throw new IllegalStateException(
                        "the job did not end within " + PATIENCE.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return answer.location();
    }

    // --- what is measured ---

    private ScaleFigures goOn(Rounds rounds) throws IOException, InterruptedException {
        try (var meter = DelayMeter.open("steady", rounds, plan)) {
            String job =
                    submit("steady", rounds, true, Duration.ofMillis(plan.checkpointInterval()));
            await(job, "restoring", () -> meter.begun().isDone());
            pass(job, meter::untilMeasured, "settling", () -> {});
            var cpu = new CpuMeter();
            long since = System.currentTimeMillis();
            long begin = System.nanoTime();
            try (var collector = new CollectionMeter()) {
                pass(job, meter::untilEnd, "measuring", cpu::look);
                double seconds = (System.nanoTime() - begin) / 1e9;
                var times = cpu.times();
                var collections = collector.collections();
                long until = System.currentTimeMillis();
                long due = meter.due();
                await(job, "waiting for the last records", () -> meter.measured() >= due);
                // One that takes long must not be left out because it does.
                await(
                        job,
                        "waiting for the last checkpoint",
                        () -> Checkpoints.areKnown(taken(job), since, until));
                var checkpoints = Checkpoints.of(taken(job), since);
                if (meter.measured() != due) {
                    throw new IllegalStateException(
                            "%d steps came of %d scrapes".formatted(meter.measured(), due));
                }
                return new ScaleFigures(
                        plan.services(),
                        List.copyOf(warmUps),
                        seconds,
                        meter,
                        checkpoints,
                        times,
                        collections,
                        CollectionMeter.heapInUse());
            }
        }
    }

    private List<Checkpoints.Taken> taken(String job) throws IOException, InterruptedException {
        return Checkpoints.taken(flink.webUrl(), job);
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private interface Remaining {
        long nanos();
    }

    private void await(String job, String doing, Condition condition)
            throws IOException, InterruptedException {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            requireRunning(job);
            progress.accept(plan.services() + " services: " + doing);
            if (System.nanoTime() > patience) {
                throw new IllegalStateException(
                        "%s took longer than %d s".formatted(doing, PATIENCE.toSeconds()));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void pass(String job, Remaining remaining, String doing, Runnable meanwhile)
            throws IOException, InterruptedException {
        for (long nanos = remaining.nanos(); nanos > 0; nanos = remaining.nanos()) {
            requireRunning(job);
            progress.accept(
                    "%d services, %s: %d s to go"
                            .formatted(plan.services(), doing, nanos / 1_000_000_000));
            TimeUnit.NANOSECONDS.sleep(Math.min(nanos, LOOK_EVERY.toNanos()));
            meanwhile.run();
        }
    }

    private void requireRunning(String job) throws IOException {
        if (rest.job(job).hasEnded()) {
            throw new IllegalStateException(
                    "the job failed: " + String.join("\n", rest.exceptions(job)));
        }
    }

    // --- the job ---

    private String submit(String part, Rounds rounds, boolean paced, Duration checkpointInterval)
            throws IOException {
        var configuration = flink.configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        if (!savepoint.isEmpty()) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
            // That of the source before.
            configuration.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
        }
        var environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setMaxParallelism(MAX_PARALLELISM);
        ScaleFlow.define(
                environment,
                config(part, rounds.step(), paced),
                new ScrapesSource(rounds, load, part, paced),
                part,
                new DelaySink(part));
        return flink.submit(environment).toHexString();
    }

    /** The job's defaults, at a given step; but measured are so many refits as a short run can. */
    private SphereConfig config(String part, long step, boolean paced) throws IOException {
        var file = folder.resolve(part + ".yaml");
        Files.writeString(
                file,
                """
                kafka: {bootstrap: '127.0.0.1:1'} # nobody connects to it
                """);
        var defaults = SphereConfig.load(file, Map.of(), Map.of());
        long horizon = Math.max(step, defaults.forecast().horizon());
        return SphereConfig.load(
                file,
                Map.of(
                        "observe.step", step + "ms",
                        "forecast.refit-every",
                                paced ? REFIT_EVERY : defaults.forecast().refitEvery() + "ms",
                        "forecast.horizon", horizon + "ms",
                        "forecast.furthest",
                                Math.max(horizon, defaults.forecast().furthest()) + "ms"),
                Map.of());
    }

    @Override
    public void close() {
        flink.close();
    }
}
