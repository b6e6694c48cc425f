package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UserJourneysTest {

    private final UserJourneys users = new UserJourneys();

    @Test
    void asksForTheNineRequestsOfTheLoadTestEquallyOften() {
        var random = new SplittableRandom(3);
        int requests = 50_000;
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            RouteRequest request = users.next(random);
            counts.merge(request.method() + " " + request.path().split("\\?")[0], 1, Integer::sum);
        }

        for (String each :
                new String[] {
                    "GET /",
                    "GET /login",
                    "GET /catalogue",
                    "GET /category.html",
                    "GET /detail.html",
                    "DELETE /cart",
                    "POST /cart",
                    "GET /basket.html",
                    "POST /orders"
                }) {
            assertThat(counts.get(each) / (double) requests)
                    .as(each)
                    .isCloseTo(0.1, within(0.007)); // 5 standard deviations
        }
    }

    @Test
    void givesTheSameRequestsForTheSameSeed() {
        var one = new SplittableRandom(7);
        var other = new SplittableRandom(7);

        for (int i = 0; i < 100; i++) {
            assertThat(users.next(one)).isEqualTo(users.next(other));
        }
    }

    @Test
    void expectsAnOrderInTenRequests() {
        assertThat(users.visits(ShopService.FRONT_END)).isCloseTo(1, within(1e-9));
        assertThat(users.visits(ShopService.PAYMENT)).isCloseTo(0.1, within(1e-9));
        assertThat(users.visits(ShopService.QUEUE_MASTER)).isCloseTo(0.1, within(1e-9));
        assertThat(users.visits(ShopService.USER)).isCloseTo(0.7, within(1e-9));
    }
}
