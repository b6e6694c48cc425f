package dev.sphere.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedLoadTest {
    private static final double EXACTLY = 1e-9;

    @Test
    void scalesTheGreatestValueToThePeakAndInterpolatesBetweenSamples() {
        // four samples a day: 0, 100, 400, 200
        var load = RecordedLoad.parse("f.csv", file(21_600, "0", "100", "400", "200"), 0);

        assertThat(load.at(0, 0.25)).isEqualTo(0.25, within(EXACTLY));
        assertThat(load.at(0, 0.5)).isEqualTo(1, within(EXACTLY));
        assertThat(load.at(0, 0.625)).isEqualTo(0.75, within(EXACTLY)); // between 400 and 200
        assertThat(load.at(0, 0.875)).isEqualTo(0.25, within(EXACTLY)); // on the way to 0 again
        assertThat(load.days()).isEqualTo(1);
        assertThat(load.start()).isEqualTo(0.0, within(0.02));
    }

    @Test
    void interpolatesMissingValuesAndExtendsTheEnds() {
        var load = RecordedLoad.parse("f.csv", file(21_600, "", "100", "", "400"), 0);

        assertThat(load.at(0, 0)).isEqualTo(0.25, within(EXACTLY)); // as the next
        assertThat(load.at(0, 0.5)).isEqualTo(0.625, within(EXACTLY)); // 250 of 400
    }

    @Test
    void laysTheFilesFirstDaysIntoTheHistoryAndRepeatsItself() {
        // three days of four samples each
        var lines = file(21_600, "1", "1", "1", "1", "2", "2", "2", "2", "4", "4", "4", "4");

        var load = RecordedLoad.parse("f.csv", lines, 2);

        assertThat(load.at(-2, 0.5)).isEqualTo(0.25, within(EXACTLY));
        assertThat(load.at(-1, 0.5)).isEqualTo(0.5, within(EXACTLY));
        assertThat(load.at(0, 0.5)).isEqualTo(1, within(EXACTLY));
        assertThat(load.at(1, 0.5)).isEqualTo(0.25, within(EXACTLY));
    }

    @Test
    void readsIsoTimestampsWithAndWithoutZone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("day.csv");
        Files.writeString(
                file,
                """
                timestamp,value
                2026-11-21T00:00:00Z,1
                2026-11-21T07:00:00+01:00,2
                2026-11-21 12:00:00,4
                2026-11-21T18:00:00,3
                """);

        var load = LoadShape.of(file.toString(), 1, 5);

        assertThat(load.at(0, 0.5)).isEqualTo(1, within(EXACTLY));
        assertThat(load.name()).isEqualTo(file.toString());
    }

    @Test
    void usesOnlyWholeDays() {
        // six samples of 6 h are a day and a half
        var load = RecordedLoad.parse("f.csv", file(21_600, "1", "2", "3", "4", "4", "4"), 0);

        assertThat(load.days()).isEqualTo(1);
        assertThat(load.at(1, 0)).isEqualTo(0.25, within(EXACTLY));
        assertThat(load.at(0, 0.875)).isEqualTo(0.625, within(EXACTLY)); // from 4 back to 1
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "0,1;21600,x | f.csv line 3: value \"x\": expected a number not below 0, or nothing"
                        + " if it is missing",
                "0,1;21600,-1 | f.csv line 3: value \"-1\": expected a number not below 0, or"
                        + " nothing if it is missing",
                "0,1;21600,NaN | f.csv line 3: value \"NaN\": expected a number not below 0, or"
                        + " nothing if it is missing",
                "0,1;noon,1 | f.csv line 3: timestamp \"noon\": expected epoch seconds or ISO-8601"
                        + " such as 2026-11-21T08:30:00Z",
                "0,1;21600 | f.csv line 3: \"21600\": expected two fields, timestamp,value",
                "0,1;600,1;1300,1 | f.csv line 4: 1300: 700 s after the line before; expected 600"
                        + " s, evenly as the first two (write a missing value as an empty one)",
                "600,1;0,1 | f.csv line 3: 0: expected a time after the line before",
                "0,1;86400,1 | f.csv line 3: 86400: 86400 s after the line before; expected at"
                        + " most 6 hours between samples, as a day must show",
                "0,1;600,1 | f.csv: 2 samples over 1200 s; expected at least one day (86400 s)",
                "0,1 | f.csv: 1 samples; expected at least one day (86400 s)",
                "0,0;21600,0;43200,;64800,0 | f.csv: no value above 0; expected some load to scale"
                        + " to the peak"
            })
    void saysWhatIsWrongWithAFileAndWhere(String rows, String message) {
        List<String> lines = new ArrayList<>(List.of("timestamp,value"));
        lines.addAll(List.of(rows.split(";")));

        assertThatThrownBy(() -> RecordedLoad.parse("f.csv", lines, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void saysThatAFileCannotBeRead(@TempDir Path folder) {
        Path file = folder.resolve("none.csv");

        assertThatThrownBy(() -> LoadShape.of(file.toString(), 1, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + ": cannot be read: ")
                .hasMessageEndingWith("expected lines of timestamp,value");
    }

    private static List<String> file(long spacing, String... values) {
        List<String> lines = new ArrayList<>(List.of("timestamp,value"));
        for (int i = 0; i < values.length; i++) {
            lines.add(1_763_683_200 + i * spacing + "," + values[i]);
        }
        return lines;
    }
}
