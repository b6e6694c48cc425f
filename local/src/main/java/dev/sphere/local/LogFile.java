package dev.sphere.local;

import java.nio.file.Path;
import java.util.logging.LogManager;
import org.apache.logging.log4j.core.LoggerContext;

/** Where everything is logged that is not for the screen. */
final class LogFile {
    private LogFile() {}

    /** Logs go to {@code sphere.log} in the folder from now on. */
    static void in(Path folder) {
        System.setProperty("sphere.log", folder.resolve("sphere.log").toString());
        LoggerContext.getContext(false).reconfigure();
        // The Kubernetes mock and others log through java.util.logging, straight to the screen.
        LogManager.getLogManager().reset();
    }
}
