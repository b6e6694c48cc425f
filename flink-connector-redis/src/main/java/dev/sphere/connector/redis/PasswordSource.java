package dev.sphere.connector.redis;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the password is to be read when a connection is made, so that it is in no configuration, no
 * log and no savepoint, and so that a rotated one is picked up.
 */
record PasswordSource(String file, String variable) implements Serializable {

    String read() throws IOException {
        String password =
                file != null ? Files.readString(Path.of(file)).strip() : System.getenv(variable);
        if (password == null || password.isEmpty()) {
            throw new IOException("Redis password: " + this + " is empty or not set");
        }
        return password;
    }

    @Override
    public String toString() {
        return file != null ? "file " + file : "environment variable " + variable;
    }
}
