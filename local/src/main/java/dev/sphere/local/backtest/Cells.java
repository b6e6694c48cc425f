package dev.sphere.local.backtest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sphere.local.backtest.PublishedErrors.Published;
import dev.sphere.observe.ObserveSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The traces at each horizon beside the best of what SPHERE is compared with there: where it falls
 * short.
 *
 * @param limit how many times the error of the best baseline is short of it
 * @param count of all cells
 * @param notCompared published errors left out, as they are over another number of targets
 * @param worst the cell with the greatest ratio, whether or not it is above the limit; null if no
 *     error is known
 * @param weak the cells above the limit, the greatest ratio first
 */
public record Cells(
        @JsonProperty("limit") double limit,
        @JsonProperty("count") int count,
        @JsonProperty("notCompared") int notCompared,
        @JsonProperty("worst") Cell worst,
        @JsonProperty("weak") List<Cell> weak) {

    private static final double LIMIT = 1.15;

    /** Error in per cent of what is observed below which it is that of rounding. */
    private static final double ROUNDING = 1e-9;

    private static final String FORMAT = "%-28s %-8s %12s  %-16s %12s %8s%n";

    /**
     * One trace at one horizon.
     *
     * @param baseline the best one
     * @param ratio of SPHERE's mean absolute error to that of the baseline
     */
    public record Cell(
            @JsonProperty("trace") String trace,
            @JsonProperty("millis") long millis,
            @JsonProperty("steps") int steps,
            @JsonProperty("mae") double mae,
            @JsonProperty("baseline") String baseline,
            @JsonProperty("baselineMae") double baselineMae,
            @JsonProperty("ratio") double ratio) {}

    /**
     * @param published errors of other methods
     * @param yardstick which of these is no baseline; null for none
     */
    public static Cells of(List<TraceReport> reports, PublishedErrors published, String yardstick) {
        List<Cell> cells = new ArrayList<>();
        int notCompared = 0;
        for (var report : reports) {
            for (var horizon : report.horizons()) {
                List<Published> baselines = new ArrayList<>();
                for (var method : Method.values()) {
                    var score = horizon.scores().get(method);
                    if (method != Method.SPHERE && !Double.isNaN(score.mae())) {
                        baselines.add(new Published(method.title(), score.mae(), score.targets()));
                    }
                }
                var ours = horizon.scores().get(Method.SPHERE);
                if (Double.isNaN(ours.mae())) {
                    continue; // no target was observed
                }
                for (var other : published.of(report.name(), horizon.steps())) {
                    if (other.method().equals(yardstick)) {
                        continue;
                    }
                    if (other.targets() != 0 && other.targets() != ours.targets()) {
                        notCompared++;
                    } else {
                        baselines.add(other);
                    }
                }
                baselines.stream()
                        .min(Comparator.comparingDouble(Published::mae))
                        .ifPresent(best -> cells.add(cell(report, horizon, ours, best)));
            }
        }
        cells.sort(Comparator.comparingDouble(Cell::ratio).reversed());
        return new Cells(
                LIMIT,
                cells.size(),
                notCompared,
                cells.isEmpty() ? null : cells.get(0),
                cells.stream().filter(cell -> cell.ratio() > LIMIT).toList());
    }

    private static Cell cell(
            TraceReport report, TraceReport.Horizon horizon, Score ours, Published best) {
        double mae = ours.mae();
        boolean isAlike = mae == best.mae() || ours.wape() < ROUNDING;
        return new Cell(
                report.name(),
                horizon.millis(),
                horizon.steps(),
                mae,
                best.method(),
                best.mae(),
                isAlike ? 1 : mae / best.mae());
    }

    /** For people. */
    public String inWords() {
        var text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%d of %d cells (trace and horizon) with an MAE above %.2f times that of the"
                                + " best baseline%s%n",
                        weak.size(),
                        count,
                        limit,
                        weak.isEmpty() && worst != null ? "; the nearest:" : ""));
        if (worst != null) {
            text.append(
                    String.format(
                            FORMAT, "trace", "horizon", "MAE", "best baseline", "MAE", "ratio"));
            (weak.isEmpty() ? List.of(worst) : weak)
                    .forEach(
                            cell ->
                                    text.append(
                                            String.format(
                                                    FORMAT,
                                                    cell.trace(),
                                                    ObserveSettings.inWords(cell.millis()),
                                                    number(cell.mae()),
                                                    cell.baseline(),
                                                    number(cell.baselineMae()),
                                                    String.format(
                                                            Locale.ROOT, "%.3f", cell.ratio()))));
        }
        if (notCompared > 0) {
            text.append(
                    String.format(
                            "%d published errors are left out: they are over another number of"
                                    + " targets%n",
                            notCompared));
        }
        return text.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
