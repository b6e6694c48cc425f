package dev.sphere.local;

import dev.sphere.SphereConfig;
import dev.sphere.SphereJob;
import dev.sphere.local.flink.FlinkCluster;
import dev.sphere.sockshop.ShopService;
import dev.sphere.sockshop.UserJourneys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** How the job is to scale the shop: a policy for each service, and the job's configuration. */
final class ScaledShop {
    /** Of the job; each task gets one slot. */
    static final int PARALLELISM = 2;

    /** The HPA's usual target, as a share of capacity, over the limit's: 70 % over 90 %. */
    private static final double TARGET_OF_LIMIT = 7.0 / 9;

    private static final int LEAST_MAXIMUM = 4;

    private final LocalPlan plan;
    private final UserJourneys journeys;

    ScaledShop(LocalPlan plan, UserJourneys journeys) {
        this.plan = plan;
        this.journeys = journeys;
    }

    /** What the load at the start of the run needs, at the HPA's target. */
    int firstReplicas(ShopService service) {
        double rate = plan.peak() * plan.shape().at(plan.shape().start());
        return (int) Math.ceil(rate * journeys.visits(service) / target(service));
    }

    /**
     * Writes policies and configuration into a folder and reads them as the job does.
     *
     * @throws IllegalArgumentException if a setting that was given cannot be used
     */
    SphereConfig configure(Path folder, String kafka, String redis, Path kubeconfig)
            throws IOException {
        ConfigurationFiles.policies(
                folder,
                plan,
                Demo.NAMESPACE,
                Arrays.stream(ShopService.values())
                        .map(
                                service ->
                                        new ConfigurationFiles.Scaled(
                                                service.id(),
                                                target(service),
                                                service.limitPerReplica(),
                                                mostReplicas(service)))
                        .toList());
        var file = ConfigurationFiles.job(folder, plan, kafka, redis, kubeconfig);
        return SphereConfig.load(file, plan.settings(), System.getenv());
    }

    static JobID submit(SphereConfig config, FlinkCluster flink) {
        var environment = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        environment.setParallelism(PARALLELISM);
        SphereJob.define(environment, config);
        return flink.submit(environment);
    }

    private static double target(ShopService service) {
        return service.limitPerReplica() * TARGET_OF_LIMIT;
    }

    /** Twice what the peak needs: room for a crowd, and an end to mistakes. */
    private int mostReplicas(ShopService service) {
        double peak = plan.peak() * journeys.visits(service);
        return Math.max(LEAST_MAXIMUM, (int) Math.ceil(2 * peak / service.limitPerReplica()));
    }
}
