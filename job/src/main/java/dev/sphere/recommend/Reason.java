package dev.sphere.recommend;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The words of a decision: what the load is, and which rules changed what it asks for. */
final class Reason {
    private final List<String> parts = new ArrayList<>();

    Reason add(String part) {
        parts.add(part);
        return this;
    }

    String text() {
        return String.join("; ", parts);
    }

    /**
     * What the load asks for: {@code 312 requests/s expected within 20 s (p90), 50 per replica}.
     */
    static String of(Recommendation r) {
        String load =
                switch (r.basis()) {
                    case FORECAST ->
                            r.load() >= r.expected()
                                    ? amount(r.signal(), r.load()) + " now, no less expected"
                                    : amount(r.signal(), r.expected())
                                            + " expected within "
                                            + span(r.horizon())
                                            + " (p"
                                            + number(r.quantile() * 100)
                                            + ")";
                    case REACTIVE, NONE -> amount(r.signal(), r.load()) + " now";
                };
        return load + ", " + value(r.signal(), r.perReplica()) + " per replica";
    }

    /** The pods without a load that counts: {@code 2 not ready and 1 not measured}. */
    static String of(PodsSeen pods) {
        List<String> others = new ArrayList<>();
        if (pods.notReady() > 0) {
            others.add(pods.notReady() + " not ready");
        }
        if (pods.missing() > 0) {
            others.add(pods.missing() + " not measured");
        }
        return "pods reckoned with: " + String.join(" and ", others);
    }

    /** A load with its unit. */
    static String amount(String signal, double value) {
        return switch (signal) {
            case "requests" -> number(value) + " requests/s";
            case "cpu" -> number(value) + " cores";
            case "memory" -> bytes(value) + " of memory";
            case "disk" -> bytes(value) + "/s of disk";
            case "queue" -> number(value) + " in the queue";
            default -> number(value) + " " + signal;
        };
    }

    /** A length of time in the largest unit that keeps it short. */
    static String span(long milliseconds) {
        if (milliseconds >= 60_000 && milliseconds % 60_000 == 0) {
            return milliseconds / 60_000 + " min";
        }
        return number(milliseconds / 1000.0) + " s";
    }

    private static String value(String signal, double value) {
        return switch (signal) {
            case "memory", "disk" -> bytes(value);
            default -> number(value);
        };
    }

    private static String bytes(double value) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return number(value) + " " + units[unit];
    }

    /** Three digits are enough for people. */
    private static String number(double value) {
        double size = Math.abs(value);
        String text = String.format(Locale.ROOT, size >= 99.95 ? "%.0f" : "%.2f", value);
        if (size < 99.95 && size >= 9.995) {
            text = String.format(Locale.ROOT, "%.1f", value);
        }
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
