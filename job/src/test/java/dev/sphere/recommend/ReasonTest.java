package dev.sphere.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonTest {
    @ParameterizedTest
    @CsvSource({
        "requests, 312.4, 312 requests/s",
        "requests, 12, 12 requests/s",
        "requests, 99.96, 100 requests/s",
        "requests, 9.996, 10 requests/s",
        "requests, 0, 0 requests/s",
        "requests, 1200, 1200 requests/s",
        "cpu, 0.35, 0.35 cores",
        "memory, 1610612736, 1.5 GiB of memory",
        "disk, 2048, 2 KiB/s of disk",
        "queue, 40.25, 40.3 in the queue",
        "sessions, 7, 7 sessions",
    })
    void saysALoadWithItsUnit(String signal, double value, String words) {
        assertThat(Reason.amount(signal, value)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"500, 0.5 s", "20000, 20 s", "90000, 90 s", "300000, 5 min"})
    void saysHowLong(long milliseconds, String words) {
        assertThat(Reason.span(milliseconds)).isEqualTo(words);
    }
}
