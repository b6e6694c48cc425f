package dev.sphere.local.report;

import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Draws the state of a run as a few lines of text, 100 columns at most. */
public final class StatusBlock {
    /** Columns of the sparkline. */
    public static final int CURVE_COLUMNS = 60;

    private static final int MOST_DOTS = 24;
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final double BAD_SHARE = 0.01;

    private final boolean colored;

    /** The colours of terminals, by ANSI code. */
    private enum Color {
        GREEN(32),
        YELLOW(33),
        RED(31),
        DIM(2),
        BOLD(1);

        final int code;

        Color(int code) {
            this.code = code;
        }
    }

    /**
     * @param colored with ANSI colours, as a terminal shows them
     */
    public StatusBlock(boolean colored) {
        this.colored = colored;
    }

    /** The block, each line ended by a line feed. */
    public String render(StatusSnapshot now) {
        var block = new StringBuilder();
        block.append(paint(Color.BOLD, "SPHERE"))
                .append(
                        text(
                                "  %s   %s%s   %.0f req/s of %.0f   %d sent, ",
                                now.clock().format(CLOCK),
                                minutes(now.elapsedSeconds()),
                                now.totalSeconds() > 0 ? " of " + minutes(now.totalSeconds()) : "",
                                now.sentPerSecond(),
                                now.intendedPerSecond(),
                                now.sent()))
                .append(paint(now.failed() > 0 ? Color.RED : null, now.failed() + " failed"))
                .append('\n');
        block.append(sparkline(now.curve()))
                .append(
                        text(
                                "  day %2.0f %%  lag %s, most %s",
                                100 * now.dayFraction(),
                                millis(now.lagMeanMillis()),
                                millis(now.lagMaxMillis())))
                .append('\n');
        int column = (int) (now.position() * CURVE_COLUMNS);
        column = Math.max(0, Math.min(CURVE_COLUMNS - 1, column));
        block.append(" ".repeat(column))
                .append(paint(Color.BOLD, "▲"))
                .append(" ".repeat(CURVE_COLUMNS - 1 - column))
                .append("  ")
                .append(cut(now.shape(), 36))
                .append('\n');
        block.append(
                        paint(
                                Color.DIM,
                                text(
                                        "%-14s %9s %10s %-8s %7s %-24s %9s %9s",
                                        "service",
                                        "req/s",
                                        "p90 ahead",
                                        "forecast",
                                        "ready",
                                        "replicas",
                                        "p95",
                                        "over SLO")))
                .append('\n');
        for (StatusSnapshot.Service service : now.services()) {
            block.append(line(service)).append('\n');
        }
        return block.toString();
    }

    private String line(StatusSnapshot.Service service) {
        Color replicas = service.ready() < service.desired() ? Color.YELLOW : Color.GREEN;
        return text(
                        "%-14s %9s %10s %-8s ",
                        cut(service.name(), 14),
                        number(service.load()),
                        number(service.expected()),
                        cut(service.health().isEmpty() ? "-" : service.health(), 8))
                + paint(
                        replicas,
                        text(
                                "%7s %-24s",
                                service.ready() + "/" + service.desired(),
                                dots(service.ready(), service.desired())))
                + text(" %9s ", millis(service.p95Millis()))
                + paint(
                        service.overSlo() > BAD_SHARE ? Color.RED : null,
                        text("%9s", percent(service.overSlo())));
    }

    /** A dot for each ready replica, a circle for each that starts. */
    private static String dots(int ready, int desired) {
        int all = Math.max(ready, desired);
        String dots = "●".repeat(ready) + "○".repeat(all - ready);
        return all <= MOST_DOTS ? dots : dots.substring(0, MOST_DOTS - 1) + "…";
    }

    /** The curve in as many columns as there are; the greatest value is the highest bar. */
    static String sparkline(double[] curve) {
        double greatest = 0;
        for (double value : curve) {
            greatest = Math.max(greatest, value);
        }
        var line = new StringBuilder();
        for (int column = 0; column < CURVE_COLUMNS; column++) {
            double value =
                    curve.length == 0
                            ? 0
                            : curve[(int) ((long) column * curve.length / CURVE_COLUMNS)];
            double share = greatest > 0 ? Math.max(0, value) / greatest : 0;
            line.append(BARS.charAt((int) Math.round(share * (BARS.length() - 1))));
        }
        return line.toString();
    }

    private static String minutes(long seconds) {
        return seconds >= 3600
                ? text("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : text("%02d:%02d", seconds / 60, seconds % 60);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : text("%.1f", value);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : text("%.2f %%", 100 * share);
    }

    private static String millis(double millis) {
        if (Double.isNaN(millis)) {
            return "-";
        }
        if (millis >= 10_000) {
            return text("%.1f s", millis / 1000);
        }
        return millis < 10 ? text("%.1f ms", millis) : text("%.0f ms", millis);
    }

    private static String cut(String text, int columns) {
        return text.length() <= columns ? text : text.substring(0, columns - 1) + "…";
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private String paint(Color color, String text) {
        return colored && color != null ? "\033[" + color.code + "m" + text + "\033[0m" : text;
    }
}
