package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DemandTest {
    @Test
    void keepsEachReplicaUnderItsLimitAndNeedsAtLeastOne() {
        var demand =
                new Demand(
                        at -> at, // as many requests per second as milliseconds
                        Map.of("front-end", 1.0, "carts", 0.5),
                        Map.of("front-end", 50.0, "carts", 10.0));

        assertThat(demand.needed("front-end", 0)).isEqualTo(1);
        assertThat(demand.needed("front-end", 50)).isEqualTo(1);
        assertThat(demand.needed("front-end", 51)).isEqualTo(2);
        assertThat(demand.needed("carts", 100)).isEqualTo(5);
        assertThat(demand.load("carts", 100)).isEqualTo(50);
        assertThat(demand.services()).containsExactly("carts", "front-end");
    }

    @Test
    void refusesAServiceWithoutALimit() {
        assertThatThrownBy(() -> new Demand(at -> 1, Map.of("a", 1.0, "b", 1.0), Map.of("a", 1.0)))
                .hasMessage("visits of [a, b] but limits of [a]: expected the same services");
        assertThatThrownBy(() -> new Demand(at -> 1, Map.of("a", 1.0), Map.of("a", 0.0)))
                .hasMessage("limit per replica of a: 0.0, expected > 0");
    }
}
