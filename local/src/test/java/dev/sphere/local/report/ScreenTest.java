package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void refreshesTheBlockInPlaceAndPrintsLinesAboveIt() {
        var screen = new Screen(out, true, 0);

        screen.status("a\nb\n", 0);
        assertThat(printed()).isEqualTo("<?7l>a\nb\n<?7h>");
        screen.status("c\nd\n", 1);
        assertThat(printed()).isEqualTo("<2F><J><?7l>c\nd\n<?7h>");
        screen.line("front-end 4 → 7");
        assertThat(printed()).isEqualTo("<2F><J>front-end 4 → 7\n<?7l>c\nd\n<?7h>");
        screen.release();
        screen.line("end");
        assertThat(printed()).isEqualTo("end\n");
    }

    @Test
    void printsTheBlockNowAndThenWhereThereIsNoTerminal() {
        var screen = new Screen(out, false, 1000);

        screen.status("a\n", 0);
        screen.status("b\n", 999);
        screen.line("front-end 4 → 7");
        screen.status("c\n", 1000);

        assertThat(printed()).isEqualTo("a\nfront-end 4 → 7\nc\n");
    }

    private String printed() {
        String printed = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return printed.replaceAll("\033\\[([^a-zA-Z]*[a-zA-Z])", "<$1>");
    }
}
