package dev.sphere.local.report;

import java.util.Collection;

/**
 * Names of services for people: without the namespace when all are in one.
 *
 * @param namespace that all are in; empty if they are in several
 */
public record ServiceNames(String namespace) {

    public static ServiceNames of(Collection<String> services) {
        var namespaces = services.stream().map(ServiceNames::namespaceOf).distinct().toList();
        return new ServiceNames(namespaces.size() == 1 ? namespaces.get(0) : "");
    }

    /** The short name of {@code namespace/name}. */
    public String name(String service) {
        return !namespace.isEmpty() && service.startsWith(namespace + "/")
                ? service.substring(namespace.length() + 1)
                : service;
    }

    private static String namespaceOf(String service) {
        int slash = service.indexOf('/');
        return slash < 0 ? "" : service.substring(0, slash);
    }
}
