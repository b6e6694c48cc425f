package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusBlockTest {
    private static final double[] TENT = {0, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1, 0};

    @Test
    void drawsTheRunAndEachService() {
        String block = new StatusBlock(false).render(snapshot());

        assertThat(block)
                .isEqualTo(
"""
SPHERE  12:03:41   03:12 of 08:00   310 req/s of 312   40213 sent, 12 failed
▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄▅▅▅▅▆▆▆▆▇▇▇▇████▇▇▇▇▆▆▆▆▅▅▅▅▄▄▄▄▃▃▃▃▂▂▂▂▁▁▁▁  day 56 %  lag 0.3 ms, most 12 ms
                        ▲                                     two-peak-day
service            req/s  p90 ahead forecast   ready replicas                       p95  over SLO
front-end          271.5      312.0 skilled      4/7 ●●●●○○○                      84 ms    0.31 %
queue-master           -          - -            1/1 ●                                -    0.00 %
recommendatio…    1200.0     1500.5 warm       40/41 ●●●●●●●●●●●●●●●●●●●●●●●…    12.3 s   12.00 %
""");
    }

    @Test
    void fitsInto100Columns() {
        var now = snapshot();
        var busy =
                new StatusSnapshot(
                        now.clock(),
                        100_000,
                        200_000,
                        "/a/long/path/to/a/file/with/the/load/of/a/year.csv",
                        TENT,
                        1,
                        1,
                        99_999,
                        99_999,
                        99_999_999,
                        999_999,
                        59_999,
                        59_999,
                        now.services());

        assertThat(new StatusBlock(false).render(busy).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void differsOnATerminalOnlyInItsColors() {
        String plain = new StatusBlock(false).render(snapshot());
        String colored = new StatusBlock(true).render(snapshot());

        assertThat(colored).contains("\033[33m", "\033[31m");
        assertThat(colored.replaceAll("\033\\[\\d+m", "")).isEqualTo(plain);
    }

    @Test
    void drawsNoCurveOfNothing() {
        assertThat(StatusBlock.sparkline(new double[0])).isEqualTo("▁".repeat(60));
        assertThat(StatusBlock.sparkline(new double[] {0, 0})).isEqualTo("▁".repeat(60));
    }

    private static StatusSnapshot snapshot() {
        return new StatusSnapshot(
                ZonedDateTime.of(2026, 11, 21, 12, 3, 41, 0, ZoneOffset.UTC),
                192,
                480,
                "two-peak-day",
                TENT,
                0.4,
                0.56,
                312.4,
                310.2,
                40_213,
                12,
                0.31,
                12.2,
                List.of(
                        new StatusSnapshot.Service(
                                "front-end", 271.5, 312, "skilled", 4, 7, 84.2, 0.0031),
                        new StatusSnapshot.Service(
                                "queue-master", Double.NaN, Double.NaN, "", 1, 1, Double.NaN, 0),
                        new StatusSnapshot.Service(
                                "recommendations", 1200, 1500.5, "warm", 40, 41, 12_345, 0.12)));
    }
}
