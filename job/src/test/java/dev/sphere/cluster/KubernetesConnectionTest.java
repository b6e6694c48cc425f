package dev.sphere.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesConnectionTest {
    @TempDir Path folder;

    @Test
    void readsAKubeconfig() throws IOException {
        Path kubeconfig = folder.resolve("config");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:6443"}}]
                users: [{name: u, user: {token: secret}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """);

        try (KubernetesClient client =
                KubernetesConnection.ofKubeconfig(kubeconfig.toString())
                        .withRequestTimeout(700)
                        .client()) {
            assertThat(client.getMasterUrl()).hasToString("http://127.0.0.1:6443/");
            assertThat(client.getConfiguration().getRequestTimeout()).isEqualTo(700);
            assertThat(client.getConfiguration().getRequestRetryBackoffLimit()).isZero();
        }
    }

    @Test
    void saysWhatIsWrongWithItsSettings() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KubernetesConnection("a", "b", 1))
                .withMessageContaining("both a kubeconfig (a) and a master URL (b)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KubernetesConnection("", "", 0))
                .withMessageContaining("request timeout of 0 ms, expected 1 to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KubernetesConnection.ofKubeconfig("/no/such").client())
                .withMessage("kubernetes: kubeconfig /no/such, expected a file that can be read");
    }
}
