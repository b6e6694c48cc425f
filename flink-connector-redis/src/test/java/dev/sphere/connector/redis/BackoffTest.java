package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    @ParameterizedTest
    @CsvSource({"1, 100", "2, 200", "3, 400", "6, 3200", "7, 5000", "1000000, 5000"})
    void doublesUpToItsBound(int attempt, long expected) {
        assertThat(new Backoff(100, 5000).delay(attempt)).isEqualTo(expected);
    }
}
