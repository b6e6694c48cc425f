package dev.sphere.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructuralSchemaTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final List<PolicyError> errors = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type: string, format: date-time}",
                "{type: object, properties: {a: {type: number, multipleOf: 2}}}",
                "{type: array, items: {type: string, not: {enum: [a]}}}",
                "{type: object, additionalProperties: {type: string, nullable: true}}",
                "{type: string, anyOf: [{minLength: 1}]}",
            })
    void refusesWhatItWouldNotCheck(String schema) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuralSchema.of(YAML.readTree(schema)))
                .withMessageContaining("expected");
    }

    @Test
    void completesByDefaultsAlsoWhereThereIsNull() throws IOException {
        JsonNode value = YAML.readTree("{b: null, c: {}, d: [{}], e: null}");

        StructuralSchema.of(
                        YAML.readTree(
                                """
                                type: object
                                properties:
                                  a: {type: integer, default: 1}
                                  b: {type: string, default: x}
                                  c: {type: object, properties: {a: {type: boolean, default: true}}}
                                  d:
                                    type: array
                                    items: {type: object, properties: {a: {type: number, default: 2}}}
                                  e: {type: string}
                                  f: {type: object, properties: {a: {type: integer, default: 3}}}
                                """))
                .apply(value, "", errors::add);

        assertThat(errors).isEmpty();
        assertThat(value).isEqualTo(YAML.readTree("{c: {a: true}, d: [{a: 2}], a: 1, b: x}"));
    }
}
