package dev.sphere.connector.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** The sink against a server that speaks TLS, with a certificate made for the test. */
@SuppressWarnings("try") // a SinkWriter's close() may throw anything, says its interface
class RedisTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PASSWORD = "changeit";

    @TempDir private Path folder;
    private EmbeddedRedis.HeldPort tlsPort;

    @BeforeEach
    void holdPort() throws IOException {
        tlsPort = new EmbeddedRedis.HeldPort();
    }

    @AfterEach
    void releasePort() throws IOException {
        tlsPort.release();
    }

    @Test
    void writesToAServerWhoseAuthorityItTrusts() throws Exception {
        int port = tlsPort.number();
        try (var redis = startWithCertificateFor("ip:127.0.0.1", port);
                var writer = writer(port, folder.resolve("cert.pem"));
                Jedis client = redis.client()) {
            writer.write("a", null);
            writer.flush(false);

            assertThat(client.get("a")).isEqualTo("a");
        }
    }

    @Test
    void refusesAServerThatNobodyVouchesFor() throws Exception {
        int port = tlsPort.number();
        try (var redis = startWithCertificateFor("ip:127.0.0.1", port)) {
            assertThatThrownBy(() -> writer(port, null))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("rediss://127.0.0.1:" + port + "/0 refuses this sink")
                    .hasMessageContaining("unable to find valid certification path");
            assertThat(redis.uri()).isNotEmpty();
        }
    }

    @Test
    void refusesAServerWithTheCertificateOfAnother() throws Exception {
        int port = tlsPort.number();
        try (var redis = startWithCertificateFor("dns:redis.example", port)) {
            assertThatThrownBy(() -> writer(port, folder.resolve("cert.pem")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No subject alternative names matching IP address");
            assertThat(redis.uri()).isNotEmpty();
        }
    }

    private SinkWriter<String> writer(int port, Path authorities) throws IOException {
        return RedisSink.<String>builder()
                .uri("rediss://127.0.0.1:" + port)
                .certificateAuthorities(authorities == null ? null : authorities.toString())
                .mode(DeliveryMode.AT_LEAST_ONCE)
                // the first handshake of a JVM takes its time on a slow machine
                .connectTimeout(PATIENCE)
                .timeout(PATIENCE)
                .commands(text -> List.of(RedisCommand.set(text, text)))
                .build()
                .createWriter(
                        new WriterContext(new RecordedMetrics(), new TestProcessingTimeService()));
    }

    private EmbeddedRedis startWithCertificateFor(String host, int port) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "redis",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=redis",
                                "-ext",
                                "san=" + host,
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("keytool.log").toFile())
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stored = Files.newInputStream(store)) {
            keys.load(stored, PASSWORD.toCharArray());
        }
        pem("key.pem", "PRIVATE KEY", keys.getKey("redis", PASSWORD.toCharArray()).getEncoded());
        pem("cert.pem", "CERTIFICATE", keys.getCertificate("redis").getEncoded());
        tlsPort.release();
        return EmbeddedRedis.start(
                TestedServer.REDIS,
                folder,
                "tls-port " + port,
                "tls-cert-file " + folder.resolve("cert.pem"),
                "tls-key-file " + folder.resolve("key.pem"),
                "tls-ca-cert-file " + folder.resolve("cert.pem"),
                "tls-auth-clients no");
    }

    private void pem(String file, String kind, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}
