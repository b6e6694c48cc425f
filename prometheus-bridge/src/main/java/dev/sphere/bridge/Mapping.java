package dev.sphere.bridge;

import dev.sphere.bridge.ServiceSamples.Aggregation;
import dev.sphere.bridge.ServiceSamples.Kind;
import dev.sphere.bridge.ServiceSamples.Series;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Says which signal a sample belongs to, if any. */
public final class Mapping {
    /** The label that names the instance; ours always, whatever the exposition says. */
    static final String POD = "pod";

    private static final String CREATED = "_created";
    private static final List<String> SUFFIXES = List.of("_total", "_count", "_sum", "_bucket");

    private final Map<String, List<Rule>> rules = new HashMap<>();
    private final Set<String> createdNames = new HashSet<>();

    Mapping(List<Rule> rules) {
        for (Rule rule : rules) {
            this.rules.computeIfAbsent(rule.metric(), metric -> new ArrayList<>()).add(rule);
            if (rule.kind() == Kind.COUNTER) {
                createdNames.add(createdName(rule.metric()));
            }
        }
    }

    /** All rules that want the sample; none if nobody does. */
    List<Rule> rulesFor(ExposedSample sample) {
        var candidates = rules.get(sample.name());
        if (candidates == null) {
            return List.of();
        }
        if (candidates.size() == 1) {
            return candidates.get(0).matches(sample.labels()) ? candidates : List.of();
        }
        return candidates.stream().filter(rule -> rule.matches(sample.labels())).toList();
    }

    /** Whether the metric says since when a counter that is wanted counts. */
    boolean isCreationTime(String metric) {
        return createdNames.contains(metric);
    }

    /** The metric that says since when the counter counts, in OpenMetrics' naming. */
    static String createdName(String counter) {
        for (String suffix : SUFFIXES) {
            if (counter.endsWith(suffix) && counter.length() > suffix.length()) {
                return counter.substring(0, counter.length() - suffix.length()) + CREATED;
            }
        }
        return counter + CREATED;
    }

    /**
     * Labels under which the counter's creation time is exposed: a histogram has one, not one per
     * bucket.
     */
    static Map<String, String> createdLabels(ExposedSample counter) {
        if (!counter.labels().containsKey("le") || !counter.name().endsWith("_bucket")) {
            return counter.labels();
        }
        var labels = new TreeMap<>(counter.labels());
        labels.remove("le");
        return labels;
    }

    /**
     * What a metric means.
     *
     * @param keep the labels that go into the message; null for all
     */
    public record Rule(
            String metric,
            List<Matcher> match,
            String signal,
            Kind kind,
            Aggregation aggregation,
            List<String> keep) {

        public Rule {
            match = List.copyOf(match);
            keep = keep == null ? null : List.copyOf(keep);
        }

        boolean matches(Map<String, String> labels) {
            for (Matcher matcher : match) {
                if (!matcher.matches(labels.getOrDefault(matcher.label(), ""))) {
                    return false;
                }
            }
            return true;
        }

        /**
         * @param pod empty for no such label
         */
        Series series(Map<String, String> exposed, String pod) {
            var labels = new TreeMap<String, String>();
            if (keep == null) {
                labels.putAll(exposed);
            } else {
                for (String label : keep) {
                    String text = exposed.get(label);
                    if (text != null) {
                        labels.put(label, text);
                    }
                }
            }
            if (pod.isEmpty()) {
                labels.remove(POD);
            } else {
                labels.put(POD, pod);
            }
            return new Series(signal, kind, aggregation, Collections.unmodifiableMap(labels));
        }
    }

    /** What a label must be. */
    public record Matcher(String label, Op op, String value, Pattern pattern) {

        static Matcher of(String label, Op op, String value) {
            boolean regex = op == Op.MATCHES || op == Op.MATCHES_NOT;
            return new Matcher(label, op, value, regex ? Pattern.compile(value) : null);
        }

        boolean matches(String text) {
            return switch (op) {
                case EQUALS -> text.equals(value);
                case EQUALS_NOT -> !text.equals(value);
                case MATCHES -> pattern.matcher(text).matches();
                case MATCHES_NOT -> !pattern.matcher(text).matches();
            };
        }
    }

    /** The comparisons of PromQL. */
    public enum Op {
        EQUALS("="),
        EQUALS_NOT("!="),
        MATCHES("=~"),
        MATCHES_NOT("!~");

        private final String symbol;

        Op(String symbol) {
            this.symbol = symbol;
        }

        static Op of(String symbol) {
            for (Op op : values()) {
                if (op.symbol.equals(symbol)) {
                    return op;
                }
            }
            throw new IllegalArgumentException("no comparison: " + symbol);
        }
    }
}
