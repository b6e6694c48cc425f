package dev.sphere.local;

import java.nio.file.FileSystemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told of a failure that ends a command: the words of its cause, and where the rest is. */
final class Failure {
    private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

    private Failure() {}

    static String inWords(Throwable failure) {
        LOG.error("The command failed", failure);
        var words = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // The message of a FileSystemException is the path alone, not what is wrong with it.
            String message =
                    cause.getMessage() == null || cause instanceof FileSystemException
                            ? cause.toString()
                            : cause.getMessage();
            if (words.indexOf(message) < 0) {
                words.append(words.isEmpty() ? "" : ": ").append(message);
            }
        }
        return words.toString();
    }
}
