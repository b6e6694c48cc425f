package dev.sphere.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0 line by line; a malformed line costs
 * that line only.
 */
final class Exposition {
    /** Bytes of the longest sample line that is read; longer ones are rejected unread. */
    static final int MAX_LINE = 64 * 1024;

    /** The two text formats; they differ in timestamps, exemplars and the end marker. */
    enum Format {
        TEXT,
        OPEN_METRICS
    }

    /** Why a line was not read. */
    enum Rejection {
        NAME,
        LABELS,
        DUPLICATE_LABEL,
        NOT_UTF8,
        VALUE,
        TIMESTAMP,
        TRAILING_TEXT,
        TOO_LONG,
        /** The last line has no end, so its value may be cut. */
        UNTERMINATED,
        AFTER_EOF;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Takes what is read, in order. */
    interface Lines {
        void sample(ExposedSample sample);

        void rejected(long line, Rejection why);
    }

    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };
    private static final long MAX_EXACT_MANTISSA = 1L << 53;

    private final Format format;
    private final Lines lines;
    private final CharsetDecoder utf8 =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final byte[] buffer = new byte[MAX_LINE + 1];
    private long line;
    private boolean eof;

    // The line being read: a cursor, the line's end, and what was found on the way.
    private int at;
    private int end;
    private String name;
    private Map<String, String> labels;
    private double value;
    private Rejection rejection;

    private Exposition(Format format, Lines lines) {
        this.format = format;
        this.lines = lines;
    }

    /**
     * Reads to the end of the stream.
     *
     * @return whether the exposition is whole; OpenMetrics says so by its end marker
     * @throws IOException only if the stream does
     */
    static boolean read(InputStream in, Format format, Lines lines) throws IOException {
        return new Exposition(format, lines).read(in);
    }

    private boolean read(InputStream in) throws IOException {
        int filled = 0;
        boolean skipping = false;
        int count;
        while ((count = in.read(buffer, filled, buffer.length - filled)) >= 0) {
            int from = filled;
            filled += count;
            int start = 0;
            for (int i = from; i < filled; i++) {
                if (buffer[i] == '\n') {
                    line++;
                    if (skipping) {
                        skipping = false;
                    } else {
                        readLine(start, i);
                    }
                    start = i + 1;
                }
            }
            filled -= start;
            System.arraycopy(buffer, start, buffer, 0, filled);
            if (skipping) {
                filled = 0;
            } else if (filled == buffer.length) {
                if (!isComment(filled)) {
                    lines.rejected(line + 1, Rejection.TOO_LONG);
                }
                skipping = true;
                filled = 0;
            }
        }
        if (filled > 0) {
            line++;
            readUnterminated(filled);
        }
        return format == Format.TEXT || eof;
    }

    private void readUnterminated(int filled) {
        at = 0;
        end = filled;
        skipBlanks();
        if (at == end) {
            return;
        }
        if (isEofMarker()) {
            eof = true;
        } else if (buffer[at] != '#') {
            lines.rejected(line, Rejection.UNTERMINATED);
        }
    }

    private boolean isComment(int filled) {
        at = 0;
        end = filled;
        skipBlanks();
        return at < end && buffer[at] == '#';
    }

    private boolean isEofMarker() {
        return format == Format.OPEN_METRICS
                && end - at == 5
                && buffer[at] == '#'
                && buffer[at + 1] == ' '
                && buffer[at + 2] == 'E'
                && buffer[at + 3] == 'O'
                && buffer[at + 4] == 'F';
    }

    private void readLine(int start, int lineEnd) {
        at = start;
        end = lineEnd;
        skipBlanks();
        if (at == end) {
            return;
        }
        if (eof) {
            lines.rejected(line, Rejection.AFTER_EOF);
            return;
        }
        if (buffer[at] == '#') {
            eof = isEofMarker();
            return;
        }
        name = null;
        labels = Map.of();
        rejection = null;
        long timestamp = ExposedSample.NO_TIMESTAMP;
        if (readName() && readLabels() && readValue()) {
            timestamp = readTimestamp();
        }
        if (rejection == null) {
            lines.sample(new ExposedSample(name, labels, value, timestamp));
        } else {
            lines.rejected(line, rejection);
        }
    }

    private boolean reject(Rejection why) {
        rejection = why;
        return false;
    }

    private void skipBlanks() {
        while (at < end && (buffer[at] == ' ' || buffer[at] == '\t')) {
            at++;
        }
    }

    private boolean readName() {
        if (buffer[at] == '{') {
            return true; // the name is quoted, among the labels
        }
        int start = at;
        while (at < end && isNameByte(buffer[at], at > start, true)) {
            at++;
        }
        if (at == start) {
            return reject(Rejection.NAME);
        }
        name = ascii(start, at);
        return true;
    }

    private static boolean isNameByte(byte b, boolean digitAllowed, boolean colonAllowed) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || b == '_'
                || (colonAllowed && b == ':')
                || (digitAllowed && b >= '0' && b <= '9');
    }

    private boolean readLabels() {
        skipBlanks();
        if (at == end || buffer[at] != '{') {
            return true;
        }
        at++;
        labels = new TreeMap<>();
        while (true) {
            skipBlanks();
            if (at == end) {
                return reject(Rejection.LABELS);
            }
            if (buffer[at] == '}') {
                at++;
                return name != null || reject(Rejection.NAME);
            }
            if (!readLabel()) {
                return false;
            }
            skipBlanks();
            if (at < end && buffer[at] == ',') {
                at++;
            } else if (at == end || buffer[at] != '}') {
                return reject(Rejection.LABELS);
            }
        }
    }

    private boolean readLabel() {
        boolean quoted = buffer[at] == '"';
        String label;
        if (quoted) {
            label = readQuoted();
            if (label == null) {
                return false;
            }
        } else {
            int start = at;
            while (at < end && isNameByte(buffer[at], at > start, false)) {
                at++;
            }
            label = ascii(start, at);
        }
        skipBlanks();
        if (quoted && (at == end || buffer[at] != '=')) {
            if (name != null || label.isEmpty()) {
                return reject(Rejection.NAME);
            }
            name = label;
            return true;
        }
        if (label.isEmpty() || label.equals("__name__") || at == end || buffer[at] != '=') {
            return reject(Rejection.LABELS);
        }
        at++;
        skipBlanks();
        if (at == end || buffer[at] != '"') {
            return reject(Rejection.LABELS);
        }
        String text = readQuoted();
        if (text == null) {
            return false;
        }
        if (labels.putIfAbsent(label, text) != null) {
            return reject(Rejection.DUPLICATE_LABEL);
        }
        // To Prometheus a label without a value is no label.
        if (text.isEmpty()) {
            labels.remove(label);
        }
        return true;
    }

    /** From the opening quote to behind the closing one; null, with the rejection set, if bad. */
    private String readQuoted() {
        int start = ++at;
        boolean ascii = true;
        int escapes = 0;
        while (at < end && buffer[at] != '"') {
            if (buffer[at] == '\\') {
                escapes++;
                at++;
            }
            if (at < end) {
                ascii &= buffer[at] >= 0;
                at++;
            }
        }
        if (at >= end) {
            reject(Rejection.LABELS);
            return null;
        }
        int length = at - start;
        at++;
        String text;
        if (ascii) {
            text = ascii(start, start + length);
        } else {
            try {
                text = utf8.decode(ByteBuffer.wrap(buffer, start, length)).toString();
            } catch (CharacterCodingException e) {
                reject(Rejection.NOT_UTF8);
                return null;
            }
        }
        return escapes == 0 ? text : unescaped(text);
    }

    private static String unescaped(String text) {
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                char next = text.charAt(++i);
                switch (next) {
                    case 'n' -> plain.append('\n');
                    case '"', '\\' -> plain.append(next);
                    // As Prometheus does: what is no escape stays as it is.
                    default -> plain.append(c).append(next);
                }
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private String ascii(int from, int to) {
        return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private int tokenEnd() {
        int i = at;
        while (i < end && buffer[i] != ' ' && buffer[i] != '\t') {
            i++;
        }
        return i;
    }

    private boolean readValue() {
        skipBlanks();
        int to = tokenEnd();
        if (!parseDouble(at, to)) {
            return reject(Rejection.VALUE);
        }
        at = to;
        return true;
    }

    private long readTimestamp() {
        skipBlanks();
        long timestamp = ExposedSample.NO_TIMESTAMP;
        if (at < end && !isExemplar()) {
            int to = tokenEnd();
            timestamp = format == Format.TEXT ? parseMilliseconds(at, to) : parseSeconds(at, to);
            if (timestamp == ExposedSample.NO_TIMESTAMP) {
                reject(Rejection.TIMESTAMP);
                return timestamp;
            }
            at = to;
            skipBlanks();
        }
        if (at < end && !isExemplar()) {
            reject(Rejection.TRAILING_TEXT);
        }
        return timestamp;
    }

    private boolean isExemplar() {
        return format == Format.OPEN_METRICS && buffer[at] == '#';
    }

    private long parseMilliseconds(int from, int to) {
        int i = from;
        boolean negative = buffer[i] == '-';
        if (negative || buffer[i] == '+') {
            i++;
        }
        // 18 digits never overflow, and last for thirty million years.
        if (i == to || to - i > 18) {
            return ExposedSample.NO_TIMESTAMP;
        }
        long number = 0;
        for (; i < to; i++) {
            int digit = buffer[i] - '0';
            if (digit < 0 || digit > 9) {
                return ExposedSample.NO_TIMESTAMP;
            }
            number = number * 10 + digit;
        }
        return negative ? -number : number;
    }

    private long parseSeconds(int from, int to) {
        double before = value;
        boolean parsed = parseDouble(from, to);
        double seconds = value;
        value = before;
        if (!parsed || !(Math.abs(seconds) < 1e15)) {
            return ExposedSample.NO_TIMESTAMP;
        }
        return Math.round(seconds * 1000);
    }

    /**
     * Accepts what Prometheus does (Go's ParseFloat without hexadecimal and underscores, nothing
     * out of range), which is neither a subset nor a superset of Java's.
     */
    private boolean parseDouble(int from, int to) {
        int i = from;
        boolean negative = false;
        if (i < to && (buffer[i] == '-' || buffer[i] == '+')) {
            negative = buffer[i] == '-';
            i++;
        }
        if (i == to) {
            return false;
        }
        byte first = buffer[i];
        if (first == 'i' || first == 'I') {
            if (!isWord(i, to, "inf") && !isWord(i, to, "infinity")) {
                return false;
            }
            value = negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            return true;
        }
        if (first == 'n' || first == 'N') {
            value = Double.NaN;
            return i == from && isWord(i, to, "nan");
        }
        return parseDecimal(from, i, to, negative);
    }

    private boolean isWord(int from, int to, String word) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if ((buffer[from + i] | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean parseDecimal(int signed, int from, int to, boolean negative) {
        int i = from;
        long mantissa = 0;
        int digits = 0;
        int fraction = 0;
        boolean exact = true;
        boolean point = false;
        for (; i < to; i++) {
            byte b = buffer[i];
            if (b == '.' && !point) {
                point = true;
            } else if (b >= '0' && b <= '9') {
                digits++;
                if (mantissa < MAX_EXACT_MANTISSA / 10) {
                    mantissa = mantissa * 10 + (b - '0');
                    fraction += point ? 1 : 0;
                } else {
                    exact = false;
                }
            } else {
                break;
            }
        }
        if (digits == 0) {
            return false;
        }
        if (i < to) {
            if ((buffer[i] | 0x20) != 'e' || !isExponent(i + 1, to)) {
                return false;
            }
            exact = false;
        }
        if (exact && fraction < POWERS_OF_TEN.length) {
            // Both are exact doubles, so that their quotient is correctly rounded (Clinger).
            double magnitude = mantissa / POWERS_OF_TEN[fraction];
            value = negative ? -magnitude : magnitude;
            return true;
        }
        value = Double.parseDouble(ascii(signed, to));
        return !Double.isInfinite(value);
    }

    private boolean isExponent(int from, int to) {
        int i = from;
        if (i < to && (buffer[i] == '-' || buffer[i] == '+')) {
            i++;
        }
        if (i == to) {
            return false;
        }
        for (; i < to; i++) {
            if (buffer[i] < '0' || buffer[i] > '9') {
                return false;
            }
        }
        return true;
    }
}
