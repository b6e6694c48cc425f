package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointsTest {

    private final Endpoints endpoints = new Endpoints(42);

    @Test
    void hasNobodyForAServiceWithoutReadyPods() {
        endpoints.ready(ShopService.USER, "user-0", "127.0.0.1", 1000);

        assertThat(endpoints.choose(ShopService.CARTS)).isEmpty();
    }

    @Test
    void choosesAllReadyPodsEquallyOften() {
        IntStream.range(0, 5)
                .forEach(
                        i -> endpoints.ready(ShopService.USER, "user-" + i, "127.0.0.1", 1000 + i));

        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            counts.merge(
                    endpoints.choose(ShopService.USER).orElseThrow().podName(), 1, Integer::sum);
        }

        assertThat(counts).hasSize(5);
        counts.values().forEach(n -> assertThat((double) n).isCloseTo(2_000, within(200.0)));
    }

    @Test
    void choosesAlikeForTheSameSeed() {
        Endpoints same = new Endpoints(42);
        for (Endpoints each : List.of(endpoints, same)) {
            IntStream.range(0, 5)
                    .forEach(i -> each.ready(ShopService.USER, "user-" + i, "127.0.0.1", 1000 + i));
        }

        for (int i = 0; i < 100; i++) {
            assertThat(endpoints.choose(ShopService.USER)).isEqualTo(same.choose(ShopService.USER));
        }
    }

    @Test
    void forgetsAPodThatIsGone() {
        endpoints.ready(ShopService.USER, "user-0", "127.0.0.1", 1000);
        endpoints.ready(ShopService.USER, "user-1", "127.0.0.1", 1001);

        endpoints.gone(ShopService.USER, "user-0");
        endpoints.gone(ShopService.USER, "user-7"); // nobody: no matter

        assertThat(endpoints.of(ShopService.USER))
                .containsExactly(new Endpoints.Endpoint("user-1", "127.0.0.1", 1001));
    }

    @Test
    void takesTheNewPortOfAPodThatIsReadyAgain() {
        endpoints.ready(ShopService.USER, "user-0", "127.0.0.1", 1000);
        endpoints.ready(ShopService.USER, "user-0", "127.0.0.1", 2000);

        assertThat(endpoints.of(ShopService.USER))
                .containsExactly(new Endpoints.Endpoint("user-0", "127.0.0.1", 2000));
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThatThrownBy(() -> endpoints.ready(ShopService.USER, "user-0", "127.0.0.1", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port of pod user-0: 0, expected 1 to 65535");
    }
}
