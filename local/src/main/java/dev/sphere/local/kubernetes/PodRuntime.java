package dev.sphere.local.kubernetes;

import java.util.concurrent.CompletionStage;

/** What runs the process of a pod and sends requests to it; the {@link Kubelet} says when. */
public interface PodRuntime {
    /** Starts a pod's process and tells the port on 127.0.0.1 that it listens on. */
    CompletionStage<Integer> start(String namespace, String deployment, String pod);

    /**
     * Ends a pod's process; it has been unready before, if it was ever ready. When the kubelet
     * closes, the process may still be starting.
     */
    CompletionStage<Void> stop(String pod);

    /** From now on the pod gets requests. */
    void ready(String deployment, String pod, int port);

    /** From now on the pod gets no further request. */
    void unready(String deployment, String pod);
}
