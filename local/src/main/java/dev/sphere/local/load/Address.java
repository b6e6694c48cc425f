package dev.sphere.local.load;

/** Where a replica listens. */
public record Address(String host, int port) {}
