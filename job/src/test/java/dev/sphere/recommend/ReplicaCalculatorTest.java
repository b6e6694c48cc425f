package dev.sphere.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.policy.Policy;
import dev.sphere.recommend.ReplicaCalculator.PodUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReplicaCalculatorTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void asksForAsManyReplicasAsTheHpa(HpaTable.Row row) {
        var calculator =
                new ReplicaCalculator(
                        Double.parseDouble(row.cell(3)), Double.parseDouble(row.cell(4)));
        int current = Integer.parseInt(row.cell(1));
        long target = Long.parseLong(row.cell(2));
        long load = Long.parseLong(row.cell(5));
        List<PodUse> pods = pods(row.cell(6));

        Optional<ReplicaCalculator.Asked> asked =
                switch (row.cell(0)) {
                    case "utilization" -> calculator.utilization(current, (int) target, pods);
                    case "pods" ->
                            calculator.averageValue(current, total(pods), target, seen(pods));
                    case "externalAverage", "objectAverage" ->
                            Optional.of(calculator.averageOfWhole(current, load, target));
                    case "externalValue", "objectValue" ->
                            calculator.value(current, load, target, seen(pods));
                    default -> throw new IllegalArgumentException(row.cell(0));
                };

        assertThat(asked.map(a -> Integer.toString(a.replicas())).orElse("none"))
                .as(row.line())
                .isEqualTo(row.cell(7));
    }

    static List<HpaTable.Row> rows() {
        return HpaTable.rows("hpa-replicas.csv");
    }

    @Test
    void holdsRatherThanTurnsWhatPodsThatAreNotReadyCouldTurn() {
        var calculator = new ReplicaCalculator(0.1, 0.1);

        assertThat(calculator.averageValue(10, 300_000, 50_000, new PodsSeen(4, 6, 0)))
                .hasValue(new ReplicaCalculator.Asked(10, true, true));
        assertThat(calculator.averageValue(10, 800_000, 50_000, new PodsSeen(4, 6, 0)))
                .hasValue(new ReplicaCalculator.Asked(16, false, true));
    }

    @Test
    void neverTurnsMoreThanFitsIntoFewer() {
        var calculator = new ReplicaCalculator(0.1, 0.1);

        assertThat(calculator.averageOfWhole(3, Long.MAX_VALUE, 1).replicas())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(calculator.averageValue(3, Long.MAX_VALUE, 1, new PodsSeen(1, 1, 1)))
                .hasValueSatisfying(a -> assertThat(a.replicas()).isEqualTo(Integer.MAX_VALUE));
        assertThat(calculator.value(3, Long.MAX_VALUE, 1, new PodsSeen(3, 0, 0)))
                .hasValueSatisfying(a -> assertThat(a.replicas()).isEqualTo(Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource({
        "38.9, 38900",
        "0.0001, 1",
        "1.0001, 1001",
        "1e-12, 1",
        "1e30, 9223372036854775807",
        "8.2, 8200"
    })
    void takesATargetInThousandthsAsAQuantityDoes(double target, long thousandths) {
        assertThat(ReplicaCalculator.targetInThousandths(target)).isEqualTo(thousandths);
    }

    @Test
    void takesALoadInTheNearestThousandth() {
        assertThat(ReplicaCalculator.thousandths(350.00000000000006)).isEqualTo(350_000);
        assertThat(ReplicaCalculator.thousandths(0.0015)).isEqualTo(2);
        assertThat(ReplicaCalculator.thousandths(1e30)).isEqualTo(Long.MAX_VALUE);
    }

    /** What Go's resource.MustParse(...).AsApproximateFloat64() makes of 9m, 100m, 0 and 1. */
    @ParameterizedTest
    @CsvSource({"0.009, 0.009000000000000001", "0.1, 0.1", "0, 0", "1, 1"})
    void takesAToleranceAsTheDoubleThatKubernetesMakesOfIt(double written, double read) {
        var direction = new Policy.Direction(0, List.of(), Policy.Select.MAX, written);
        var behavior = new Policy.Behavior(direction, direction, 0.1);

        assertThat(ReplicaCalculator.of(behavior)).isEqualTo(new ReplicaCalculator(read, read));
    }

    private static List<PodUse> pods(String written) {
        List<PodUse> pods = new ArrayList<>();
        for (String group : written.isEmpty() ? new String[0] : written.split(" ")) {
            int star = group.indexOf('*');
            String[] use = (group.substring(star + 2) + "/").split("/", -1);
            PodUse pod =
                    new PodUse(
                            switch (group.charAt(star + 1)) {
                                case 'r' -> PodStanding.READY;
                                case 'u' -> PodStanding.NOT_READY;
                                case 'm' -> PodStanding.MISSING;
                                case 'i' -> PodStanding.IGNORED;
                                default -> throw new IllegalArgumentException(group);
                            },
                            use[0].isEmpty() ? 0 : Long.parseLong(use[0]),
                            use[1].isEmpty()
                                    ? ReplicaCalculator.NO_REQUEST
                                    : Long.parseLong(use[1]));
            for (int i = Integer.parseInt(group.substring(0, star)); i > 0; i--) {
                pods.add(pod);
            }
        }
        return pods;
    }

    private static long total(List<PodUse> pods) {
        return pods.stream()
                .filter(pod -> pod.standing() == PodStanding.READY)
                .mapToLong(PodUse::value)
                .sum();
    }

    private static PodsSeen seen(List<PodUse> pods) {
        int[] counts = new int[PodStanding.values().length];
        pods.forEach(pod -> counts[pod.standing().ordinal()]++);
        return new PodsSeen(counts[0], counts[1], counts[2]);
    }
}
