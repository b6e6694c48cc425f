package dev.sphere.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to the terminal, if there is one: 'k' and 'r' stop Kafka and Redis for a while. */
final class Keys {
    private static final Logger LOG = LoggerFactory.getLogger(Keys.class);

    private Keys() {}

    static void listen(Outages outages, Consumer<String> tell) {
        if (System.console() == null) {
            return;
        }
        var thread = new Thread(() -> read(outages, tell), "keys");
        thread.setDaemon(true);
        thread.start();
    }

    private static void read(Outages outages, Consumer<String> tell) {
        try (var lines = new BufferedReader(new InputStreamReader(System.in))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String part =
                        switch (line.strip()) {
                            case "k" -> "kafka";
                            case "r" -> "redis";
                            default -> null;
                        };
                if (part == null) {
                    tell.accept("! keys: k and Enter stops Kafka for 30 s, r and Enter Redis");
                } else {
                    begin(outages, part, tell);
                }
            }
        } catch (IOException e) {
            LOG.warn("The terminal is not listened to any more", e);
        }
    }

    private static void begin(Outages outages, String part, Consumer<String> tell) {
        try {
            tell.accept("! " + outages.begin(part, Outages.USUAL));
        } catch (IllegalArgumentException | IllegalStateException e) {
            tell.accept("! " + e.getMessage());
        }
    }
}
