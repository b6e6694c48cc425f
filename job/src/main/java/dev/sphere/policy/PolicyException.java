package dev.sphere.policy;

import java.util.List;

/** Policies that cannot be used, with everything that is wrong with them. */
public final class PolicyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<String> errors;

    PolicyException(List<String> errors) {
        super(String.join(System.lineSeparator(), errors));
        this.errors = List.copyOf(errors);
    }

    /** One line for each error: file, field, value, expected. */
    public List<String> errors() {
        return errors == null ? List.of(getMessage()) : errors;
    }
}
