package dev.sphere.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Policies from YAML, one {@code PredictiveAutoscaler} a document.
 *
 * <ul>
 *   <li>What autoscaling/v2 has too has the same name, meaning, default and range here.
 *   <li>Times are seconds under the names of autoscaling/v2 ({@code stabilizationWindowSeconds},
 *       {@code periodSeconds}; fractions are allowed) or spans such as {@code 48s}, {@code 1m30s},
 *       {@code 500ms} under the short ones ({@code stabilizationWindow}, {@code period}).
 *   <li>Every error is told, not only the first: file, document, field, value, what was expected.
 * </ul>
 */
public final class PolicyFile {
    public static final String API_VERSION = "autoscaling.sphere.dev/v1alpha1";
    public static final String KIND = "PredictiveAutoscaler";

    /** A limit that is not given leaves a replica 90 % full where the target leaves it 70 %. */
    private static final double LIMIT_OVER_TARGET = 0.9 / 0.7;

    private static final double LEAST_QUANTILE = 0.05;
    private static final double GREATEST_QUANTILE = 0.99;
    private static final long LONGEST_WINDOW = 3_600_000;
    private static final long LONGEST_PERIOD = 1_800_000;
    private static final int MOST_REPLICAS = 1_000_000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern NAMES = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern SIGNAL = Pattern.compile("[a-z][a-z0-9_-]{0,62}");
    private static final Pattern SPAN = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");
    private static final Pattern SPANS = Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h))+");

    private static final ObjectReader YAML =
            new YAMLMapper(
                            YAMLFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .readerFor(JsonNode.class);

    private final List<String> errors = new ArrayList<>();
    private final List<Policy> policies = new ArrayList<>();

    /** Where a target, or a name, was met first. */
    private final Map<String, String> targets = new HashMap<>();

    private final Map<String, String> names = new HashMap<>();

    private String file = "";
    private String document = "";

    private PolicyFile() {}

    /**
     * Reads one file.
     *
     * @throws PolicyException with all that is wrong with it
     */
    public static List<Policy> read(Path path) {
        return readAll(List.of(path));
    }

    /**
     * Reads several files whose policies belong together.
     *
     * @throws PolicyException with all that is wrong with any of them
     */
    public static List<Policy> readAll(List<Path> paths) {
        PolicyFile all = new PolicyFile();
        for (Path path : paths) {
            try {
                all.add(path.toString(), Files.readString(path));
            } catch (CharacterCodingException e) {
                all.errors.add(path + ": not UTF-8, expected YAML in UTF-8");
            } catch (IOException e) {
                all.errors.add(path + ": cannot be read (" + e + "), expected a YAML file");
            }
        }
        return all.policies();
    }

    /**
     * Reads a text.
     *
     * @param file where the text is from; errors begin with it
     * @throws PolicyException with all that is wrong with it
     */
    public static List<Policy> parse(String file, String yaml) {
        PolicyFile one = new PolicyFile();
        one.add(file, yaml);
        return one.policies();
    }

    private List<Policy> policies() {
        if (!errors.isEmpty()) {
            throw new PolicyException(errors);
        }
        return policies;
    }

    private void add(String name, String yaml) {
        file = name;
        int number = 0;
        int empty = 0;
        try (MappingIterator<JsonNode> documents = YAML.readValues(yaml)) {
            while (documents.hasNextValue()) {
                JsonNode root = documents.nextValue();
                number++;
                document = "document " + number;
                if (isEmpty(root)) {
                    empty++; // as "---" at the end leaves one
                } else {
                    add(new Field(root, ""));
                }
            }
            if (number == empty) {
                errors.add(file + ": empty, expected a " + KIND + " in each document");
            }
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            String what = e.getOriginalMessage().lines().findFirst().orElse("");
            errors.add(file + where + ": " + what + "; expected YAML");
        } catch (IOException e) {
            errors.add(file + ": " + e + "; expected YAML");
        }
    }

    private void add(Field root) {
        String here = file + ", " + document;
        Policy policy = policy(root);
        String first = targets.putIfAbsent(policy.service(), here);
        if (first != null && !policy.service().endsWith("/")) {
            error(
                    "spec.scaleTargetRef.name",
                    quoted(policy.service()),
                    "a target that no other policy has; " + first + " has the same");
        }
        policies.add(policy);
    }

    private static boolean isEmpty(JsonNode root) {
        return root == null
                || root.isNull()
                || root.isMissingNode()
                || (root.isTextual() && root.textValue().isEmpty());
    }

    private Policy policy(Field root) {
        root.only("apiVersion", "kind", "metadata", "spec");
        root.required("apiVersion").oneOf(API_VERSION);
        root.required("kind").oneOf(KIND);

        Field metadata = root.required("metadata");
        metadata.only("name", "namespace", "labels", "annotations");
        String name = metadata.required("name").matching(NAMES, "a DNS name in lower case", "");
        String namespace =
                metadata.optional("namespace")
                        .matching(NAME, "a DNS label in lower case", "default");
        if (!name.isEmpty()) {
            String first = names.putIfAbsent(namespace + "/" + name, file + ", " + document);
            document += " (" + namespace + "/" + name + ")";
            if (first != null) {
                error(
                        "metadata.name",
                        quoted(name),
                        "a name that no other policy of the namespace has; "
                                + first
                                + " has the same");
            }
        }

        Field spec = root.required("spec");
        spec.only(
                "scaleTargetRef",
                "minReplicas",
                "maxReplicas",
                "signals",
                "forecast",
                "mode",
                "behavior");
        Field target = spec.required("scaleTargetRef");
        target.only("apiVersion", "kind", "name");
        target.optional("apiVersion").oneOf("apps/v1");
        target.required("kind").oneOf("Deployment");
        String targetName = target.required("name").matching(NAMES, "the name of a Deployment", "");

        int min = spec.optional("minReplicas").integer(1, MOST_REPLICAS, 1);
        int max = spec.required("maxReplicas").integer(1, MOST_REPLICAS, MOST_REPLICAS);
        if (max < min) {
            error("spec.maxReplicas", "" + max, "no less than minReplicas, which is " + min);
        }

        Field forecast = spec.optional("forecast");
        forecast.only("enabled", "quantile");
        String mode = spec.optional("mode").oneOf("Recommend", "Scale");
        return new Policy(
                namespace + "/" + targetName,
                min,
                max,
                signals(spec.required("signals")),
                forecast.optional("enabled").bool(true),
                forecast.optional("quantile")
                        .number(
                                q -> q >= LEAST_QUANTILE && q <= GREATEST_QUANTILE,
                                "a number from 0.05 to 0.99",
                                0.9),
                "Scale".equals(mode) ? Policy.Mode.SCALE : Policy.Mode.RECOMMEND,
                behavior(spec.optional("behavior")));
    }

    private List<Policy.Signal> signals(Field list) {
        List<Policy.Signal> signals = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Field field : list.elements("at least one signal")) {
            field.only("name", "target", "limit");
            Field name = field.required("name");
            String signal =
                    name.matching(SIGNAL, "the name of a signal, such as requests or cpu", "");
            if (!signal.isEmpty() && !names.add(signal)) {
                name.error("a signal that is not listed yet");
            }
            double target =
                    field.required("target").number(v -> v > 0, "a number above 0", Double.NaN);
            double limit =
                    field.optional("limit")
                            .number(v -> v > 0, "a number above 0", target * LIMIT_OVER_TARGET);
            if (limit < target) {
                field.optional("limit").error("no less than the target, which is " + target);
            }
            signals.add(new Policy.Signal(signal, target, limit));
        }
        return signals;
    }

    private Policy.Behavior behavior(Field behavior) {
        behavior.only("scaleUp", "scaleDown", "tolerance");
        return new Policy.Behavior(
                direction(
                        behavior.optional("scaleUp"),
                        0,
                        List.of(
                                new Policy.Rate(Policy.Unit.PODS, 4, 15_000),
                                new Policy.Rate(Policy.Unit.PERCENT, 100, 15_000))),
                direction(
                        behavior.optional("scaleDown"),
                        300_000,
                        List.of(new Policy.Rate(Policy.Unit.PERCENT, 100, 15_000))),
                tolerance(behavior, 0.1));
    }

    private static double tolerance(Field behavior, double otherwise) {
        return behavior.optional("tolerance")
                .number(t -> t >= 0 && t < 1, "a number from 0 to less than 1", otherwise);
    }

    private Policy.Direction direction(
            Field direction, long window, List<Policy.Rate> defaultRates) {
        direction.only(
                "stabilizationWindow",
                "stabilizationWindowSeconds",
                "selectPolicy",
                "policies",
                "tolerance");
        List<Policy.Rate> rates = defaultRates;
        Field policies = direction.optional("policies");
        if (policies.isPresent()) {
            rates = new ArrayList<>();
            for (Field rate : policies.elements("at least one policy")) {
                rate.only("type", "value", "period", "periodSeconds");
                String unit = rate.required("type").oneOf("Pods", "Percent");
                rates.add(
                        new Policy.Rate(
                                "Percent".equals(unit) ? Policy.Unit.PERCENT : Policy.Unit.PODS,
                                rate.required("value").integer(1, Integer.MAX_VALUE, 1),
                                rate.spanOrSeconds("period", 1, LONGEST_PERIOD, -1)));
            }
        }
        String select = direction.optional("selectPolicy").oneOf("Max", "Min", "Disabled");
        return new Policy.Direction(
                direction.spanOrSeconds("stabilizationWindow", 0, LONGEST_WINDOW, window),
                rates,
                switch (select) {
                    case "Min" -> Policy.Select.MIN;
                    case "Disabled" -> Policy.Select.DISABLED;
                    default -> Policy.Select.MAX;
                },
                tolerance(direction, Double.NaN));
    }

    private void error(String path, String value, String expected) {
        errors.add(file + ", " + document + ", " + path + ": " + value + ", expected " + expected);
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** A place in a document, there or not, with its path. */
    private final class Field {
        private final JsonNode node;
        private final String path;
        private final boolean usable;

        Field(JsonNode node, String path) {
            this(node, path, true);
        }

        private Field(JsonNode node, String path, boolean usable) {
            this.node = node;
            this.path = path;
            this.usable = usable && node != null && !node.isNull();
        }

        boolean isPresent() {
            return usable;
        }

        void error(String expected) {
            String value = node == null || node.isNull() ? "missing" : node.toString();
            PolicyFile.this.error(path.isEmpty() ? "the document" : path, value, expected);
        }

        /** Tells of fields that nobody reads, as they are mostly misspelt. */
        void only(String... known) {
            if (!usable) {
                return;
            }
            if (!node.isObject()) {
                error("fields (" + String.join(", ", known) + ")");
                return;
            }
            Set<String> allowed = Set.of(known);
            node.properties()
                    .forEach(
                            field -> {
                                if (!allowed.contains(field.getKey())) {
                                    child(field.getKey())
                                            .error(
                                                    "no such field, only "
                                                            + String.join(", ", known));
                                }
                            });
        }

        Field optional(String name) {
            return child(name);
        }

        Field required(String name) {
            Field field = child(name);
            // what is missing in something missing was told already
            if (!field.usable && usable && node.isObject()) {
                field.error("a value");
            }
            return field;
        }

        private Field child(String name) {
            return new Field(
                    usable ? node.get(name) : null, path.isEmpty() ? name : path + "." + name);
        }

        List<Field> elements(String expected) {
            List<Field> elements = new ArrayList<>();
            if (!usable) {
                return elements;
            }
            if (!node.isArray() || node.isEmpty()) {
                error("a list of " + expected);
                return elements;
            }
            for (int i = 0; i < node.size(); i++) {
                Field element = new Field(node.get(i), path + "[" + i + "]");
                if (!element.usable) {
                    element.error("fields");
                }
                elements.add(element);
            }
            return elements;
        }

        /** One of the words; the first if the field is not there. */
        String oneOf(String... words) {
            if (!usable) {
                return words[0];
            }
            for (String word : words) {
                if (node.isTextual() && node.textValue().equals(word)) {
                    return word;
                }
            }
            error(String.join(" or ", words));
            return words[0];
        }

        String matching(Pattern pattern, String expected, String otherwise) {
            if (!usable) {
                return otherwise;
            }
            if (!node.isTextual() || !pattern.matcher(node.textValue()).matches()) {
                error(expected);
                return otherwise;
            }
            return node.textValue();
        }

        boolean bool(boolean otherwise) {
            if (usable && !node.isBoolean()) {
                error("true or false");
            }
            return usable ? node.booleanValue() : otherwise;
        }

        int integer(int least, int most, int otherwise) {
            if (!usable) {
                return otherwise;
            }
            if (!node.isIntegralNumber()
                    || !node.canConvertToInt()
                    || node.intValue() < least
                    || node.intValue() > most) {
                error("a whole number from " + least + " to " + most);
                return otherwise;
            }
            return node.intValue();
        }

        double number(DoublePredicate allowed, String expected, double otherwise) {
            if (!usable) {
                return otherwise;
            }
            if (!node.isNumber()
                    || !Double.isFinite(node.doubleValue())
                    || !allowed.test(node.doubleValue())) {
                error(expected);
                return otherwise;
            }
            return node.doubleValue();
        }

        /** Milliseconds of a span such as 1m30s. */
        long span(long least, long most, long otherwise) {
            if (!usable) {
                return otherwise;
            }
            String expected =
                    "a span from " + least + "ms to " + most / 60_000 + "m, such as 20s or 1m30s";
            if (!node.isTextual() || !SPANS.matcher(node.textValue()).matches()) {
                error(expected);
                return otherwise;
            }
            double milliseconds = 0;
            Matcher part = SPAN.matcher(node.textValue());
            while (part.find()) {
                double unit =
                        switch (part.group(2)) {
                            case "ms" -> 1;
                            case "s" -> 1_000;
                            case "m" -> 60_000;
                            default -> 3_600_000;
                        };
                milliseconds += Double.parseDouble(part.group(1)) * unit;
            }
            return within(milliseconds, least, most, expected, otherwise);
        }

        /**
         * Milliseconds of {@code name} (a span) or {@code nameSeconds} (a number), not both.
         *
         * @param otherwise if neither is there; below 0 if one of them must be
         */
        long spanOrSeconds(String name, long least, long most, long otherwise) {
            Field span = child(name);
            Field seconds = child(name + "Seconds");
            if (span.usable && seconds.usable) {
                seconds.error("nothing, as " + span.path + " is given");
                return otherwise;
            }
            if (seconds.usable) {
                String expected =
                        "a number of seconds from " + least / 1000.0 + " to " + most / 1000;
                double value = seconds.number(v -> true, expected, Double.NaN);
                return Double.isNaN(value)
                        ? otherwise
                        : seconds.within(value * 1000, least, most, expected, otherwise);
            }
            if (!span.usable && usable && otherwise < 0) {
                span.error("a span such as 15s, or " + name + "Seconds");
            }
            return span.span(least, most, otherwise);
        }

        private long within(
                double milliseconds, long least, long most, String expected, long otherwise) {
            if (milliseconds < least || milliseconds > most) {
                error(expected);
                return otherwise;
            }
            return Math.round(milliseconds);
        }
    }
}
