package dev.sphere.bridge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sphere.bridge.ServiceSamples.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The JSON of the topic {@code metrics}; job/src/test/resources/messages has the same example. */
final class MetricsMessage {
    private static final int VERSION = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private MetricsMessage() {}

    /** One record: its bytes, and how many samples they hold. */
    record Chunk(byte[] json, int samples) {}

    /**
     * @param bound bytes from which on a new record is begun; a record exceeds it by one sample at
     *     most
     */
    static List<Chunk> of(ServiceSamples samples, String source, int bound) {
        var chunks = new ArrayList<Chunk>();
        int next = 0;
        while (next < samples.samples().size()) {
            var bytes = new ByteArrayOutputStream(1024);
            int first = next;
            try (JsonGenerator json = JSON.createGenerator(bytes)) {
                json.writeStartObject();
                json.writeNumberField("v", VERSION);
                json.writeStringField("service", samples.service());
                json.writeNumberField("at", samples.at());
                json.writeStringField("source", source);
                json.writeArrayFieldStart("samples");
                do {
                    write(json, samples.samples().get(next++));
                    json.flush();
                } while (next < samples.samples().size() && bytes.size() < bound);
                json.writeEndArray();
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e); // memory does not fail
            }
            chunks.add(new Chunk(bytes.toByteArray(), next - first));
        }
        return chunks;
    }

    private static void write(JsonGenerator json, Sample sample) throws IOException {
        var series = sample.series();
        json.writeStartObject();
        json.writeStringField("signal", series.signal());
        json.writeStringField("kind", series.kind().name().toLowerCase(Locale.ROOT));
        json.writeStringField("agg", series.aggregation().name().toLowerCase(Locale.ROOT));
        json.writeObjectFieldStart("labels");
        for (Map.Entry<String, String> label : series.labels().entrySet()) {
            json.writeStringField(label.getKey(), label.getValue());
        }
        json.writeEndObject();
        if (sample.stale()) {
            json.writeBooleanField("stale", true);
        } else {
            json.writeFieldName("value");
            write(json, sample.value());
            if (sample.created() > 0) {
                json.writeNumberField("created", sample.created());
            }
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, double value) throws IOException {
        if (Double.isNaN(value)) {
            json.writeString("NaN");
        } else if (Double.isInfinite(value)) {
            json.writeString(value > 0 ? "+Inf" : "-Inf");
        } else {
            json.writeNumber(Double.toString(value).replace('E', 'e'));
        }
    }
}
