package dev.sphere.local.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Says in one line each what was decided, from the messages of the topic {@code decisions}.
 *
 * <ul>
 *   <li>Decisions that change replicas, once their outcome is known; the outcome is said if they
 *       were not applied. Of those that were asked twice, only the one that was carried out.
 *   <li>That a service is held because its data are partial, missing or stale: once, until that
 *       changes.
 * </ul>
 */
public final class DecisionLines {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    /** What became of a decision that another one, which is told, has carried out. */
    private static final Set<String> QUIET = Set.of("superseded", "unchanged");

    private static final Set<String> HOLDS = Set.of("partial data", "missing data", "stale data");
    private static final long PATIENCE_MILLIS = 5000;
    private static final int MOST_WAITING = 1000;

    private final ServiceNames names;
    private final ZoneId zone;
    private final long since;
    private final Consumer<String> out;

    // The two phases come from two producers, so either may be read first.
    private final Map<String, JsonNode> decided = new LinkedHashMap<>();
    private final Map<String, JsonNode> outcomes = new LinkedHashMap<>();
    private final Map<String, String> holds = new HashMap<>();

    /**
     * @param since decisions on earlier data are not told, in epoch milliseconds
     * @param out gets the lines
     */
    public DecisionLines(ServiceNames names, ZoneId zone, long since, Consumer<String> out) {
        this.names = names;
        this.zone = zone;
        this.since = since;
        this.out = out;
    }

    /** Takes a message of the topic {@code decisions}. */
    public void message(JsonNode message) {
        List<String> lines = new ArrayList<>();
        synchronized (this) {
            switch (message.path("phase").asText()) {
                case "decided" -> decided(message, lines);
                case "outcome" -> outcome(message, lines);
                default -> {}
            }
        }
        lines.forEach(out);
    }

    /** Tells those decisions whose outcome is overdue. */
    public void flush(long now) {
        List<String> lines = new ArrayList<>();
        synchronized (this) {
            Iterator<JsonNode> waiting = decided.values().iterator();
            while (waiting.hasNext()) {
                JsonNode decision = waiting.next();
                if (now - decision.path("decidedAt").asLong() >= PATIENCE_MILLIS) {
                    waiting.remove();
                    lines.add(change(decision) + " (outcome not known)");
                }
            }
        }
        lines.forEach(out);
    }

    private void decided(JsonNode decision, List<String> lines) {
        if (decision.path("at").asLong() < since) {
            return;
        }
        String service = decision.path("service").asText();
        String limit = words(decision.path("limitedBy"));
        boolean changes = decision.path("desired").asInt() != decision.path("current").asInt();
        if (!HOLDS.contains(limit)) {
            holds.remove(service);
        } else if (!limit.equals(holds.put(service, limit)) && !changes) {
            lines.add(
                    head(decision)
                            + " stays at "
                            + decision.path("current").asInt()
                            + ": "
                            + reason(decision, limit));
        }
        if (!changes) {
            return;
        }
        String id = decision.path("id").asText();
        JsonNode outcome = outcomes.remove(id);
        if (outcome != null) {
            tell(decision, outcome, lines);
        } else if (!decision.path("apply").asBoolean(true)) {
            lines.add(change(decision) + " (only recommended)");
        } else {
            put(decided, id, decision);
        }
    }

    private void outcome(JsonNode outcome, List<String> lines) {
        String id = outcome.path("id").asText();
        JsonNode decision = decided.remove(id);
        if (decision != null) {
            tell(decision, outcome, lines);
        } else {
            put(outcomes, id, outcome);
        }
    }

    private static void put(Map<String, JsonNode> waiting, String id, JsonNode message) {
        waiting.put(id, message);
        if (waiting.size() > MOST_WAITING) {
            Iterator<String> oldest = waiting.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private String change(JsonNode decision) {
        return String.format(
                Locale.ROOT,
                "%s %d → %d: %s",
                head(decision),
                decision.path("current").asInt(),
                decision.path("desired").asInt(),
                reason(decision, "no reason given"));
    }

    private void tell(JsonNode decision, JsonNode outcome, List<String> lines) {
        if (!QUIET.contains(words(outcome.path("outcome")))) {
            lines.add(change(decision) + ending(outcome));
        }
    }

    private static String ending(JsonNode outcome) {
        String what = words(outcome.path("outcome"));
        if (what.equals("applied")) {
            return "";
        }
        String detail = outcome.path("detail").asText();
        return " (" + what + (detail.isEmpty() ? "" : ": " + detail) + ")";
    }

    private String head(JsonNode decision) {
        return CLOCK.format(Instant.ofEpochMilli(decision.path("decidedAt").asLong()).atZone(zone))
                + " "
                + names.name(decision.path("service").asText());
    }

    private static String reason(JsonNode decision, String otherwise) {
        String reason = decision.path("reason").asText();
        return reason.isEmpty() ? otherwise : reason.replace("requests/s", "req/s");
    }

    private static String words(JsonNode constant) {
        return constant.asText().toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    }
}
