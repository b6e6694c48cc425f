package dev.sphere.calendar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.calendar.CalendarEntry.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarReaderTest {
    private static final long SEED = 20_261_121;

    private static final String GOOD =
            "{'v':1,'id':'a','kind':'special','from':1000,'to':2000,'services':['x/y'],"
                    + "'like':'sunday','zone':'UTC','reason':'r'}";

    @Test
    void readsTheGoldenMessages() throws IOException {
        var golden = golden();

        assertThat(read("black-friday-2026", golden.get(0)).change())
                .isEqualTo(
                        new CalendarChange(
                                "black-friday-2026",
                                new CalendarEntry(
                                        "black-friday-2026",
                                        Kind.SPECIAL,
                                        1795734000000L,
                                        1795820400000L,
                                        List.of("sock-shop/*"),
                                        DayOfWeek.SUNDAY,
                                        "Europe/Berlin",
                                        "",
                                        0),
                                7));
        assertThat(read("incident-42", golden.get(1)).change())
                .isEqualTo(
                        new CalendarChange(
                                "incident-42",
                                new CalendarEntry(
                                        "incident-42",
                                        Kind.IGNORE,
                                        1763683200000L,
                                        1763686800000L,
                                        List.of("sock-shop/front-end"),
                                        null,
                                        "UTC",
                                        "payment provider away",
                                        0),
                                7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'v':1,'id':'a','kind':'ignore','from':1,'to':2}",
                "{'v':1,'id':'a','kind':'ignore','from':1,'to':2,'services':null,'like':null,"
                        + "'zone':null,'reason':null}",
                "{'to':2,'new':{'x':[1]},'from':1,'kind':'ignore','id':'a','v':1}",
            })
    void readsWhatIsNotMoreThanNeeded(String message) {
        assertThat(read("a", json(message)).change().entry())
                .isEqualTo(
                        new CalendarEntry("a", Kind.IGNORE, 1, 2, List.of(), null, "UTC", "", 0));
    }

    @Test
    void readsATombstoneAsAWithdrawal() {
        var reading = CalendarReader.read("a".getBytes(UTF_8), null, 0, 7);

        assertThat(reading.reason()).isNull();
        assertThat(reading.change()).isEqualTo(new CalendarChange("a", null, 7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|empty, expected a JSON object",
                "[]|an array, expected a JSON object",
                "7|7, expected a JSON object",
                "null|null, expected a JSON object",
                "{'v':|not JSON: Unexpected end-of-input",
                "{'v':1,'v':1}|not JSON: Duplicate field 'v'",
                "{} {}|not JSON: Trailing token",
                "{}|v: missing",
            })
    void rejectsWhatIsNoJsonObject(String payload, String reason) {
        assertThat(read("a", json(payload)).reason()).startsWith(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'v':1|'v':2|v: 2, expected 1",
                "'v':1|'v':'1'|`v: \"1\", expected 1`",
                "'v':1|'v':1.0|v: 1.0, expected 1",
                "'v':1|'v':{}|v: an object, expected 1",
                "'v':1|'v':null|v: missing",
                "'id':'a'|'id':'b'|`id: \"b\", expected the key of the record, a`",
                "'id':'a'|'id':7|id: 7, expected the key",
                "'id':'a'|'x':1|id: missing",
                "'special'|'holiday'|`kind: \"holiday\", expected special or ignore`",
                "'special'|'Special'|kind:",
                "'special'|1|kind: 1, expected",
                "'kind'|'x'|kind: missing",
                "'special'|'ignore'|`like: \"sunday\", expected none, but where kind is special`",
                "1000|0|from: 0, expected epoch milliseconds from 1 to 253402300799999",
                "1000|-1|from: -1, expected",
                "1000|1e3|`from: 1000.0, expected`",
                "1000|'now'|`from: \"now\", expected`",
                "1000|99999999999999999999|from: 99999999999999999999, expected",
                "1000|253402300800000|from: 253402300800000, expected",
                "'from'|'x'|from: missing",
                "2000|1000|to: 1000, expected later than from, by at most 366 days",
                "2000|31622401001|to: 31622401001, expected later than from",
                "2000|true|to: true, expected epoch milliseconds",
                "'to'|'x'|to: missing",
                "['x/y']|'x/y'|`services: \"x/y\", expected an array of 1 to 100`",
                "['x/y']|[]|services: 0 of them, expected an array of 1 to 100",
                "'x/y'|'x'|`services[0]: \"x\", expected namespace/name or namespace/*`",
                "'x/y'|'*'|services[0]:",
                "'x/y'|'*/*'|services[0]:",
                "'x/y'|'*/y'|services[0]:",
                "'x/y'|'x/y*'|services[0]:",
                "'x/y'|'x/'|services[0]:",
                "'x/y'|'X/y'|services[0]:",
                "'x/y'|'x/*/*'|services[0]:",
                "'x/y'|'x/y',null|services[1]: null, expected",
                "'x/y'|'x/y',['z']|services[1]: an array, expected",
                "'sunday'|'Sunday'|`like: \"Sunday\", expected a weekday, from monday to sunday`",
                "'sunday'|7|like: 7, expected",
                "'UTC'|'Nowhere/City'|`zone: \"Nowhere/City\", expected a time zone such as`",
                "'UTC'|'a b'|zone:",
                "'UTC'|1|zone: 1, expected",
                "'like':'sunday'|'x':1|`zone: \"UTC\", expected none, but where like is given`",
                "'reason':'r'|'reason':1|reason: 1, expected a string of at most 1000",
            })
    void rejectsAnEntryThatIsNotAsItHasToBe(String part, String instead, String reason) {
        assertThat(GOOD).contains(part);
        assertThat(read("a", json(GOOD)).reason()).isNull();

        var reading = read("a", json(GOOD.replace(part, instead)));

        assertThat(reading.change()).isNull();
        assertThat(reading.reason()).startsWith(reason);
    }

    @Test
    void readsAnEntryThatIsAsLongAsItMayBe() {
        String services =
                IntStream.range(0, 100)
                        .mapToObj(i -> "'ns/s" + i + "'")
                        .collect(Collectors.joining(","));
        String message =
                GOOD.replace("'x/y'", services)
                        .replace("2000", "31622401000")
                        .replace("'r'", "'" + "r".repeat(1_000) + "'");

        assertThat(read("a", json(message)).reason()).isNull();
        assertThat(read("a", json(message.replace("'ns/s0'", "'ns/s0','ns/s'"))).reason())
                .startsWith("services: 101 of them");
        assertThat(read("a", json(message.replace("rrr'", "rrrr'"))).reason())
                .startsWith("reason: \"rrr");
        assertThat(read("a", json(GOOD + " ".repeat(1 << 16))).reason())
                .startsWith("65" + "6")
                .endsWith("bytes, expected at most 65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "ü", "a\n"})
    void rejectsAKeyThatIsNoId(String key) {
        assertThat(CalendarReader.read(key.getBytes(UTF_8), null, 0, 7).reason())
                .startsWith("key: \"")
                .endsWith("expected 1 to 253 of letters, digits and _ . : -")
                .doesNotContain("\n");
    }

    @Test
    void rejectsARecordWithoutAKeyOrWithALongOne() {
        assertThat(CalendarReader.read(null, json(GOOD), 0, 7).reason())
                .isEqualTo("key: missing, expected the id of the entry");
        assertThat(CalendarReader.read("a".repeat(253).getBytes(UTF_8), null, 0, 7).reason())
                .isNull();
        assertThat(CalendarReader.read("a".repeat(254).getBytes(UTF_8), null, 0, 7).reason())
                .startsWith("key: \"aaa");
    }

    @Test
    void rejectsWhatIsInAnotherPartitionThanTheFirst() {
        assertThat(CalendarReader.read("a".getBytes(UTF_8), json(GOOD), 3, 7).reason())
                .isEqualTo("partition 3, expected one partition of this topic, number 0");
    }

    @Test
    void rejectsWhatIsNotUtf8() {
        var latin = GOOD.replace("'r'", "'ü'").replace('\'', '"').getBytes(ISO_8859_1);

        assertThat(read("a", latin).reason()).startsWith("not JSON: Invalid UTF-8");
    }

    @Test
    void answersWhateverTheBytesAre() {
        var random = new Random(SEED);
        byte[] good = json(GOOD);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(good, good.length);
            for (int j = 0; j <= random.nextInt(4); j++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }

            var reading = read("a", bytes);

            assertThat(reading.reason() == null)
                    .as("seed %d, round %d", SEED, i)
                    .isEqualTo(reading.change() != null);
        }
    }

    private static CalendarReader.Reading read(String key, byte[] value) {
        return CalendarReader.read(key.getBytes(UTF_8), value, 0, 7);
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }

    private static List<byte[]> golden() throws IOException {
        try (InputStream file =
                CalendarReaderTest.class.getResourceAsStream("/messages/calendar.json")) {
            return new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> line.getBytes(UTF_8))
                    .toList();
        }
    }
}
