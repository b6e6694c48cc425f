package dev.sphere.scale;

import dev.sphere.cluster.KubernetesConnection;
import dev.sphere.recommend.Decision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.time.Clock;

/**
 * Sets the replicas of Deployments through their scale subresource, fenced: only if the target
 * still has the replicas that the decision saw, and is not changed between reading and writing.
 */
public final class KubernetesScaler implements Scaler {
    private final KubernetesClient client;
    private final Clock clock;
    private final long maxAge;

    /**
     * @param client closed with the scaler
     * @param maxAge of the data that a decision rests on when it is written, in milliseconds
     */
    public KubernetesScaler(KubernetesClient client, Clock clock, long maxAge) {
        this.client = client;
        this.clock = clock;
        this.maxAge = maxAge;
    }

    /** A scaler with a client of its own. */
    public static KubernetesScaler connect(
            KubernetesConnection connection, Clock clock, long maxAge) {
        return new KubernetesScaler(connection.client(), clock, maxAge);
    }

    @Override
    public ScaleResult scale(Decision decision) {
        if (!decision.apply() || !decision.changes()) {
            return result(decision, ScaleOutcome.UNCHANGED, "the decision asks for no change");
        }
        long age = clock.millis() - decision.at();
        if (age > maxAge) {
            return result(
                    decision,
                    ScaleOutcome.STALE,
                    "the data are " + age + " ms old, at most " + maxAge + " ms are acted on");
        }
        try {
            return ask(decision);
        } catch (KubernetesClientException e) {
            return result(decision, ScaleOutcome.ofStatus(e.getCode()), words(e));
        }
    }

    private ScaleResult ask(Decision decision) {
        String service = decision.service();
        int slash = service.indexOf('/');
        RollableScalableResource<Deployment> target =
                client.apps()
                        .deployments()
                        .inNamespace(service.substring(0, slash))
                        .withName(service.substring(slash + 1));
        Scale scale = target.scale();
        if (scale == null) {
            return result(decision, ScaleOutcome.NO_SUCH_TARGET, "");
        }
        int current =
                scale.getSpec() == null || scale.getSpec().getReplicas() == null
                        ? 0
                        : scale.getSpec().getReplicas();
        if (current == decision.desired()) {
            return result(decision, ScaleOutcome.UNCHANGED, "");
        }
        if (current != decision.current()) {
            return result(
                    decision,
                    ScaleOutcome.POSTPONED,
                    "now " + current + ", decision saw " + decision.current());
        }
        // the resourceVersion just read stays in, so that a change in between is a conflict
        target.scale(
                new ScaleBuilder(scale)
                        .editOrNewSpec()
                        .withReplicas(decision.desired())
                        .endSpec()
                        .build());
        return result(decision, ScaleOutcome.APPLIED, "");
    }

    @Override
    public void close() {
        client.close();
    }

    private ScaleResult result(Decision decision, ScaleOutcome outcome, String detail) {
        return ScaleResult.of(decision, clock.millis(), outcome, detail);
    }

    private static String words(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getCode() + " " + e.getStatus().getMessage();
        }
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return (e.getCode() == 0 ? "" : e.getCode() + " ")
                + (cause.getMessage() == null
                        ? cause.getClass().getSimpleName()
                        : cause.getMessage());
    }
}
