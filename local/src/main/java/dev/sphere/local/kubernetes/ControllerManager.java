package dev.sphere.local.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;

/**
 * A real kube-controller-manager beside an {@link ApiServer}, as a child process, with those of its
 * controllers that need no nodes: workloads get their pods, which stay pending, namespaces their
 * service accounts, HPAs scale, and what belonged to a deleted object goes.
 */
public final class ControllerManager implements AutoCloseable {
    private static final Duration STARTING = Duration.ofSeconds(120);
    private static final List<String> CONTROLLERS =
            List.of(
                    "deployment-controller",
                    "replicaset-controller",
                    "statefulset-controller",
                    "job-controller",
                    "cronjob-controller",
                    "horizontal-pod-autoscaler-controller",
                    "garbage-collector-controller",
                    "namespace-controller",
                    "serviceaccount-controller",
                    "root-ca-certificate-publisher-controller",
                    "persistentvolumeclaim-protection-controller",
                    "clusterrole-aggregation-controller",
                    "validatingadmissionpolicy-status-controller");

    private final ServerProcess process;

    private ControllerManager(ServerProcess process) {
        this.process = process;
    }

    /** Starts it, and waits until its controllers do their work. */
    public static ControllerManager start(ApiServer server) {
        var kubeconfig = server.folder().resolve("controller-manager.kubeconfig");
        server.writeKubeconfig(kubeconfig, "default");
        var process =
                ServerProcess.start(
                        server.program("kube-controller-manager"),
                        List.of(
                                "--kubeconfig=" + kubeconfig,
                                "--controllers=" + String.join(",", CONTROLLERS),
                                "--root-ca-file=" + server.certificate(),
                                "--leader-elect=false",
                                // Of its 15 s a test would notice.
                                "--horizontal-pod-autoscaler-sync-period=1s",
                                // No port of its own.
                                "--secure-port=0",
                                // Its defaults are for clusters in which others have to wait, too.
                                "--kube-api-qps=500",
                                "--kube-api-burst=1000"),
                        server.folder());
        var manager = new ControllerManager(process);
        try {
            process.await(() -> hasMadeTheDefaultAccount(server), STARTING);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
        return manager;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.terminate();
    }

    // Pods cannot be made before that.
    private static boolean hasMadeTheDefaultAccount(ApiServer server) {
        try {
            return server.client()
                            .serviceAccounts()
                            .inNamespace("default")
                            .withName("default")
                            .get()
                    != null;
        } catch (KubernetesClientException e) {
            boolean isBusy = e.getCode() == 0 || e.getCode() == 429 || e.getCode() >= 500;
            if (!isBusy) {
                throw e;
            }
            return false;
        }
    }
}
