package dev.sphere.scale;

import dev.sphere.recommend.Decision;

/** Decisions for tests. */
final class Decisions {
    static final long AT = 1_763_683_200_000L;

    private Decisions() {}

    static Decision of(int current, int desired) {
        return of(current, desired, true, AT);
    }

    static Decision of(int current, int desired, boolean apply, long at) {
        return of("sock-shop/front-end", current, desired, apply, at);
    }

    static Decision of(String service, int current, int desired, boolean apply, long at) {
        return new Decision(
                service + "@" + at,
                service,
                at,
                at + 40,
                current,
                current,
                desired,
                desired,
                Decision.Basis.REACTIVE,
                Decision.Limit.NONE,
                "requests",
                312,
                312,
                Double.NaN,
                0,
                50,
                "4711",
                apply,
                "312 requests/s now, 50 per replica");
    }
}
