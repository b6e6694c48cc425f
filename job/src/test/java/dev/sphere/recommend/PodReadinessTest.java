package dev.sphere.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.recommend.PodReadiness.Condition;
import dev.sphere.recommend.PodReadiness.Phase;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PodReadinessTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void countsAPodAsTheHpaDoes(HpaTable.Row row) {
        var pod =
                new PodReadiness.Pod(
                        Boolean.parseBoolean(row.cell(1)),
                        Phase.valueOf(row.cell(2).toUpperCase(Locale.ROOT)),
                        Condition.valueOf(row.cell(3).toUpperCase(Locale.ROOT)),
                        before(row.cell(4)),
                        before(row.cell(5)).orElse(0),
                        before(row.cell(6)),
                        Long.parseLong(row.cell(7)) * 1_000);

        PodStanding standing =
                PodReadiness.DEFAULT.of(pod, Boolean.parseBoolean(row.cell(0)), Given.START);

        assertThat(standing).as(row.line()).isEqualTo(PodStanding.valueOf(row.cell(8)));
    }

    static List<HpaTable.Row> rows() {
        return HpaTable.rows("hpa-pods.csv");
    }

    private static OptionalLong before(String seconds) {
        return seconds.equals("never") || seconds.equals("none")
                ? OptionalLong.empty()
                : OptionalLong.of(Given.START - Long.parseLong(seconds) * 1_000);
    }
}
