package dev.sphere.bridge;

import java.util.List;

/** Says everything that is wrong with the settings. */
public final class BridgeConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> errors;

    BridgeConfigException(List<String> errors) {
        super(String.join(System.lineSeparator(), errors));
        this.errors = List.copyOf(errors);
    }

    /** Each as {@code file: key: value, what was expected}. */
    public List<String> errors() {
        return errors == null ? List.of(getMessage()) : errors;
    }
}
