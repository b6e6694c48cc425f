package dev.sphere.sockshop;

import java.util.List;

/**
 * One route of a service: what it answers, and what it calls before it does so. The stages come one
 * after the other.
 */
public record Route(
        ShopService service,
        String method,
        String template,
        int status,
        boolean ships,
        List<Stage> stages) {

    /**
     * A call of another service; an optional one may fail without failing its caller. The path is
     * the template with example values in place of its parameters.
     */
    public record Call(
            ShopService service, String method, String template, String path, boolean optional) {}

    /** Calls that run side by side; the next stage comes when all are answered. */
    public record Stage(List<Call> calls) {

        public Stage {
            calls = List.copyOf(calls);
        }
    }

    public Route {
        stages = List.copyOf(stages);
    }
}
