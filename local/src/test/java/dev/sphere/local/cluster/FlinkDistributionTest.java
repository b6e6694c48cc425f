package dev.sphere.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sphere.local.FetchedTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkDistributionTest {
    @TempDir Path dir;

    @BeforeEach
    void writeDistribution() throws IOException {
        for (var script : new String[] {"flink", "jobmanager.sh", "taskmanager.sh"}) {
            write("bin/" + script);
            assertThat(dir.resolve("bin").resolve(script).toFile().setExecutable(true)).isTrue();
        }
        write("conf/config.yaml");
        write("lib/flink-dist-2.2.1.jar");
    }

    @Test
    void knowsItsVersion() throws IOException {
        write("lib/log4j-core-2.24.3.jar");

        assertThat(FlinkDistribution.in(dir)).isEqualTo(new FlinkDistribution(dir, "2.2.1"));
    }

    @Test
    void mayHaveEachPartOfFlinkInAJarOfItsOwn() throws IOException {
        Files.delete(dir.resolve("lib/flink-dist-2.2.1.jar"));
        write("lib/flink-runtime-2.3.0.jar");
        write("lib/flink-runtime-web-2.3.0.jar");

        assertThat(FlinkDistribution.in(dir).version()).isEqualTo("2.3.0");
    }

    @Test
    void namesWhatAFolderLacks() throws IOException {
        assertThat(dir.resolve("bin/jobmanager.sh").toFile().setExecutable(false)).isTrue();
        assertThatThrownBy(() -> FlinkDistribution.in(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(dir + " is no Flink distribution: bin/jobmanager.sh");
        assertThat(dir.resolve("bin/jobmanager.sh").toFile().setExecutable(true)).isTrue();

        Files.delete(dir.resolve("lib/flink-dist-2.2.1.jar"));
        assertThatThrownBy(() -> FlinkDistribution.in(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lib/flink-dist-*.jar");

        Files.delete(dir.resolve("conf/config.yaml"));
        assertThatThrownBy(() -> FlinkDistribution.in(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("conf/config.yaml");
    }

    @Test
    void isFetchedInTheVersionThatTheJobIsBuiltFor() throws IOException {
        var tools = FetchedTool.home().resolve("local/tools");
        var pom = Files.readString(FetchedTool.home().resolve("pom.xml"));

        var version = pom.replaceFirst("(?s).*<flink.version>(.*?)</flink.version>.*", "$1");

        assertThat(tools.resolve("flink")).isExecutable();
        assertThat(Files.readString(tools.resolve("flink-requirements.txt")))
                .contains("\napache-flink-libraries==" + version + " ")
                .contains("\napache-flink==" + version + " ");
    }

    private void write(String name) throws IOException {
        Files.createDirectories(dir.resolve(name).getParent());
        Files.writeString(dir.resolve(name), "");
    }
}
