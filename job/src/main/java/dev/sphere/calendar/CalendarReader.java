package dev.sphere.calendar;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sphere.calendar.CalendarEntry.Kind;
import dev.sphere.observe.ScrapeReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads one record of the topic {@code calendar}; whatever the bytes are, it answers and never
 * throws. Unknown fields are ignored, and null is as good as absent.
 */
final class CalendarReader {
    static final int VERSION = 1;
    static final int MAX_BYTES = 1 << 16;
    static final int MAX_SERVICES = 100;
    static final int MAX_REASON_LENGTH = 1_000;

    /** A longer period is a mistake, such as seconds beside milliseconds. */
    static final Duration MAX_LENGTH = Duration.ofDays(366);

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.:-]{1,253}");
    private static final String ID_EXPECTED = "1 to 253 of letters, digits and _ . : -";
    private static final String TIME_EXPECTED =
            "epoch milliseconds from 1 to " + ScrapeReader.MAX_TIME;
    private static final String SERVICE_EXPECTED =
            "namespace/name or namespace/*, of RFC 1123 names";
    private static final int SHOWN_LENGTH = 60;

    private static final ObjectReader JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(64)
                                                    .maxNumberLength(1_000)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build()
                    .readerFor(JsonNode.class);

    /**
     * @param change what the record says, null if it could not be read
     * @param reason why it could not, null if it could
     */
    record Reading(CalendarChange change, String reason) {}

    private CalendarReader() {}

    /**
     * @param key of the record: the id of the entry
     * @param value of the record; null withdraws the entry
     */
    static Reading read(byte[] key, byte[] value, int partition, long offset) {
        try {
            if (partition != 0) {
                // The order of two partitions is not known, and so not which entry is newer.
                throw new Unreadable(
                        "partition " + partition, "one partition of this topic, number 0");
            }
            String id = key(key);
            var entry = value == null ? null : entry(id, value);
            return new Reading(new CalendarChange(id, entry, offset), null);
        } catch (Unreadable e) {
            return new Reading(null, e.getMessage());
        } catch (JsonProcessingException e) {
            return new Reading(null, "not JSON: " + shown(e.getOriginalMessage()));
        } catch (IOException e) {
            // Bytes that are not UTF-8 are told so.
            return new Reading(null, "not JSON: " + shown(e.getMessage()));
        } catch (RuntimeException e) {
            // A fault of the parser must cost one record and not the job: it would come again after
            // each restart.
            return new Reading(null, "not readable: " + shown(e.toString()));
        }
    }

    private static String key(byte[] key) throws Unreadable {
        if (key == null) {
            throw new Unreadable("key: missing", "the id of the entry");
        }
        String id = new String(key, UTF_8);
        if (!ID.matcher(id).matches()) {
            throw new Unreadable("key: \"" + shown(id) + '"', ID_EXPECTED);
        }
        return id;
    }

    private static CalendarEntry entry(String key, byte[] value) throws IOException, Unreadable {
        if (value.length > MAX_BYTES) {
            throw new Unreadable(value.length + " bytes", "at most " + MAX_BYTES);
        }
        JsonNode json = JSON.readTree(value);
        if (!json.isObject()) {
            throw new Unreadable(json.isMissingNode() ? "empty" : found(json), "a JSON object");
        }
        // The version first: what another version means by the other fields is not known.
        if (!given(json, "v").isIntegralNumber() || json.get("v").asLong() != VERSION) {
            throw new Unreadable("v: " + found(json.get("v")), String.valueOf(VERSION));
        }
        String id = text(given(json, "id"), "id", "the key of the record");
        if (!id.equals(key)) {
            // Kafka keeps the newest record of each key: another id would be lost with it.
            throw new Unreadable("id: \"" + shown(id) + '"', "the key of the record, " + key);
        }
        var kind = kind(given(json, "kind"));
        long from = time(given(json, "from"), "from");
        long to = time(given(json, "to"), "to");
        if (to <= from || to - from > MAX_LENGTH.toMillis()) {
            throw new Unreadable(
                    "to: " + to, "later than from, by at most " + MAX_LENGTH.toDays() + " days");
        }
        var like = like(json, kind);
        return new CalendarEntry(
                id, kind, from, to, services(json), like, zone(json, like), reason(json), 0);
    }

    private static Kind kind(JsonNode kind) throws Unreadable {
        return switch (kind.asText()) {
            case "special" -> Kind.SPECIAL;
            case "ignore" -> Kind.IGNORE;
            default -> throw new Unreadable("kind: " + found(kind), "special or ignore");
        };
    }

    private static long time(JsonNode time, String field) throws Unreadable {
        boolean whole = time.isIntegralNumber() && time.canConvertToLong();
        if (!whole || time.asLong() < 1 || time.asLong() > ScrapeReader.MAX_TIME) {
            throw new Unreadable(field + ": " + found(time), TIME_EXPECTED);
        }
        return time.asLong();
    }

    private static List<String> services(JsonNode json) throws Unreadable {
        if (!json.hasNonNull("services")) {
            return List.of();
        }
        var given = json.get("services");
        if (!given.isArray() || given.isEmpty() || given.size() > MAX_SERVICES) {
            throw new Unreadable(
                    "services: " + (given.isArray() ? given.size() + " of them" : found(given)),
                    "an array of 1 to " + MAX_SERVICES + "; without it all services are meant");
        }
        List<String> services = new ArrayList<>(given.size());
        for (var each : given) {
            String field = "services[" + services.size() + "]";
            String service = text(each, field, SERVICE_EXPECTED);
            // Whether it is a namespace is seen by a name in it.
            String example =
                    service.endsWith("/*")
                            ? service.substring(0, service.length() - 1) + 'a'
                            : service;
            if (!ScrapeReader.isService(example)) {
                throw new Unreadable(field + ": " + found(each), SERVICE_EXPECTED);
            }
            services.add(service);
        }
        return services;
    }

    private static DayOfWeek like(JsonNode json, Kind kind) throws Unreadable {
        if (!json.hasNonNull("like")) {
            return null;
        }
        var like = json.get("like");
        if (kind != Kind.SPECIAL) {
            throw new Unreadable("like: " + found(like), "none, but where kind is special");
        }
        for (var day : DayOfWeek.values()) {
            if (like.isTextual() && like.asText().equals(day.name().toLowerCase(Locale.ROOT))) {
                return day;
            }
        }
        throw new Unreadable("like: " + found(like), "a weekday, from monday to sunday");
    }

    private static String zone(JsonNode json, DayOfWeek like) throws Unreadable {
        if (!json.hasNonNull("zone")) {
            return "UTC";
        }
        var zone = json.get("zone");
        if (like == null) {
            throw new Unreadable("zone: " + found(zone), "none, but where like is given");
        }
        String expected = "a time zone such as Europe/Berlin";
        try {
            return ZoneId.of(text(zone, "zone", expected)).getId();
        } catch (DateTimeException e) {
            throw new Unreadable("zone: " + found(zone), expected);
        }
    }

    private static String reason(JsonNode json) throws Unreadable {
        if (!json.hasNonNull("reason")) {
            return "";
        }
        var reason = json.get("reason");
        String expected = "a string of at most " + MAX_REASON_LENGTH;
        if (text(reason, "reason", expected).length() > MAX_REASON_LENGTH) {
            throw new Unreadable("reason: " + found(reason), expected);
        }
        return reason.asText();
    }

    private static JsonNode given(JsonNode json, String field) throws Unreadable {
        if (!json.hasNonNull(field)) {
            throw new Unreadable(field + ": missing");
        }
        return json.get(field);
    }

    private static String text(JsonNode node, String field, String expected) throws Unreadable {
        if (!node.isTextual()) {
            throw new Unreadable(field + ": " + found(node), expected);
        }
        return node.asText();
    }

    private static String found(JsonNode node) {
        if (node.isObject()) {
            return "an object";
        }
        if (node.isArray()) {
            return "an array";
        }
        return node.isTextual() ? '"' + shown(node.asText()) + '"' : shown(node.asText());
    }

    /** A reason is one line in a log, and not a long one. */
    private static String shown(String text) {
        if (text == null) {
            return "no message";
        }
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= SHOWN_LENGTH ? line : line.substring(0, SHOWN_LENGTH) + '…';
    }

    /** Says why a record cannot be read, and what was expected. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String found, String expected) {
            this(found + ", expected " + expected);
        }

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }
}
