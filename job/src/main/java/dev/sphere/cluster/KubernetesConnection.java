package dev.sphere.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.Serializable;
import java.util.function.Supplier;

/**
 * Where the Kubernetes API is and how long to wait for it; travels with the job, while clients are
 * built where they are used.
 *
 * @param kubeconfig path of a kubeconfig file; empty without
 * @param masterUrl URL of an API server that asks for no credentials; empty without
 * @param requestTimeout of one request, in milliseconds
 */
public record KubernetesConnection(String kubeconfig, String masterUrl, long requestTimeout)
        implements Serializable {
    public static final long DEFAULT_REQUEST_TIMEOUT = 3_000;

    public KubernetesConnection {
        if (!kubeconfig.isEmpty() && !masterUrl.isEmpty()) {
            throw new IllegalArgumentException(
                    "kubernetes: both a kubeconfig ("
                            + kubeconfig
                            + ") and a master URL ("
                            + masterUrl
                            + "), expected one of them");
        }
        if (requestTimeout < 1 || requestTimeout > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "kubernetes: request timeout of "
                            + requestTimeout
                            + " ms, expected 1 to "
                            + Integer.MAX_VALUE);
        }
    }

    /** What a pod finds by itself: its service account, or the environment's kubeconfig. */
    public static KubernetesConnection inCluster() {
        return new KubernetesConnection("", "", DEFAULT_REQUEST_TIMEOUT);
    }

    public static KubernetesConnection ofKubeconfig(String path) {
        return new KubernetesConnection(path, "", DEFAULT_REQUEST_TIMEOUT);
    }

    public static KubernetesConnection ofMaster(String url) {
        return new KubernetesConnection("", url, DEFAULT_REQUEST_TIMEOUT);
    }

    public KubernetesConnection withRequestTimeout(long milliseconds) {
        return new KubernetesConnection(kubeconfig, masterUrl, milliseconds);
    }

    /**
     * A client of its own, to be closed by the caller. It tries every request once: who asks knows
     * better when to ask again.
     *
     * @throws IllegalArgumentException if the kubeconfig cannot be used
     */
    public KubernetesClient client() {
        Config config =
                new ConfigBuilder(configured())
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout((int) requestTimeout)
                        .withConnectionTimeout((int) requestTimeout)
                        .build();
        return withClassesOfThisJar(() -> new KubernetesClientBuilder().withConfig(config).build());
    }

    private Config configured() {
        if (!masterUrl.isEmpty()) {
            return new ConfigBuilder(Config.empty()).withMasterUrl(masterUrl).build();
        }
        if (kubeconfig.isEmpty()) {
            return Config.autoConfigure(null);
        }
        File file = new File(kubeconfig);
        if (!file.isFile() || !file.canRead()) {
            throw new IllegalArgumentException(
                    "kubernetes: kubeconfig " + kubeconfig + ", expected a file that can be read");
        }
        try {
            return Config.fromKubeconfig(file);
        } catch (KubernetesClientException e) {
            throw new IllegalArgumentException(
                    "kubernetes: kubeconfig " + kubeconfig + ", expected a kubeconfig file", e);
        }
    }

    /** The client finds its HTTP implementation through the thread's class loader. */
    private static <T> T withClassesOfThisJar(Supplier<T> build) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(KubernetesConnection.class.getClassLoader());
        try {
            return build.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
