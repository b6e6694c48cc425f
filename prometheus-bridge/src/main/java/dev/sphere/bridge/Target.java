package dev.sphere.bridge;

import java.net.URI;

/**
 * One instance of a service that is scraped.
 *
 * @param id never that of another instance: the pod's UID, or service, URL and pod
 * @param pod its name in the label {@code pod}; empty if what it exposes is not measured on a pod
 * @param created when the instance started, in epoch milliseconds; 0 if unknown
 */
record Target(String id, String service, String pod, URI url, long created) {

    /** For people. */
    String name() {
        return pod.isEmpty() ? url.getAuthority() : pod;
    }
}
