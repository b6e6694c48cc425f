package dev.sphere.sockshop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadmeTest {

    private final UserJourneys users = new UserJourneys();

    @ParameterizedTest
    @EnumSource
    void tellsTheLimitsOfEachService(ShopService service) throws IOException {
        String row =
                String.format(
                        Locale.ROOT,
                        "| %s | %d x %.0f ms | %.1f/s | %.0f/s | %d ms | %d | %.3f | %d | %d |",
                        service,
                        service.workers(),
                        service.meanServiceMillis(),
                        service.capacityPerReplica(),
                        service.limitPerReplica(),
                        service.sloMillis(),
                        service.queueBound(),
                        users.visits(service),
                        Replicas.of(service, 60 * users.visits(service)),
                        Replicas.of(service, 300 * users.visits(service)));

        assertThat(Files.readString(Path.of("README.md"))).contains(row);
    }
}
