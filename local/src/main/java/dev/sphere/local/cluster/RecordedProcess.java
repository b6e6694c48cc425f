package dev.sphere.local.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A process that outlives the command that started it, told apart from any that has its pid later.
 *
 * @param name what it is, e.g. {@code taskmanager-1}
 * @param startTicks when it started, in the kernel's ticks since the boot
 * @param boot the kernel's name of that boot: pids and ticks mean nothing in another
 * @param log the file that it writes to
 */
public record RecordedProcess(
        @JsonProperty("name") String name,
        @JsonProperty("pid") long pid,
        @JsonProperty("startTicks") long startTicks,
        @JsonProperty("boot") String boot,
        @JsonProperty("log") String log) {
    /**
     * Fields of /proc/PID/stat after the command's name: state is the 3rd of all, start the 22nd.
     */
    private static final int STATE = 0;

    private static final int START = 19;

    /**
     * Records a process that runs.
     *
     * @throws IllegalStateException if it has ended already
     */
    public static RecordedProcess of(String name, long pid, Path log) {
        var start = startTicks(pid);
        if (start.isEmpty()) {
            throw new IllegalStateException(
                    "%s has ended at once; its log is %s".formatted(name, log));
        }
        return new RecordedProcess(name, pid, start.getAsLong(), currentBoot(), log.toString());
    }

    /** Whether this very process still runs. */
    @JsonIgnore
    public boolean isAlive() {
        var start = startTicks(pid);
        return start.isPresent() && start.getAsLong() == startTicks && boot.equals(currentBoot());
    }

    /** Asks it to end; does nothing to another process that has its pid by now. */
    public void end() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
    }

    /** Ends it without asking; does nothing to another process that has its pid by now. */
    public void kill() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Empty for a process that is not there, or has ended and waits for its parent to notice. */
    private static OptionalLong startTicks(long pid) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return OptionalLong.empty(); // not there, or ended while it was read
        }
        // The command's name may hold anything, also blanks and brackets.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        boolean ended = fields[STATE].equals("Z") || fields[STATE].equals("X");
        return ended ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(fields[START]));
    }

    private static String currentBoot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read /proc/sys/kernel/random/boot_id; this needs Linux", e);
        }
    }
}
