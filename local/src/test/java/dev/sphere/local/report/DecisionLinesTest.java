package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecisionLinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINE =
            "00:00:00 front-end 4 → 7: 312 req/s expected within 20 s (p90), 50 per replica";

    private final List<String> lines = new ArrayList<>();
    private final DecisionLines decisions =
            new DecisionLines(
                    ServiceNames.of(List.of("sock-shop/front-end", "sock-shop/carts")),
                    ZoneOffset.UTC,
                    1_763_683_200_000L,
                    lines::add);
    private String decided;
    private String outcome;

    @BeforeEach
    void read() throws IOException {
        var golden =
                Files.readAllLines(Path.of("../job/src/test/resources/messages/decisions.json"));
        decided = golden.get(0);
        outcome = golden.get(1);
    }

    @Test
    void saysAChangeOnceItIsApplied() throws IOException {
        say(decided);
        assertThat(lines).isEmpty();

        say(outcome);
        assertThat(lines).containsExactly(LINE);
    }

    @Test
    void saysTheSameWhicheverPhaseIsReadFirst() throws IOException {
        say(outcome);
        say(decided);

        assertThat(lines).containsExactly(LINE);
    }

    @Test
    void saysWhyAChangeWasNotApplied() throws IOException {
        say(decided);
        say(outcome.replace("applied", "postponed").replace("\"\"", "\"409 conflict\""));

        assertThat(lines).containsExactly(LINE + " (postponed: 409 conflict)");
    }

    @Test
    void saysWhatIsOnlyRecommendedAtOnce() throws IOException {
        say(decided.replace("\"apply\":true", "\"apply\":false"));

        assertThat(lines).containsExactly(LINE + " (only recommended)");
    }

    @Test
    void waitsAWhileForAnOutcome() throws IOException {
        say(decided);

        decisions.flush(1_763_683_200_041L + 4_999);
        assertThat(lines).isEmpty();
        decisions.flush(1_763_683_200_041L + 5_000);
        assertThat(lines).containsExactly(LINE + " (outcome not known)");
    }

    @Test
    void saysNothingOfWhatChangesNothing() throws IOException {
        say(decided.replace("\"desired\":7", "\"desired\":4"));
        say(outcome.replace("applied", "unchanged"));

        assertThat(lines).isEmpty();
    }

    @Test
    void saysNothingOfADecisionThatAnotherHasCarriedOut() throws IOException {
        say(decided);
        say(outcome.replace("applied", "superseded"));
        say(decided);
        say(outcome.replace("applied", "unchanged"));

        assertThat(lines).isEmpty();
    }

    @Test
    void saysThatAServiceIsHeldOncePerChange() throws IOException {
        String still = decided.replace("\"desired\":7", "\"desired\":4");
        String partial =
                still.replace("\"limitedBy\":\"none\"", "\"limitedBy\":\"partial_data\"")
                        .replaceAll("\"reason\":\"[^\"]*\"", "\"reason\":\"3 of 10 reported\"");
        String missing =
                still.replace("\"limitedBy\":\"none\"", "\"limitedBy\":\"MISSING_DATA\"")
                        .replaceAll("\"reason\":\"[^\"]*\"", "\"reason\":\"\"");

        say(partial);
        say(partial);
        say(missing);
        say(still);
        say(partial);

        assertThat(lines)
                .containsExactly(
                        "00:00:00 front-end stays at 4: 3 of 10 reported",
                        "00:00:00 front-end stays at 4: missing data",
                        "00:00:00 front-end stays at 4: 3 of 10 reported");
    }

    @Test
    void isSilentAboutDecisionsOnEarlierData() throws IOException {
        say(decided.replace("\"at\":1763683200000", "\"at\":1763683199999"));
        say(outcome);

        assertThat(lines).isEmpty();
    }

    @Test
    void keepsTheNamespaceWhenThereAreSeveral() {
        var names = ServiceNames.of(List.of("sock-shop/carts", "other/carts"));

        assertThat(names.name("sock-shop/carts")).isEqualTo("sock-shop/carts");
        assertThat(ServiceNames.of(List.of("sock-shop/carts")).name("sock-shop/carts"))
                .isEqualTo("carts");
    }

    private void say(String message) throws IOException {
        decisions.message(JSON.readTree(message));
    }
}
