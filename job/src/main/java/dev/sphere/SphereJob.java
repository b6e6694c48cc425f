package dev.sphere;

/** Placeholder. */
public final class SphereJob {
    private SphereJob() {}
}
