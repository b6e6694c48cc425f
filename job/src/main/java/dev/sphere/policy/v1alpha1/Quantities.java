package dev.sphere.policy.v1alpha1;

/**
 * What a quantity may look like here: none is negative, and all are numbers that a double holds.
 */
final class Quantities {
    static final int LONGEST = 24;

    static final String PATTERN =
            "^[0-9]+(\\.[0-9]+)?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?$";

    private Quantities() {}
}
