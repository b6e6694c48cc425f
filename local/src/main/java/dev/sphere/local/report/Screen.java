package dev.sphere.local.report;

import java.io.PrintStream;

/**
 * Shows lines that stay and, on a terminal, below them a block that is refreshed in place;
 * elsewhere the block is printed now and then.
 */
public final class Screen {
    /** Without wrapping, each line of the block is one row, also on a narrow terminal. */
    private static final String NO_WRAP = "\033[?7l";

    private static final String WRAP = "\033[?7h";

    private final PrintStream out;
    private final boolean terminal;
    private final long plainEveryMillis;
    private String block = "";
    private long printedAt = Long.MIN_VALUE;

    /**
     * @param terminal whether it understands ANSI codes
     * @param plainEveryMillis where it does not, how often to print the block; 0 for never
     */
    public Screen(PrintStream out, boolean terminal, long plainEveryMillis) {
        this.out = out;
        this.terminal = terminal;
        this.plainEveryMillis = plainEveryMillis;
    }

    /** Whether this process writes to a terminal that understands ANSI codes. */
    public static boolean isTerminal() {
        String kind = System.getenv("TERM");
        return System.console() != null && kind != null && !kind.equals("dumb");
    }

    /** Prints a line above the block. */
    public synchronized void line(String line) {
        if (terminal) {
            out.print(erase() + line + "\n" + draw());
        } else {
            out.print(line + "\n");
        }
        out.flush();
    }

    /**
     * Refreshes the block.
     *
     * @param text lines, each ended by a line feed
     * @param now in milliseconds, from any origin
     */
    public synchronized void status(String text, long now) {
        if (terminal) {
            String erase = erase();
            block = text;
            out.print(erase + draw());
        } else if (plainEveryMillis > 0
                && (printedAt == Long.MIN_VALUE || now - printedAt >= plainEveryMillis)) {
            printedAt = now;
            out.print(text);
        }
        out.flush();
    }

    /** Leaves the block as it is: what follows is printed below it. */
    public synchronized void release() {
        block = "";
    }

    private String erase() {
        long rows = block.chars().filter(c -> c == '\n').count();
        return rows == 0 ? "" : "\033[" + rows + "F\033[J";
    }

    private String draw() {
        return block.isEmpty() ? "" : NO_WRAP + block + WRAP;
    }
}
