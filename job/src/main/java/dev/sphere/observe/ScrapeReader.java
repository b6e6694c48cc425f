package dev.sphere.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.sphere.observe.Sample.Aggregation;
import dev.sphere.observe.Sample.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one record of the topic {@code metrics}; whatever the bytes are, it answers and never
 * throws.
 *
 * <ul>
 *   <li>What is no JSON object, or lacks a sensible service or time, is rejected as a whole.
 *   <li>A bad sample is left out and named in the reason; those beside it are kept.
 *   <li>Unknown fields are ignored, and null is as good as absent, so that newer bridges can be
 *       read.
 * </ul>
 *
 * Not for use by several threads.
 */
public final class ScrapeReader {

    public static final int DEFAULT_MAX_BYTES = 1 << 20;

    static final int VERSION = 1;
    static final int MAX_SAMPLES = 10_000;
    static final int MAX_LABELS = 64;
    static final int MAX_SERIES_LENGTH = 4096;
    static final int MAX_SIGNAL_LENGTH = 100;
    static final int MAX_SERVICE_LENGTH = 317;
    static final int MAX_SOURCE_LENGTH = 253;
    static final int MAX_NAMED_PROBLEMS = 5;

    /** The last millisecond of the year 9999. */
    public static final long MAX_TIME = 253_402_300_799_999L;

    /** Greater values are no measurements, and their squares would no longer be numbers. */
    static final double MAX_VALUE = 1e100;

    private static final String SERVICE_EXPECTED =
            "namespace/name of RFC 1123 names, at most " + MAX_SERVICE_LENGTH + " characters";
    private static final String TIME_EXPECTED = "epoch milliseconds from 1 to " + MAX_TIME;

    /** How much of a bad value is repeated in the reason. */
    private static final int SHOWN_LENGTH = 60;

    /**
     * @param scrape what could be read, null if nothing
     * @param reason why something could not be read, null if all could
     */
    public record Reading(Scrape scrape, String reason) {}

    private final int maxBytes;
    private final JsonFactory json;
    private final String[] names = new String[MAX_LABELS];
    private final String[] values = new String[MAX_LABELS];
    private final StringBuilder canonical = new StringBuilder();

    private List<Sample> samples;
    private List<String> problems;
    private int problemCount;
    private String labelsProblem;

    public ScrapeReader() {
        this(DEFAULT_MAX_BYTES);
    }

    /**
     * @param maxBytes longest payload that is read at all
     */
    public ScrapeReader(int maxBytes) {
        this.maxBytes = maxBytes;
        this.json =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxNestingDepth(64)
                                        .maxNameLength(1024)
                                        .maxNumberLength(1000)
                                        .maxStringLength(maxBytes)
                                        .maxDocumentLength(maxBytes)
                                        .build())
                        .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                        // Foreign names must not fill the JVM's table of strings.
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        // UTF-8 only: anything else would be read here and by nobody else.
                        .disable(JsonFactory.Feature.CHARSET_DETECTION)
                        .build();
    }

    public Reading read(byte[] payload) {
        if (payload == null) {
            return rejected("no value (a tombstone), expected a JSON object");
        }
        if (payload.length > maxBytes) {
            return rejected(payload.length + " bytes, expected at most " + maxBytes);
        }
        samples = new ArrayList<>();
        problems = new ArrayList<>();
        problemCount = 0;
        try (JsonParser parser = json.createParser(payload)) {
            return read(parser);
        } catch (JsonProcessingException e) {
            return rejected(
                    "not JSON: "
                            + shown(e.getOriginalMessage(), 4 * SHOWN_LENGTH)
                            + (e.getLocation() == null
                                    ? ""
                                    : " (byte " + e.getLocation().getByteOffset() + ")"));
        } catch (IOException e) {
            // Bytes that are not UTF-8 are told so.
            return rejected("not JSON: " + shown(e.getMessage(), 4 * SHOWN_LENGTH));
        } catch (RuntimeException e) {
            // A fault of the parser must cost one record and not the job: it would come again after
            // each restart.
            return rejected("not readable: " + shown(e.toString(), 4 * SHOWN_LENGTH));
        } finally {
            samples = null;
            problems = null;
        }
    }

    private Reading read(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            return rejected((first == null ? "empty" : found(parser)) + ", expected a JSON object");
        }
        Long version = null;
        String service = null;
        Long at = null;
        String source = null;
        boolean hasSamples = false;
        String wrong = null;
        String wrongVersion = null;

        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "v" -> {
                    wrong = first(wrong, twice(version != null, field));
                    version = parser.hasToken(JsonToken.VALUE_NUMBER_INT) ? whole(parser) : -1L;
                    if (version != VERSION) {
                        wrongVersion = problem(field, found(parser), String.valueOf(VERSION));
                    }
                }
                case "service" -> {
                    wrong = first(wrong, twice(service != null, field));
                    service = text(parser);
                    if (!isService(service)) {
                        wrong = first(wrong, problem(field, found(parser), SERVICE_EXPECTED));
                        service = "";
                    }
                }
                case "at" -> {
                    wrong = first(wrong, twice(at != null, field));
                    at = parser.hasToken(JsonToken.VALUE_NUMBER_INT) ? whole(parser) : -1L;
                    if (at < 1 || at > MAX_TIME) {
                        wrong = first(wrong, problem(field, found(parser), TIME_EXPECTED));
                    }
                }
                case "source" -> {
                    wrong = first(wrong, twice(source != null, field));
                    source = text(parser);
                    if (source == null || source.length() > MAX_SOURCE_LENGTH) {
                        wrong =
                                first(
                                        wrong,
                                        problem(
                                                field,
                                                found(parser),
                                                "a string of at most " + MAX_SOURCE_LENGTH));
                        source = "";
                    }
                }
                case "samples" -> {
                    wrong = first(wrong, twice(hasSamples, field));
                    hasSamples = true;
                    if (parser.hasToken(JsonToken.START_ARRAY)) {
                        readSamples(parser);
                    } else {
                        wrong = first(wrong, problem(field, found(parser), "an array"));
                    }
                }
                default -> {}
            }
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            return rejected("something after the JSON object, expected nothing");
        }
        // The version first: what another version means by the other fields is not known.
        wrong = first(wrongVersion, wrong);
        wrong = first(wrong, missing(version == null, "v"));
        wrong = first(wrong, missing(service == null, "service"));
        wrong = first(wrong, missing(at == null, "at"));
        wrong = first(wrong, missing(!hasSamples, "samples"));
        if (wrong != null) {
            return rejected(wrong);
        }
        if (samples.isEmpty() && problemCount == 0) {
            return rejected("samples: none, expected at least one");
        }
        Scrape scrape =
                samples.isEmpty()
                        ? null
                        : new Scrape(service, at, source == null ? "" : source, samples);
        return new Reading(scrape, reason());
    }

    private void readSamples(JsonParser parser) throws IOException {
        int i = 0;
        for (; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (i >= MAX_SAMPLES) {
                parser.skipChildren();
            } else if (parser.hasToken(JsonToken.START_OBJECT)) {
                readSample(parser, i);
            } else {
                bad(i, problem("", found(parser), "an object"));
                parser.skipChildren();
            }
        }
        if (i > MAX_SAMPLES) {
            bad(MAX_SAMPLES, " and later: " + i + " samples, expected at most " + MAX_SAMPLES);
        }
    }

    private void readSample(JsonParser parser, int position) throws IOException {
        String signal = null;
        Kind kind = null;
        Aggregation aggregation = null;
        boolean hasLabels = false;
        boolean hasValue = false;
        double value = 0;
        Boolean stale = null;
        Long created = null;
        String pod = "";
        String series = "";
        String wrong = null;

        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "signal" -> {
                    wrong = first(wrong, twice(signal != null, field));
                    signal = text(parser);
                    if (!isSignal(signal)) {
                        String expected = "1 to 100 of letters, digits and _ . : -";
                        wrong = first(wrong, problem(field, found(parser), expected));
                        signal = "";
                    }
                }
                case "kind" -> {
                    wrong = first(wrong, twice(kind != null, field));
                    String text = text(parser);
                    if ("counter".equals(text)) {
                        kind = Kind.COUNTER;
                    } else if ("gauge".equals(text)) {
                        kind = Kind.GAUGE;
                    } else {
                        wrong = first(wrong, problem(field, found(parser), "counter or gauge"));
                        kind = Kind.GAUGE;
                    }
                }
                case "agg" -> {
                    wrong = first(wrong, twice(aggregation != null, field));
                    String text = text(parser);
                    if ("sum".equals(text)) {
                        aggregation = Aggregation.SUM;
                    } else if ("mean".equals(text)) {
                        aggregation = Aggregation.MEAN;
                    } else if ("max".equals(text)) {
                        aggregation = Aggregation.MAX;
                    } else {
                        wrong = first(wrong, problem(field, found(parser), "sum, mean or max"));
                        aggregation = Aggregation.SUM;
                    }
                }
                case "labels" -> {
                    wrong = first(wrong, twice(hasLabels, field));
                    hasLabels = true;
                    if (parser.hasToken(JsonToken.START_OBJECT)) {
                        int count = readLabels(parser);
                        if (count < 0) {
                            wrong = first(wrong, labelsProblem);
                        } else {
                            pod = pod(count);
                            series = series(count);
                            if (series.length() > MAX_SERIES_LENGTH) {
                                String found = series.length() + " characters together";
                                String expected = "at most " + MAX_SERIES_LENGTH;
                                wrong = first(wrong, problem(field, found, expected));
                            }
                        }
                    } else {
                        wrong = first(wrong, problem(field, found(parser), "an object"));
                    }
                }
                case "value" -> {
                    wrong = first(wrong, twice(hasValue, field));
                    hasValue = true;
                    if (parser.currentToken().isNumeric()) {
                        value = parser.getDoubleValue();
                        if (!(Math.abs(value) <= MAX_VALUE)) {
                            String expected = "at most " + MAX_VALUE + " or \"+Inf\"";
                            wrong = first(wrong, problem(field, found(parser), expected));
                        }
                    } else {
                        Double named = named(text(parser));
                        if (named == null) {
                            String expected = "a number, \"NaN\", \"+Inf\" or \"-Inf\"";
                            wrong = first(wrong, problem(field, found(parser), expected));
                        } else {
                            value = named;
                        }
                    }
                }
                case "stale" -> {
                    wrong = first(wrong, twice(stale != null, field));
                    stale = parser.hasToken(JsonToken.VALUE_TRUE);
                    if (!parser.currentToken().isBoolean()) {
                        wrong = first(wrong, problem(field, found(parser), "true or false"));
                    }
                }
                case "created" -> {
                    wrong = first(wrong, twice(created != null, field));
                    created = parser.hasToken(JsonToken.VALUE_NUMBER_INT) ? whole(parser) : -1L;
                    if (created < 0 || created > MAX_TIME) {
                        wrong = first(wrong, problem(field, found(parser), TIME_EXPECTED));
                    }
                }
                default -> {}
            }
            parser.skipChildren();
        }
        boolean isStale = stale != null && stale;
        wrong = first(wrong, missing(signal == null, "signal"));
        wrong = first(wrong, missing(kind == null, "kind"));
        wrong = first(wrong, missing(aggregation == null, "agg"));
        wrong = first(wrong, missing(!hasValue && !isStale, "value"));
        if (wrong == null && kind == Kind.COUNTER && !isStale && !isCount(value)) {
            wrong = problem("value", value + " of a counter", "a finite number, 0 or more");
        }
        if (wrong != null) {
            bad(position, "." + wrong);
            return;
        }
        samples.add(
                new Sample(
                        signal,
                        kind,
                        aggregation,
                        series,
                        pod,
                        isStale ? Double.NaN : value,
                        isStale,
                        created == null ? 0 : created));
    }

    /** Reads the labels in the order of their names; returns how many, or -1 if they are bad. */
    private int readLabels(JsonParser parser) throws IOException {
        labelsProblem = null;
        int count = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NULL) {
                continue;
            }
            String value = text(parser);
            if (value == null) {
                labelsProblem =
                        first(
                                labelsProblem,
                                problem("labels." + shown(name), found(parser), "a string"));
                parser.skipChildren();
            } else if (count == MAX_LABELS) {
                String found = "more than " + MAX_LABELS + " of them";
                labelsProblem = first(labelsProblem, problem("labels", found, "fewer"));
            } else {
                int place = count;
                while (place > 0 && names[place - 1].compareTo(name) > 0) {
                    names[place] = names[place - 1];
                    values[place] = values[place - 1];
                    place--;
                }
                names[place] = name;
                values[place] = value;
                count++;
                if (place > 0 && names[place - 1].equals(name)) {
                    labelsProblem = first(labelsProblem, twice(true, "labels." + shown(name)));
                }
            }
        }
        return labelsProblem == null ? count : -1;
    }

    private String pod(int count) {
        for (int i = 0; i < count; i++) {
            if (names[i].equals("pod")) {
                return values[i];
            }
        }
        return "";
    }

    private String series(int count) {
        canonical.setLength(0);
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                canonical.append(',');
            }
            appendEscaped(names[i]);
            canonical.append('=').append('"');
            appendEscaped(values[i]);
            canonical.append('"');
        }
        return canonical.toString();
    }

    /** No two sets of labels may look the same. */
    private void appendEscaped(String text) {
        if (text.indexOf('"') < 0 && text.indexOf('\\') < 0) {
            canonical.append(text);
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == '"' || each == '\\') {
                canonical.append('\\');
            }
            canonical.append(each);
        }
    }

    private static Double named(String text) {
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "+Inf", "Inf", "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
            case "-Inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> null;
        };
    }

    private static boolean isCount(double value) {
        return value >= 0 && value <= MAX_VALUE;
    }

    private static boolean isSignal(String text) {
        if (text == null || text.isEmpty() || text.length() > MAX_SIGNAL_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            boolean isLetter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
            if (!isLetter && !(each >= '0' && each <= '9') && "_.:-".indexOf(each) < 0) {
                return false;
            }
        }
        return true;
    }

    /** A label of RFC 1123, a slash, and a name of such labels with dots between. */
    public static boolean isService(String text) {
        if (text == null || text.length() > MAX_SERVICE_LENGTH) {
            return false;
        }
        int slash = text.indexOf('/');
        if (slash < 0 || !isLabel(text, 0, slash)) {
            return false;
        }
        int start = slash + 1;
        for (int dot = text.indexOf('.', start); dot >= 0; dot = text.indexOf('.', start)) {
            if (!isLabel(text, start, dot)) {
                return false;
            }
            start = dot + 1;
        }
        return isLabel(text, start, text.length());
    }

    private static boolean isLabel(String text, int start, int end) {
        if (start >= end || end - start > 63) {
            return false;
        }
        for (int i = start; i < end; i++) {
            char each = text.charAt(i);
            boolean isInner = each == '-' && i > start && i < end - 1;
            if (!isInner && !(each >= 'a' && each <= 'z') && !(each >= '0' && each <= '9')) {
                return false;
            }
        }
        return true;
    }

    private static String text(JsonParser parser) throws IOException {
        return parser.hasToken(JsonToken.VALUE_STRING) ? parser.getText() : null;
    }

    /** The whole number, or -1 if it is too big for one. */
    private static long whole(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? -1
                : parser.getLongValue();
    }

    private static String found(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> '"' + shown(parser.getText()) + '"';
            default -> shown(parser.getText());
        };
    }

    private static String shown(String text) {
        return shown(text, SHOWN_LENGTH);
    }

    private static String shown(String text, int length) {
        if (text == null) {
            return "no message";
        }
        StringBuilder cut =
                new StringBuilder(text.length() <= length ? text : text.substring(0, length));
        for (int i = 0; i < cut.length(); i++) {
            // A reason is one line in a log.
            if (Character.isISOControl(cut.charAt(i))) {
                cut.setCharAt(i, '?');
            }
        }
        return text.length() <= length ? cut.toString() : cut.append('…').toString();
    }

    private static String problem(String field, String found, String expected) {
        return field + ": " + found + ", expected " + expected;
    }

    private static String twice(boolean isTwice, String field) {
        return isTwice ? problem(field, "given twice", "once") : null;
    }

    private static String missing(boolean isMissing, String field) {
        return isMissing ? field + ": missing" : null;
    }

    private static String first(String one, String other) {
        return one != null ? one : other;
    }

    private void bad(int position, String what) {
        problemCount++;
        if (problems.size() < MAX_NAMED_PROBLEMS) {
            problems.add("samples[" + position + "]" + what);
        }
    }

    private String reason() {
        if (problemCount == 0) {
            return null;
        }
        String named = String.join("; ", problems);
        int more = problemCount - problems.size();
        return more == 0 ? named : named + "; and " + more + " more";
    }

    private static Reading rejected(String reason) {
        return new Reading(null, reason);
    }
}
