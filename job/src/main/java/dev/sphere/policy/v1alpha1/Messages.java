package dev.sphere.policy.v1alpha1;

/**
 * What is said of a broken rule, by the API server and by {@link dev.sphere.policy.PolicyRules}.
 */
public final class Messages {
    public static final String MAX_BELOW_MIN = "expected no less than minReplicas";
    public static final String NO_DEPLOYMENT = "expected kind Deployment of apiVersion apps/v1";
    public static final String NO_QUANTILE = "expected a number from 0.05 to 0.99";
    public static final String NOT_POSITIVE = "expected a quantity above 0";
    public static final String LIMIT_BELOW_TARGET = "expected no less than the target";

    private Messages() {}
}
