package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CellsTest {
    private static final PublishedErrors NONE = PublishedErrors.none();

    @Test
    void areWeakWhereTheBestBaselineIsBetterByMoreThanTheLimit() {
        var reports =
                List.of(
                        report(
                                "a",
                                11.4,
                                Map.of(Method.LAST_VALUE, 10.0, Method.HOLT_WINTERS, 12.0)),
                        report(
                                "b",
                                11.6,
                                Map.of(Method.LAST_VALUE, 20.0, Method.HOLT_WINTERS, 10.0)),
                        report("c", 15, Map.of(Method.SEASONAL_NAIVE, 10.0)));

        var cells = Cells.of(reports, NONE, null);

        assertThat(cells.count()).isEqualTo(3);
        assertThat(cells.weak())
                .extracting(Cells.Cell::trace, Cells.Cell::baseline, Cells.Cell::ratio)
                .containsExactly(
                        tuple("c", "seasonal-naive", 1.5), tuple("b", "holt-winters", 1.16));
        assertThat(cells.worst()).isEqualTo(cells.weak().get(0));
        assertThat(cells.inWords())
                .startsWith("2 of 3 cells (trace and horizon) with an MAE above 1.15 times")
                .contains("seasonal-naive", "1.500", "holt-winters", "1.160");
    }

    @Test
    void theNearestIsToldWhereNoneIsWeak() {
        var cells =
                Cells.of(
                        List.of(
                                report("a", 9, Map.of(Method.LAST_VALUE, 10.0)),
                                report("b", 11, Map.of(Method.LAST_VALUE, 10.0))),
                        NONE,
                        null);

        assertThat(cells.weak()).isEmpty();
        assertThat(cells.worst().trace()).isEqualTo("b");
        assertThat(cells.inWords()).startsWith("0 of 2 cells").contains("the nearest:", "1.100");
    }

    @Test
    void areComparedWithPublishedErrorsOverAsManyTargetsButNotWithTheYardstick() {
        var published =
                PublishedErrors.parse(
                        "f.csv",
                        List.of(
                                "trace,method,h_steps,n,MAE",
                                "a,hw,5,100,5",
                                "a,pool,5,100,1",
                                "a,others,5,99,2",
                                "a,hw,6,100,3"));
        var reports = List.of(report("a", 6, Map.of(Method.LAST_VALUE, 10.0)));

        var cells = Cells.of(reports, published, "pool");

        assertThat(cells.weak()).containsExactly(new Cells.Cell("a", 300_000, 5, 6, "hw", 5, 1.2));
        assertThat(cells.notCompared()).isEqualTo(1);
        assertThat(cells.inWords()).contains("1 published errors are left out");
        assertThat(Cells.of(reports, published, null).weak().get(0).baseline()).isEqualTo("pool");
    }

    @Test
    void whatIsAlikeIsNotWeakEvenWhereAllIsZeroOrRounding() {
        var cells =
                Cells.of(
                        List.of(
                                report("zero", 0, Map.of(Method.LAST_VALUE, 0.0)),
                                report("rounding", 1e-14, Map.of(Method.LAST_VALUE, 0.0)),
                                report("wrong", 1, Map.of(Method.LAST_VALUE, 0.0))),
                        NONE,
                        null);

        assertThat(cells.weak()).extracting(Cells.Cell::trace).containsExactly("wrong");
    }

    @Test
    void whatIsNotKnownIsNoCell() {
        var cells =
                Cells.of(
                        List.of(report("a", Double.NaN, Map.of(Method.LAST_VALUE, Double.NaN))),
                        NONE,
                        null);

        assertThat(cells.count()).isZero();
        assertThat(cells.worst()).isNull();
        assertThat(cells.inWords()).startsWith("0 of 0 cells");
    }

    /** Five steps of a minute ahead, 100 targets of 100 each. */
    private static TraceReport report(String name, double mae, Map<Method, Double> others) {
        var scores = new EnumMap<Method, Score>(Method.class);
        for (var method : Method.values()) {
            scores.put(method, score(others.getOrDefault(method, Double.NaN)));
        }
        scores.put(Method.SPHERE, score(mae));
        return new TraceReport(
                name,
                60_000,
                1_000,
                0,
                0,
                100,
                null,
                1,
                1,
                List.of(new TraceReport.Horizon(5, 300_000, scores)));
    }

    private static Score score(double mae) {
        return new Score(100, mae, 1, 1, mae, 1, 1, 90, 95);
    }
}
