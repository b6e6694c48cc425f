package dev.sphere.observe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.observe.Sample.Aggregation;
import dev.sphere.observe.Sample.Kind;
import dev.sphere.observe.ScrapeReader.Reading;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrapeReaderTest {

    private static final long SEED = 20_251_121;

    private static final String GOOD =
            "{'signal':'requests','kind':'counter','agg':'sum','labels':{'pod':'a'},'value':1}";
    private static final String ONE = message("'samples':[" + GOOD + "]");

    private final ScrapeReader reader = new ScrapeReader();

    @Test
    void readsTheGoldenMessage() throws IOException {
        Reading reading = reader.read(golden());

        assertThat(reading.reason()).isNull();
        Scrape scrape = reading.scrape();
        assertThat(scrape.service()).isEqualTo("sock-shop/front-end");
        assertThat(scrape.at()).isEqualTo(1763683200000L);
        assertThat(scrape.source()).isEqualTo("bridge-0");
        String labels = "method=\"get\",pod=\"front-end-%s\",route=\"/cart\",status_code=\"200\"";
        assertThat(scrape.samples())
                .containsExactly(
                        new Sample(
                                "requests",
                                Kind.COUNTER,
                                Aggregation.SUM,
                                labels.formatted("7d9"),
                                "front-end-7d9",
                                1042.0,
                                false,
                                1763683100000L),
                        new Sample(
                                "memory",
                                Kind.GAUGE,
                                Aggregation.SUM,
                                "pod=\"front-end-7d9\"",
                                "front-end-7d9",
                                8.5e7,
                                false,
                                0),
                        new Sample(
                                "latency",
                                Kind.GAUGE,
                                Aggregation.MAX,
                                "pod=\"front-end-7d9\"",
                                "front-end-7d9",
                                Double.NaN,
                                false,
                                0),
                        new Sample(
                                "requests",
                                Kind.COUNTER,
                                Aggregation.SUM,
                                labels.formatted("gone"),
                                "front-end-gone",
                                Double.NaN,
                                true,
                                0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|empty, expected a JSON object",
                "`  `|empty, expected a JSON object",
                "[]|an array, expected a JSON object",
                "7|7, expected a JSON object",
                "'x'|`\"x\", expected a JSON object`",
                "null|null, expected a JSON object",
                "{'v':|not JSON: Unexpected end-of-input",
                "{'v':1,}|not JSON: Unexpected character",
                "{'v':NaN}|not JSON: Non-standard token 'NaN'",
                "{'v':01}|not JSON: Invalid numeric value",
                "{} x|not JSON: Unrecognized token 'x'",
                "{} {}|something after the JSON object, expected nothing",
                "{}|v: missing",
            })
    void rejectsWhatIsNoJsonObject(String payload, String reason) {
        assertRejected(payload, reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'v':1|'v':2|v: 2, expected 1",
                "'v':1|'v':'1'|`v: \"1\", expected 1`",
                "'v':1|'v':1e0|v: 1e0, expected 1",
                "'v':1|'v':99999999999999999999|v: 99999999999999999999, expected 1",
                "'v':1|'v':{'x':1}|v: an object, expected 1",
                "'v':1|'v':1,'v':1|v: given twice, expected once",
                "'v':1|'w':1|v: missing",
                "'v':1|'v':null|v: missing",
                "'at':1763683200000|'at':0|at: 0, expected epoch milliseconds from 1 to",
                "'at':1763683200000|'at':-1|at: -1, expected epoch milliseconds",
                "'at':1763683200000|'at':253402300800000|at: 253402300800000, expected epoch",
                "'at':1763683200000|'at':1.7e12|at: 1.7e12, expected epoch milliseconds",
                "'at':1763683200000|'at':9223372036854775808|at: 9223372036854775808, expected",
                "'at':1763683200000|'at':'now'|`at: \"now\", expected epoch milliseconds`",
                "'at':1763683200000|'at':1,'at':2|at: given twice",
                "'at':1763683200000|'x':1|at: missing",
                "'shop/front'|'shop'|`service: \"shop\", expected namespace/name of RFC 1123`",
                "'shop/front'|'/'|service:",
                "'shop/front'|'a/'|service:",
                "'shop/front'|'/a'|service:",
                "'shop/front'|'a/b/c'|service:",
                "'shop/front'|'a.b/c'|service:",
                "'shop/front'|'a/b..c'|service:",
                "'shop/front'|'A/b'|service:",
                "'shop/front'|'-a/b'|service:",
                "'shop/front'|'a/b-'|service:",
                "'shop/front'|'a/ü'|service:",
                "'shop/front'|'a/b '|service:",
                "'shop/front'|''|service:",
                "'shop/front'|7|service: 7, expected",
                "'shop/front'|null|service: missing",
                "'service':|'service':'a/b','service':|service: given twice",
                "'bridge-0'|7|source: 7, expected a string",
                "'bridge-0'|['x']|source: an array, expected a string",
                "'samples':[|'samples':7,'x':[|samples: 7, expected an array",
                "'samples':[|'samples':[],'samples':[|samples: given twice",
                "'samples':[|'x':[|samples: missing",
                "'samples':[|'samples':[],'x':[|samples: none, expected at least one",
            })
    void rejectsARecordThatIsNotAsAgreed(String part, String instead, String reason) {
        assertThat(ONE).contains(part.replace('\'', '"'));

        assertRejected(ONE.replace(part.replace('\'', '"'), instead), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "7|`samples[1]: 7, expected an object`",
                "null|`samples[1]: null, expected an object`",
                "[[[]]]|samples[1]: an array, expected an object",
                "{}|samples[1].signal: missing",
                "{'kind':'gauge','agg':'max','value':1}|samples[1].signal: missing",
                "{'signal':'a b','kind':'gauge','agg':'max','value':1}|"
                        + "`samples[1].signal: \"a b\", expected 1 to 100 of letters`",
                "{'signal':'s','kind':'histogram','agg':'max','value':1}|"
                        + "`samples[1].kind: \"histogram\", expected counter or gauge`",
                "{'signal':'s','kind':'gauge','agg':'p99','value':1}|"
                        + "`samples[1].agg: \"p99\", expected sum, mean or max`",
                "{'signal':'s','kind':'gauge','agg':['max'],'value':1}|"
                        + "samples[1].agg: an array, expected sum, mean or max",
                "{'signal':'s','kind':'gauge','agg':'max'}|samples[1].value: missing",
                "{'signal':'s','kind':'gauge','agg':'max','stale':false}|samples[1].value: missing",
                "{'signal':'s','kind':'gauge','agg':'max','stale':'yes'}|"
                        + "`samples[1].stale: \"yes\", expected true or false`",
                "{'signal':'s','kind':'gauge','agg':'max','value':'1'}|"
                        + "`samples[1].value: \"1\", expected a number, \"NaN\"`",
                "{'signal':'s','kind':'gauge','agg':'max','value':1e999}|"
                        + "samples[1].value: 1e999, expected at most 1.0E100",
                "{'signal':'s','kind':'gauge','agg':'max','value':-1e101}|"
                        + "samples[1].value: -1e101, expected at most 1.0E100",
                "{'signal':'s','kind':'gauge','agg':'max','value':1,'value':2}|"
                        + "samples[1].value: given twice, expected once",
                "{'signal':'s','kind':'counter','agg':'sum','value':-1}|"
                        + "`samples[1].value: -1.0 of a counter, expected a finite number, 0 or more`",
                "{'signal':'s','kind':'counter','agg':'sum','value':'NaN'}|"
                        + "samples[1].value: NaN of a counter, expected a finite number",
                "{'signal':'s','kind':'counter','agg':'sum','value':'+Inf'}|"
                        + "samples[1].value: Infinity of a counter, expected a finite number",
                "{'signal':'s','kind':'counter','agg':'sum','value':1,'created':-1}|"
                        + "samples[1].created: -1, expected epoch milliseconds",
                "{'signal':'s','kind':'counter','agg':'sum','value':1,'created':1.5}|"
                        + "samples[1].created: 1.5, expected epoch milliseconds",
                "{'signal':'s','kind':'gauge','agg':'max','value':1,'labels':['pod']}|"
                        + "samples[1].labels: an array, expected an object",
                "{'signal':'s','kind':'gauge','agg':'max','value':1,'labels':{'pod':{'x':1},'y':2}}|"
                        + "samples[1].labels.pod: an object, expected a string",
                "{'signal':'s','kind':'gauge','agg':'max','value':1,'labels':{'a':'1','b':'2','a':'3'}}|"
                        + "samples[1].labels.a: given twice, expected once",
            })
    void keepsTheSamplesBesideABadOne(String bad, String reason) {
        Reading reading = read(message("'samples':[" + GOOD + "," + bad + "," + GOOD + "]"));

        assertThat(reading.reason()).startsWith(reason).doesNotContain(";");
        assertThat(reading.scrape().samples()).hasSize(2).allMatch(each -> each.value() == 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'later':{'deep':[{'er':[1,2,{}]}],'v':7,'samples':0}",
                "'later':null,'later':1",
                "'source':null",
            })
    void ignoresWhatItDoesNotKnow(String extra) {
        Reading reading = read(message(extra + ",'samples':[" + GOOD + "]"));

        assertThat(reading.reason()).isNull();
        assertThat(reading.scrape().samples()).hasSize(1);
    }

    @Test
    void readsFieldsInAnyOrder() {
        Reading reading =
                read(
                        "{'samples':["
                                + GOOD
                                + "],'source':'s','at':5,'service':'a/b.c-d','later':1,'v':1}");

        assertThat(reading.reason()).isNull();
        assertThat(reading.scrape().service()).isEqualTo("a/b.c-d");
    }

    @ParameterizedTest
    @CsvSource({
        "NaN,NaN",
        "+Inf,Infinity",
        "Inf,Infinity",
        "Infinity,Infinity",
        "-Inf,-Infinity",
        "-Infinity,-Infinity"
    })
    void readsTheValuesThatJsonHasNoNumbersFor(String text, Double value) {
        Reading reading = read(ONE.replace("counter", "gauge").replace(":1}", ":'" + text + "'}"));

        assertThat(reading.scrape().samples().get(0).value()).isEqualTo(value);
    }

    @Test
    void givesTheSameSeriesForLabelsInAnyOrder() {
        String labels = "{'a':'1','pod':'p','z':'3'}";
        String shuffled = "{'z':'3','a':'1','later':null,'pod':'p'}";

        assertThat(read(ONE.replace("{\"pod\":\"a\"}", shuffled)))
                .isEqualTo(read(ONE.replace("{\"pod\":\"a\"}", labels)));
    }

    @Test
    void givesDifferentSeriesForDifferentLabels() {
        String one = "{'a':'1\\\",b=\\\"2'}";
        String other = "{'a':'1','b':'2'}";

        assertThat(read(ONE.replace("{\"pod\":\"a\"}", one)).scrape().samples().get(0).series())
                .isNotEqualTo(
                        read(ONE.replace("{\"pod\":\"a\"}", other))
                                .scrape()
                                .samples()
                                .get(0)
                                .series());
    }

    @Test
    void boundsLabels() {
        String many =
                IntStream.range(0, 65)
                        .mapToObj(i -> "'l" + i + "':'x'")
                        .collect(Collectors.joining(",", "{", "}"));
        String longOne = "{'l':'" + "x".repeat(5000) + "'}";

        assertThat(read(ONE.replace("{\"pod\":\"a\"}", many)))
                .isEqualTo(
                        new Reading(
                                null, "samples[0].labels: more than 64 of them, expected fewer"));
        assertThat(read(ONE.replace("{\"pod\":\"a\"}", longOne)).reason())
                .isEqualTo("samples[0].labels: 5004 characters together, expected at most 4096");
        assertThat(reader.read(json(ONE)).reason()).isNull();
    }

    @Test
    void boundsTheNumberOfSamples() {
        String stale = "{'signal':'s','kind':'gauge','agg':'sum','stale':true}";
        String all = String.join(",", Collections.nCopies(10_003, stale));

        Reading reading = read(message("'samples':[" + all + "]"));

        assertThat(reading.scrape().samples()).hasSize(10_000);
        assertThat(reading.reason())
                .isEqualTo("samples[10000] and later: 10003 samples, expected at most 10000");
    }

    @Test
    void namesTheFirstBadSamplesAndCountsTheRest() {
        Reading reading = read(message("'samples':[1,2,3,4,5,6,7]"));

        assertThat(reading.scrape()).isNull();
        assertThat(reading.reason())
                .startsWith("samples[0]: 1, expected an object; samples[1]: 2")
                .endsWith("; and 2 more");
    }

    @Test
    void rejectsByItsSizeWhatIsTooLongToBeRead() {
        assertThat(reader.read(new byte[10 << 20]))
                .isEqualTo(new Reading(null, "10485760 bytes, expected at most 1048576"));
        assertThat(new ScrapeReader(10).read(json(ONE)).reason()).endsWith("expected at most 10");
    }

    @Test
    void rejectsATombstone() {
        assertThat(reader.read(null))
                .isEqualTo(new Reading(null, "no value (a tombstone), expected a JSON object"));
    }

    @Test
    void rejectsOtherEncodingsAndDeepNesting() {
        assertThat(reader.read(ONE.getBytes(UTF_16)).reason()).startsWith("not JSON");
        assertThat(reader.read(json(ONE.replace("bridge", "brücke"))).reason()).isNull();
        assertThat(reader.read(ONE.replace("bridge", "brücke").getBytes(ISO_8859_1)).reason())
                .startsWith("not JSON: Invalid UTF-8");
        assertThat(reader.read("[".repeat(500_000).getBytes(UTF_8)).reason())
                .isEqualTo("an array, expected a JSON object");
        assertThat(reader.read(("{\"x\":" + "[".repeat(500_000)).getBytes(UTF_8)).reason())
                .startsWith("not JSON: Document nesting depth");
        assertThat(reader.read(("{\"" + "x".repeat(500_000)).getBytes(UTF_8)).reason())
                .startsWith("not JSON: Name length");
    }

    @Test
    void neverThrowsWhateverTheBytesAre() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] payload = new byte[random.nextInt(200)];
            random.nextBytes(payload);

            assertSensible(payload, i);
        }
    }

    @Test
    void neverThrowsWhateverIsChangedInAMessage() throws IOException {
        Random random = new Random(SEED);
        byte[] golden = golden();
        byte[] structure = "{}[]\",:0-e.\\tn/ ".getBytes(UTF_8);
        for (int i = 0; i < 50_000; i++) {
            byte[] payload = golden.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                int place = random.nextInt(payload.length);
                switch (random.nextInt(5)) {
                    case 0 -> payload[place] = (byte) random.nextInt(256);
                    case 1 -> payload[place] = structure[random.nextInt(structure.length)];
                    case 2 -> payload = Arrays.copyOf(payload, place + 1);
                    case 3 -> payload = moved(payload, place, random.nextInt(payload.length));
                    default -> payload = Arrays.copyOf(payload, payload.length + 1);
                }
            }

            assertSensible(payload, i);
        }
    }

    private void assertSensible(byte[] payload, int round) {
        Reading reading = reader.read(payload);

        String description = "seed " + SEED + ", round " + round + ": " + reading;
        assertThat(reading.scrape() != null || reading.reason() != null).as(description).isTrue();
        if (reading.reason() != null) {
            assertThat(reading.reason()).as(description).isNotBlank().hasSizeLessThan(1500);
            assertThat(reading.reason()).as(description).doesNotStartWith("not readable");
        }
        if (reading.scrape() != null) {
            assertThat(reading.scrape().samples()).as(description).isNotEmpty();
            assertThat(reading.scrape().at()).as(description).isPositive();
        }
    }

    /** With one byte moved to another place. */
    private static byte[] moved(byte[] payload, int from, int to) {
        byte[] moved = payload.clone();
        byte taken = payload[from];
        System.arraycopy(payload, from + 1, moved, from, payload.length - from - 1);
        System.arraycopy(moved, to, moved, to + 1, payload.length - to - 1);
        moved[to] = taken;
        return moved;
    }

    private void assertRejected(String payload, String reason) {
        Reading reading = read(payload);

        assertThat(reading.scrape()).isNull();
        assertThat(reading.reason()).startsWith(reason);
    }

    private Reading read(String text) {
        return reader.read(json(text));
    }

    private static String message(String rest) {
        return ("{'v':1,'service':'shop/front','at':1763683200000,'source':'bridge-0',"
                        + rest
                        + "}")
                .replace("'source':'bridge-0','source'", "'source'")
                .replace('\'', '"');
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }

    private static byte[] golden() throws IOException {
        try (var in = ScrapeReaderTest.class.getResourceAsStream("/messages/metrics.json")) {
            return in.readAllBytes();
        }
    }
}
