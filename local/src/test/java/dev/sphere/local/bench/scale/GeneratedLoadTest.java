package dev.sphere.local.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GeneratedLoadTest {
    private static final long STEP = 15_000;
    private static final long DAY = 86_400_000;
    private static final long FROM = 20_000 * DAY;

    private final GeneratedLoad load = new GeneratedLoad(1, STEP);

    @Test
    void neverCountsBackwards() {
        for (int service = 0; service < 3; service++) {
            double before = load.total(service, 0, FROM);
            for (long at = FROM + STEP; at < FROM + 7 * DAY; at += STEP) {
                double total = load.total(service, 0, at);
                assertThat(total).as("service %d at %d", service, at).isGreaterThan(before);
                before = total;
            }
        }
    }

    @Test
    void isAlikeEveryDayAndGreaterAtOneTimeThanAtAnother() {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int hour = 0; hour < 24; hour++) {
            double today = requests(FROM + hour * DAY / 24);
            double inAWeek = requests(FROM + 7 * DAY + hour * DAY / 24);
            assertThat(inAWeek / today).isBetween(0.98, 1.02);
            least = Math.min(least, today);
            most = Math.max(most, today);
        }
        assertThat(most / least).isGreaterThan(2);
    }

    @Test
    void dependsOnSeedServicePodAndTimeAlone() {
        assertThat(new GeneratedLoad(1, STEP).scrape(5, FROM)).isEqualTo(load.scrape(5, FROM));
        assertThat(new GeneratedLoad(2, STEP).total(5, 0, FROM))
                .isNotEqualTo(load.total(5, 0, FROM));
        assertThat(load.total(6, 0, FROM)).isNotEqualTo(load.total(5, 0, FROM));
        assertThat(load.total(5, 1, FROM)).isNotEqualTo(load.total(5, 0, FROM));
    }

    @Test
    void findsAServiceByItsName() {
        assertThat(GeneratedLoad.index(GeneratedLoad.name(9_999))).isEqualTo(9_999);
    }

    private double requests(long from) {
        return load.total(4, 0, from + DAY / 24) - load.total(4, 0, from);
    }
}
