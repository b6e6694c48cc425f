package dev.sphere.recommend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Rows of what the HPA's own code gave, as the first line of each file tells. */
final class HpaTable {
    private HpaTable() {}

    /** A row, shown as it is written. */
    record Row(String line, List<String> cells) {
        String cell(int column) {
            return cells.get(column);
        }

        @Override
        public String toString() {
            return line;
        }
    }

    static List<Row> rows(String file) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        HpaTable.class.getResourceAsStream("/recommend/" + file)),
                                StandardCharsets.UTF_8))) {
            // its origin, then the names of the columns
            return reader.lines()
                    .skip(2)
                    .map(line -> new Row(line, List.of(line.split(",", -1))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
